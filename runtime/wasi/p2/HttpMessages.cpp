// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/p2/Http.h"

namespace w2n::wasi::p2 {

namespace {

std::unexpected<runtime::Unit> refused() { return std::unexpected(runtime::Unit()); }

Scheme plainScheme(bool isSecure) {
  Scheme scheme;
  if (isSecure)
    scheme.value.emplace<1>();
  return scheme;
}

/// Whether a text may stand in a line of a request: no spaces, no control characters.
bool isVisible(std::string_view text) {
  for (const char c : text)
    if (uint8_t(c) <= ' ' || c == 0x7f)
      return false;
  return true;
}

std::unique_ptr<HttpFields> viewOf(const std::shared_ptr<FieldList> &list) {
  // All handles are of one list, which the message keeps: it cannot be changed any more.
  list->isImmutable = true;
  return std::make_unique<HttpFields>(list);
}

/// The body, once.
std::expected<std::unique_ptr<IncomingBody>, runtime::Unit>
consume(std::shared_ptr<http::BodyReader> &body) {
  if (!body)
    return refused();
  return std::make_unique<IncomingBody>(std::move(body));
}

std::expected<std::unique_ptr<OutgoingBody>, runtime::Unit>
makeBody(std::shared_ptr<OutgoingBytes> &body, const FieldList &headers) {
  if (body)
    return refused();
  body = std::make_shared<OutgoingBytes>();
  // A message whose length is not valid is not sent.
  body->declaredBytes = http::declaredLength(headers.fields).bytes;
  return std::make_unique<OutgoingBody>(body);
}

} // namespace

std::optional<ErrorCode> httpErrorCode(State &, IoError &err) {
  if (!err.httpFailure)
    return std::nullopt;
  return errorCodeOf(*err.httpFailure);
}

// Incoming requests.

Method requestMethod(State &, IncomingRequest &self) { return methodOf(self.method); }
std::optional<std::string> requestPathWithQuery(State &, IncomingRequest &self) {
  return self.pathWithQuery;
}
std::optional<Scheme> requestScheme(State &, IncomingRequest &self) {
  return plainScheme(self.isSecure);
}
std::optional<std::string> requestAuthority(State &, IncomingRequest &self) {
  if (self.authority.empty())
    return std::nullopt;
  return self.authority;
}
std::unique_ptr<HttpFields> requestHeaders(State &, IncomingRequest &self) {
  return viewOf(self.headers);
}
std::expected<std::unique_ptr<IncomingBody>, runtime::Unit> requestConsume(State &,
                                                                           IncomingRequest &self) {
  return consume(self.body);
}

// Outgoing requests.

std::unique_ptr<OutgoingRequest> outgoingRequestNew(State &, std::unique_ptr<HttpFields> headers) {
  auto request = std::make_unique<OutgoingRequest>();
  request->headers = std::move(headers->list);
  return request;
}
std::expected<std::unique_ptr<OutgoingBody>, runtime::Unit>
outgoingRequestBody(State &, OutgoingRequest &self) {
  return makeBody(self.body, *self.headers);
}
Method outgoingMethod(State &, OutgoingRequest &self) { return methodOf(self.method); }
OrNothing outgoingSetMethod(State &, OutgoingRequest &self, Method method) {
  std::string text = toText(method);
  if (!http::isFieldName(text))
    return refused();
  self.method = std::move(text);
  return {};
}
std::optional<std::string> outgoingPathWithQuery(State &, OutgoingRequest &self) {
  return self.pathWithQuery;
}
OrNothing outgoingSetPathWithQuery(State &, OutgoingRequest &self,
                                   std::optional<std::string> path) {
  if (path && !isVisible(*path))
    return refused();
  self.pathWithQuery = std::move(path);
  return {};
}
std::optional<Scheme> outgoingScheme(State &, OutgoingRequest &self) { return self.scheme; }
OrNothing outgoingSetScheme(State &, OutgoingRequest &self, std::optional<Scheme> scheme) {
  if (const auto *other = scheme ? std::get_if<Scheme::Other>(&scheme->value) : nullptr)
    if (!http::isFieldName(other->value))
      return refused();
  self.scheme = std::move(scheme);
  return {};
}
std::optional<std::string> outgoingAuthority(State &, OutgoingRequest &self) {
  return self.authority;
}
OrNothing outgoingSetAuthority(State &, OutgoingRequest &self,
                               std::optional<std::string> authority) {
  if (authority && (!isVisible(*authority) || authority->find_first_of("/?#@") != authority->npos))
    return refused();
  self.authority = std::move(authority);
  return {};
}
std::unique_ptr<HttpFields> outgoingRequestHeaders(State &, OutgoingRequest &self) {
  return viewOf(self.headers);
}

std::unique_ptr<RequestOptions> requestOptionsNew(State &) {
  return std::make_unique<RequestOptions>();
}
std::optional<uint64_t> connectTimeout(State &, RequestOptions &self) { return self.connectNs; }
OrNothing setConnectTimeout(State &, RequestOptions &self, std::optional<uint64_t> duration) {
  self.connectNs = duration;
  return {};
}
std::optional<uint64_t> firstByteTimeout(State &, RequestOptions &self) { return self.firstByteNs; }
OrNothing setFirstByteTimeout(State &, RequestOptions &self, std::optional<uint64_t> duration) {
  self.firstByteNs = duration;
  return {};
}
std::optional<uint64_t> betweenBytesTimeout(State &, RequestOptions &self) {
  return self.betweenBytesNs;
}
OrNothing setBetweenBytesTimeout(State &, RequestOptions &, std::optional<uint64_t> duration) {
  // Not supported, which an error says.
  if (duration)
    return refused();
  return {};
}

// Responses.

Result<void> outparamSet(State &, std::unique_ptr<ResponseOutparam> param,
                         std::expected<std::unique_ptr<OutgoingResponse>, ErrorCode> response) {
  if (!response) {
    param->responder->respondWith(http::Failure(response.error().value.index()));
    return {};
  }
  OutgoingResponse &given = **response;
  std::optional<uint64_t> length = 0;
  if (given.body)
    length = given.body->declaredBytes;
  auto writer = param->responder->respond({given.status, given.headers->fields}, length);
  if (given.body && writer)
    given.body->attach(std::move(writer));
  else if (given.body)
    given.body->isFinished = true;
  else if (writer)
    writer->finish({});
  return {};
}

uint16_t responseStatus(State &, IncomingResponse &self) { return self.status; }
std::unique_ptr<HttpFields> responseHeaders(State &, IncomingResponse &self) {
  return viewOf(self.headers);
}
std::expected<std::unique_ptr<IncomingBody>, runtime::Unit>
responseConsume(State &, IncomingResponse &self) {
  return consume(self.body);
}

std::unique_ptr<OutgoingResponse> outgoingResponseNew(State &,
                                                      std::unique_ptr<HttpFields> headers) {
  auto response = std::make_unique<OutgoingResponse>();
  response->headers = std::move(headers->list);
  return response;
}
uint16_t outgoingStatus(State &, OutgoingResponse &self) { return self.status; }
OrNothing outgoingSetStatus(State &, OutgoingResponse &self, uint16_t status) {
  // Answers that come before the last one are the server's.
  constexpr uint16_t first = 200, last = 599;
  if (status < first || status > last)
    return refused();
  self.status = status;
  return {};
}
std::unique_ptr<HttpFields> outgoingHeaders(State &, OutgoingResponse &self) {
  return viewOf(self.headers);
}
std::expected<std::unique_ptr<OutgoingBody>, runtime::Unit> outgoingBody(State &,
                                                                         OutgoingResponse &self) {
  return makeBody(self.body, *self.headers);
}

} // namespace w2n::wasi::p2
