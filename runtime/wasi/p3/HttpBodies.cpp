// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Bodies of messages between guests and connections: tasks that copy one into the other, and then
// the trailers.

#include "runtime/wasi/p3/Http.h"

namespace w2n::wasi::p3 {

namespace {

constexpr size_t bodyBufferBytes = 64 << 10;
// The most bytes that are kept of a body that a connection does not take.
constexpr size_t maxKeptBytes = 64 << 10;

using Failed = std::optional<HttpCode>;

/// Reads a connection's body, as the guest reads the stream. Errors: those that end the guest.
Result<Failed> copyBody(State &state, HostTasks &tasks, http::BodyReader &reader,
                        runtime::StreamWriter<uint8_t> writer) {
  runtime::HostCharge charge(tasks.hostBudget());
  W2N_CHECK(charge.take(bodyBufferBytes));
  runtime::ByteBuffer buffer(bodyBufferBytes);
  for (;;) {
    size_t count = 0;
    switch (reader.read(buffer.span(), count)) {
    case http::Progress::Done: {
      // The rest is skipped if nothing reads it: trailers come after it.
      W2N_CHECK(writer.write(buffer.span().first(count)));
      break;
    }
    case http::Progress::Wait:
      W2N_CHECK(p2::waitForDescriptor(state, reader.readDescriptor(), POLLIN));
      break;
    case http::Progress::End:
      return std::nullopt;
    case http::Progress::Failed:
      return p2::errorCodeOf(reader.readFailure());
    }
  }
}

Result<Consumed> consumeConnection(State &state, HostTasks &tasks,
                                   std::shared_ptr<http::BodyReader> reader) {
  W2N_TRY(stream, tasks.makeStream(/*isFuture=*/false));
  W2N_TRY(future, tasks.makeStream(/*isFuture=*/true));
  W2N_CHECK(tasks.spawn([&state, &tasks, stream, future, reader]() -> Status {
    if (reader) {
      W2N_TRY(failed, copyBody(state, tasks, *reader, {tasks, stream}));
      if (failed)
        return resolve(tasks, *future, state, Trailers(std::unexpected(std::move(*failed))));
    }
    stream->drop();
    if (!reader || reader->trailers().empty())
      return resolve(tasks, *future, state, Trailers(std::nullopt));
    auto fields = p2::makeFields(reader->trailers(), /*isImmutable=*/true);
    return resolve(tasks, *future, state, Trailers(std::make_unique<Fields>(std::move(fields))));
  }));
  return Consumed({stream}, {future});
}

/// Gives the guest back what it has made the message of.
Result<Consumed> consume(State &state, HostTasks &tasks, Body &body, HttpEnd result) {
  // How the guest fared with it is of no use to the host.
  result.shared->drop();
  if (!body.trailers)
    return consumeConnection(state, tasks, std::move(body.reader));
  if (body.sent)
    W2N_CHECK(
        resolve(tasks, *std::exchange(body.sent, std::nullopt)->shared, state, Ended<HttpCode>()));
  StreamEnd<uint8_t> contents;
  if (body.contents) {
    contents = *std::exchange(body.contents, std::nullopt);
  } else {
    W2N_TRY(empty, tasks.makeStream(/*isFuture=*/false));
    empty->drop();
    contents = {std::move(empty)};
  }
  return Consumed(std::move(contents), *std::exchange(body.trailers, std::nullopt));
}

/// Waits until the connection has room for more.
Result<bool> waitForRoom(State &state, http::BodyWriter &writer, size_t maxKept) {
  for (;;) {
    const http::Progress progress = writer.drain();
    if (progress == http::Progress::Failed)
      return false;
    if (progress == http::Progress::Done || writer.keptBytes() <= maxKept)
      return true;
    W2N_CHECK(p2::waitForDescriptor(state, writer.writeDescriptor(), POLLOUT));
  }
}

/// Sends what the guest writes, but no more than `declared` bytes, if it has said how many.
Result<Failed> sendBody(State &state, HostTasks &tasks, http::BodyWriter &writer,
                        std::optional<StreamEnd<uint8_t>> contents,
                        std::optional<uint64_t> declared) {
  runtime::HostCharge charge(tasks.hostBudget());
  W2N_CHECK(charge.take(bodyBufferBytes + maxKeptBytes));
  runtime::ByteBuffer buffer(bodyBufferBytes);
  uint64_t sentBytes = 0;
  const bool hasContents = contents.has_value();
  if (hasContents) {
    runtime::ByteReader reader(tasks, *std::move(contents));
    for (;;) {
      W2N_TRY(bytes, reader.read(buffer.span()));
      if (bytes == 0)
        break;
      sentBytes += bytes;
      if (declared && sentBytes > *declared)
        break;
      writer.write(buffer.span().first(bytes));
      W2N_TRY(hasRoom, waitForRoom(state, writer, maxKeptBytes));
      if (!hasRoom)
        return p2::errorCodeOf(writer.writeFailure());
    }
  }
  // The answer to HEAD has none.
  if (hasContents && declared && sentBytes != *declared) {
    HttpCode error = p2::errorCodeOf(http::Failure::HttpResponseBodySize);
    error.value.emplace<size_t(http::Failure::HttpResponseBodySize)>(HttpCode::Size64{sentBytes});
    return error;
  }
  return std::nullopt;
}

/// Sends the trailers and the end.
Result<Failed> sendEnd(State &state, HostTasks &tasks, http::BodyWriter &writer,
                       FutureEnd<Trailers> trailers) {
  W2N_TRY(given, awaitValue<Trailers>(tasks, std::move(trailers), state));
  if (given && !*given)
    return std::move(given->error());
  const bool hasTrailers = given && **given;
  writer.finish(hasTrailers ? (***given)->inner.list->fields : http::Fields());
  W2N_TRY(isSent, waitForRoom(state, writer, 0));
  return isSent ? Failed() : p2::errorCodeOf(writer.writeFailure());
}

} // namespace

Body::~Body() {
  for (const auto *end :
       {contents ? &contents->shared : nullptr, trailers ? &trailers->shared : nullptr})
    if (end && *end)
      (*end)->drop();
}

Status passOn(State &state, HostTasks &tasks, Body &body) {
  if (!body.reader)
    return {};
  W2N_TRY(consumed, consumeConnection(state, tasks, std::move(body.reader)));
  body.contents = std::move(std::get<0>(consumed));
  body.trailers = std::move(std::get<1>(consumed));
  return {};
}

Result<Consumed> requestConsume(State &state, HostTasks &tasks, std::unique_ptr<Request> request,
                                HttpEnd result) {
  return consume(state, tasks, request->body, std::move(result));
}
Result<Consumed> responseConsume(State &state, HostTasks &tasks, std::unique_ptr<Response> response,
                                 HttpEnd result) {
  return consume(state, tasks, response->body, std::move(result));
}

Result<std::optional<HttpCode>> sendWhole(State &state, HostTasks &tasks, http::BodyWriter &writer,
                                          Body &body, std::optional<uint64_t> declared) {
  W2N_TRY(failed,
          sendBody(state, tasks, writer, std::exchange(body.contents, std::nullopt), declared));
  if (failed)
    return failed;
  if (body.trailers)
    return sendEnd(state, tasks, writer, *std::exchange(body.trailers, std::nullopt));
  writer.finish({});
  W2N_TRY(isSent, waitForRoom(state, writer, 0));
  return isSent ? Failed() : p2::errorCodeOf(writer.writeFailure());
}

Status tellSent(State &state, HostTasks &tasks, Body &body, std::optional<HttpCode> failed) {
  if (!body.sent)
    return {};
  Ended<HttpCode> sent;
  if (failed)
    sent = std::unexpected(std::move(*failed));
  return resolve(tasks, *std::exchange(body.sent, std::nullopt)->shared, state, std::move(sent));
}

Status sendResponse(State &state, HostTasks &tasks, p2::HttpResponder &responder,
                    Response &response) {
  Body &body = response.body;
  W2N_CHECK(passOn(state, tasks, body));
  const std::optional<uint64_t> declared = http::declaredLength(response.headers->fields).bytes;
  const auto writer = responder.respond({response.status, response.headers->fields},
                                        body.contents ? declared : std::optional<uint64_t>(0));
  Failed failed = p2::errorCodeOf(http::Failure::InternalError);
  if (writer) {
    W2N_TRY(ended, sendWhole(state, tasks, *writer, body, declared));
    failed = std::move(ended);
  }
  return tellSent(state, tasks, body, std::move(failed));
}

} // namespace w2n::wasi::p3
