// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasi:http/client: the exchanges of 0.2, with a task that sends the request's body meanwhile.

#include "runtime/wasi/p3/Http.h"

namespace w2n::wasi::p3 {

namespace {

/// State that the function shares with the task that sends the body.
struct Sending {
  std::shared_ptr<p2::OutgoingBytes> bytes = std::make_shared<p2::OutgoingBytes>();
  Body body;
  /// There will be no connection.
  std::optional<HttpCode> failed;
};

/// Sends the body once there is a connection.
Status sendBodyOf(State &state, HostTasks &tasks, Sending &sending) {
  W2N_CHECK(tasks.waitUntil([&sending] { return sending.bytes->writer || sending.failed; }));
  if (!sending.bytes->writer)
    return tellSent(state, tasks, sending.body, sending.failed);
  W2N_TRY(failed, sendWhole(state, tasks, *sending.bytes->writer, sending.body,
                            sending.bytes->declaredBytes));
  return tellSent(state, tasks, sending.body, std::move(failed));
}

std::unique_ptr<p2::OutgoingRequest> outgoingOf(Request &request) {
  auto outgoing = std::make_unique<p2::OutgoingRequest>();
  outgoing->method = std::move(request.method);
  outgoing->pathWithQuery = std::move(request.pathWithQuery);
  outgoing->authority = std::move(request.authority);
  outgoing->scheme = std::move(request.scheme);
  outgoing->headers = std::move(request.headers);
  return outgoing;
}

} // namespace

Result<std::expected<std::unique_ptr<Response>, HttpCode>> send(State &state, HostTasks &tasks,
                                                                std::unique_ptr<Request> request) {
  using Sent = std::expected<std::unique_ptr<Response>, HttpCode>;
  W2N_CHECK(passOn(state, tasks, request->body));
  auto sending = std::make_shared<Sending>();
  sending->body = std::move(request->body);
  std::optional<std::unique_ptr<p2::RequestOptions>> options;
  if (request->options) {
    options = std::make_unique<p2::RequestOptions>();
    (*options)->connectNs = request->options->connectNs;
    (*options)->firstByteNs = request->options->firstByteNs;
  }
  auto outgoing = outgoingOf(*request);
  if (sending->body.contents) {
    sending->bytes->declaredBytes = http::declaredLength(outgoing->headers->fields).bytes;
    outgoing->body = sending->bytes;
  }
  const bool sendsContents = outgoing->body != nullptr;
  W2N_TRY(begun, p2::outgoingHandle(state, std::move(outgoing), std::move(options)));
  if (!begun) {
    W2N_CHECK(tellSent(state, tasks, sending->body, begun.error()));
    return Sent(std::unexpected(std::move(begun.error())));
  }
  if (sendsContents)
    W2N_CHECK(tasks.spawn(
        [&state, &tasks, sending]() -> Status { return sendBodyOf(state, tasks, *sending); }));
  if (auto waited = p2::pollableBlock(state, *p2::futureResponseSubscribe(state, **begun));
      !waited) {
    // The call was canceled: what has not been sent is not.
    sending->failed = p2::errorCodeOf(http::Failure::ConnectionTerminated);
    return std::unexpected(std::move(waited.error()));
  }
  auto got = p2::futureResponseGet(state, **begun);
  if (!got || !*got)
    return fail(ErrorKind::Internal, "an exchange that is over has no response");
  auto &received = **got;
  if (!received)
    sending->failed = received.error();
  if (!sendsContents)
    W2N_CHECK(tellSent(state, tasks, sending->body, sending->failed));
  if (!received)
    return Sent(std::unexpected(std::move(received.error())));
  auto response = std::make_unique<Response>();
  response->status = (*received)->status;
  response->headers = std::move((*received)->headers);
  response->body.reader = std::move((*received)->body);
  return Sent(std::move(response));
}

} // namespace w2n::wasi::p3
