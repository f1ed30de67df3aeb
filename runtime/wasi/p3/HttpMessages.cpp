// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Requests, their options, and responses. What may be set is checked by the functions of 0.2.

#include "runtime/wasi/p3/Http.h"

namespace w2n::wasi::p3 {

namespace {

std::unique_ptr<Fields> viewOf(const std::shared_ptr<p2::FieldList> &list) {
  list->isImmutable = true;
  return std::make_unique<Fields>(list);
}

Result<Body> makeBody(HostTasks &tasks, Contents contents, FutureEnd<Trailers> trailers) {
  W2N_TRY(sent, tasks.makeStream(/*isFuture=*/true));
  Body body;
  body.contents = std::move(contents);
  body.trailers = std::move(trailers);
  body.sent = HttpEnd{std::move(sent)};
  return body;
}

} // namespace

Result<std::tuple<std::unique_ptr<Request>, HttpEnd>>
requestNew(State &, HostTasks &tasks, std::unique_ptr<Fields> headers, Contents contents,
           FutureEnd<Trailers> trailers, std::optional<std::unique_ptr<RequestOptions>> options) {
  auto request = std::make_unique<Request>();
  request->headers = std::move(headers->inner.list);
  if (options)
    request->options = Timeouts{(*options)->inner.connectNs, (*options)->inner.firstByteNs};
  W2N_TRY(body, makeBody(tasks, std::move(contents), std::move(trailers)));
  request->body = std::move(body);
  HttpEnd sent = *request->body.sent;
  return std::tuple(std::move(request), std::move(sent));
}

p2::Method requestMethod(State &, Request &self) { return p2::methodOf(self.method); }
OrNothing requestSetMethod(State &state, Request &self, p2::Method method) {
  p2::OutgoingRequest checked;
  if (!p2::outgoingSetMethod(state, checked, std::move(method)))
    return std::unexpected(runtime::Unit());
  self.method = std::move(checked.method);
  return {};
}
std::optional<std::string> requestPath(State &, Request &self) { return self.pathWithQuery; }
OrNothing requestSetPath(State &state, Request &self, std::optional<std::string> path) {
  p2::OutgoingRequest checked;
  if (!p2::outgoingSetPathWithQuery(state, checked, std::move(path)))
    return std::unexpected(runtime::Unit());
  self.pathWithQuery = std::move(checked.pathWithQuery);
  return {};
}
std::optional<p2::Scheme> requestScheme(State &, Request &self) { return self.scheme; }
OrNothing requestSetScheme(State &state, Request &self, std::optional<p2::Scheme> scheme) {
  p2::OutgoingRequest checked;
  if (!p2::outgoingSetScheme(state, checked, std::move(scheme)))
    return std::unexpected(runtime::Unit());
  self.scheme = std::move(checked.scheme);
  return {};
}
std::optional<std::string> requestAuthority(State &, Request &self) { return self.authority; }
OrNothing requestSetAuthority(State &state, Request &self, std::optional<std::string> authority) {
  p2::OutgoingRequest checked;
  if (!p2::outgoingSetAuthority(state, checked, std::move(authority)))
    return std::unexpected(runtime::Unit());
  self.authority = std::move(checked.authority);
  return {};
}

std::optional<std::unique_ptr<RequestOptions>> requestOptions(State &, Request &self) {
  if (!self.options)
    return std::nullopt;
  auto options = std::make_unique<RequestOptions>();
  options->inner.connectNs = self.options->connectNs;
  options->inner.firstByteNs = self.options->firstByteNs;
  options->isImmutable = true;
  return options;
}
std::unique_ptr<Fields> requestHeaders(State &, Request &self) { return viewOf(self.headers); }

// Options.

namespace {

OrOptionCode setOption(State &state, RequestOptions &self, std::optional<uint64_t> duration,
                       OrNothing (*set)(State &, p2::RequestOptions &, std::optional<uint64_t>)) {
  if (self.isImmutable)
    return std::unexpected(OptionCode::of("immutable"));
  if (!set(state, self.inner, duration))
    return std::unexpected(OptionCode::of("not-supported"));
  return {};
}

} // namespace

std::unique_ptr<RequestOptions> optionsNew(State &) { return std::make_unique<RequestOptions>(); }
std::optional<uint64_t> optionsConnect(State &, RequestOptions &self) {
  return self.inner.connectNs;
}
std::optional<uint64_t> optionsFirstByte(State &, RequestOptions &self) {
  return self.inner.firstByteNs;
}
std::optional<uint64_t> optionsBetweenBytes(State &, RequestOptions &self) {
  return self.inner.betweenBytesNs;
}
OrOptionCode optionsSetConnect(State &state, RequestOptions &self,
                               std::optional<uint64_t> duration) {
  return setOption(state, self, duration, p2::setConnectTimeout);
}
OrOptionCode optionsSetFirstByte(State &state, RequestOptions &self,
                                 std::optional<uint64_t> duration) {
  return setOption(state, self, duration, p2::setFirstByteTimeout);
}
OrOptionCode optionsSetBetweenBytes(State &state, RequestOptions &self,
                                    std::optional<uint64_t> duration) {
  return setOption(state, self, duration, p2::setBetweenBytesTimeout);
}
std::unique_ptr<RequestOptions> optionsClone(State &, RequestOptions &self) {
  auto options = std::make_unique<RequestOptions>();
  options->inner.connectNs = self.inner.connectNs;
  options->inner.firstByteNs = self.inner.firstByteNs;
  return options;
}

// Responses.

Result<std::tuple<std::unique_ptr<Response>, HttpEnd>> responseNew(State &, HostTasks &tasks,
                                                                   std::unique_ptr<Fields> headers,
                                                                   Contents contents,
                                                                   FutureEnd<Trailers> trailers) {
  auto response = std::make_unique<Response>();
  response->headers = std::move(headers->inner.list);
  W2N_TRY(body, makeBody(tasks, std::move(contents), std::move(trailers)));
  response->body = std::move(body);
  HttpEnd sent = *response->body.sent;
  return std::tuple(std::move(response), std::move(sent));
}

uint16_t responseStatus(State &, Response &self) { return self.status; }
OrNothing responseSetStatus(State &state, Response &self, uint16_t status) {
  p2::OutgoingResponse checked;
  if (!p2::outgoingSetStatus(state, checked, status))
    return std::unexpected(runtime::Unit());
  self.status = status;
  return {};
}
std::unique_ptr<Fields> responseHeaders(State &, Response &self) { return viewOf(self.headers); }

} // namespace w2n::wasi::p3
