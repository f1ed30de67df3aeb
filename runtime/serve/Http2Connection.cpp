// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/serve/Http2Connection.h"

#include "runtime/core/Interrupt.h"
#include "runtime/serve/Answering.h"

#include <sys/eventfd.h>

namespace w2n::serve {

using http::Progress;
using runtime::WaitEnd;
using Reset = http::Http2Session::Reset;

namespace {

// Kept for the socket at most, beyond which streams wait.
constexpr size_t maxOutputBytes = 64 << 10;
// Received before the other fibers of the thread get their turn.
constexpr unsigned piecesAtATime = 8;
// For the client to say that it asks for nothing more.
constexpr auto announcementTime = std::chrono::seconds(1);

/// The stream's part of a request and its answer.
class Http2Exchange final : public Exchange {
public:
  Http2Exchange(http::Http2Session &session, int32_t number, http::RequestHead head,
                std::shared_ptr<Http2Stream> stream, const Peer &peer, std::string routePath)
      : Exchange(std::move(head), stream, peer, std::move(routePath)), session(session),
        number(number), stream(std::move(stream)) {}

  bool isComplete() const override { return status() != 0 && stream->isComplete(); }
  bool isLost() const override { return stream->isLost(); }
  uint64_t requestBytes() const override { return stream->receivedBytes; }
  uint64_t responseBytes() const override { return stream->writtenBytes; }

private:
  std::shared_ptr<http::BodyWriter> begin(Answer answer) override {
    stream->begin(answer.carriesBody, answer.length);
    session.respond(number, answer.head, answer.carriesBody);
    return stream;
  }

  http::Http2Session &session;
  const int32_t number;
  const std::shared_ptr<Http2Stream> stream;
};

} // namespace

bool Http2Connection::open() {
  session = server.codec.makeHttp2(
      {.maxStreams = server.options.maxStreams, .maxHeadBytes = server.options.limits.maxHeadBytes},
      *this);
  ready = Descriptor(eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK));
  return session && ready;
}

void Http2Connection::serve() {
  if (!open())
    return;
  bool goesOn = true;
  while (goesOn && !isBroken) {
    goesOn = receive();
    // Also of a server that was ending when the connection began.
    if (server.isDraining && !isAnnounced)
      beginEnd();
    pump();
    const bool isOver = session->isOver() && wire.keptBytes() == 0;
    goesOn = goesOn && !isOver && wait();
  }
  pump();
  endStreams();
}

bool Http2Connection::receive() {
  for (unsigned pieces = 0; pieces < piecesAtATime; ++pieces) {
    // A client that reads nothing is not listened to.
    if (wire.keptBytes() >= maxOutputBytes)
      return true;
    if (const auto input = wire.input(); !input.empty()) {
      const bool isGood = session->receive(input);
      wire.consume(input.size());
      server.counts.malformed += !isGood;
      if (!isGood)
        return false;
      pump();
    }
    const Progress progress = wire.fill();
    if (progress == Progress::Wait)
      return true;
    if (progress != Progress::Done)
      return false;
  }
  return true;
}

bool Http2Connection::wait() {
  const bool hasInput = !wire.input().empty() && wire.keptBytes() < maxOutputBytes;
  auto deadline = ending;
  if (hasInput)
    deadline = Clock::now();
  else if (running == 0)
    deadline = std::min(deadline, idleSince + server.options.idleTimeout);
  waitsForRoom = wire.keptBytes() != 0;
  const bool listens = wire.keptBytes() < maxOutputBytes;
  pollfd waited = {wire.descriptor(), short((listens ? POLLIN : 0) | (waitsForRoom ? POLLOUT : 0)),
                   0};
  isWaiting = true;
  const WaitEnd end =
      runtime::wait({.descriptors = {&waited, 1}, .deadline = deadline, .token = &stop.token});
  isWaiting = waitsForRoom = false;
  switch (end) {
  case WaitEnd::Ready:
    return true;
  case WaitEnd::Woken:
    stop.token.reset();
    return !server.isEnding;
  case WaitEnd::Deadline:
    if (hasInput)
      return true;
    if (running == 0 && Clock::now() >= idleSince + server.options.idleTimeout) {
      session->goAway();
      return false;
    }
    ending = Clock::time_point::max();
    session->goAway();
    return true;
  case WaitEnd::Interrupted:
  case WaitEnd::Failed:
    return false;
  }
  __builtin_unreachable();
}

void Http2Connection::beginEnd() {
  isAnnounced = true;
  ending = Clock::now() + announcementTime;
  session->announceEnd();
}

/// Ends the guests, and waits for them: they have references to the connection.
void Http2Connection::endStreams() {
  isBroken = true;
  for (const auto &[number, stream] : streams)
    stream->lose();
  for (const auto &[number, stream] : streams) {
    std::lock_guard guard(server.lock);
    if (stream->stop.running)
      stream->stop.running->raise();
  }
  while (running != 0) {
    stop.token.reset();
    runtime::wait({.token = &stop.token});
  }
}

void Http2Connection::pump() {
  if (isBroken)
    return;
  while (wire.keptBytes() < maxOutputBytes) {
    output.clear();
    isBroken |= !session->takeOutput(output);
    if (output.empty() || isBroken)
      break;
    wire.send(output);
    isBroken |= wire.drain() == Progress::Failed;
  }
  isBroken |= wire.drain() == Progress::Failed;
  // The fiber that receives has to notice.
  if (isWaiting && (isBroken || (wire.keptBytes() != 0 && !waitsForRoom)))
    stop.token.wake();
}

void Http2Connection::consume(int32_t stream, size_t bytes) {
  if (isBroken)
    return;
  session->consume(stream, bytes);
  pump();
}

void Http2Connection::sayContinue(int32_t stream) {
  if (isBroken)
    return;
  session->sayContinue(stream);
  pump();
}

void Http2Connection::resume(int32_t stream) {
  if (!isBroken)
    session->resume(stream);
}

Http2Connection::StreamPointer Http2Connection::find(int32_t number) const {
  const auto found = streams.find(number);
  return found == streams.end() ? nullptr : found->second;
}

void Http2Connection::onRequest(int32_t number, http::RequestHead head, unsigned refusal) {
  // Guests of streams that were reset count until they have ended.
  if (running >= 2 * server.options.maxStreams)
    return session->reset(number, Reset::Refused);
  const auto stream = std::make_shared<Http2Stream>(*this, number);
  auto fiber = [this, stream, number, head = std::move(head), refusal]() mutable {
    serveStream(stream, number, std::move(head), refusal);
  };
  if (!runtime::EventLoop::current()->spawn(std::move(fiber), {.beginsFamily = true}))
    return session->reset(number, Reset::Refused);
  streams.emplace(number, stream);
  ++running;
}

void Http2Connection::onData(int32_t number, std::span<const uint8_t> bytes) {
  if (const StreamPointer stream = find(number))
    stream->takeBytes(bytes, server.options.limits.maxBodyBytes);
}

void Http2Connection::onEnd(int32_t number, http::Fields trailers) {
  if (const StreamPointer stream = find(number))
    stream->takeEnd(std::move(trailers));
}

void Http2Connection::onClose(int32_t number, bool isReset) {
  const StreamPointer stream = find(number);
  if (!stream)
    return;
  streams.erase(number);
  if (!isReset && stream->isComplete())
    return stream->stop.token.wake();
  stream->lose();
  std::lock_guard guard(server.lock);
  if (stream->stop.running)
    stream->stop.running->raise();
}

http::Http2Session::Piece Http2Connection::onSend(int32_t number, std::span<uint8_t> buffer) {
  const StreamPointer stream = find(number);
  return stream ? stream->give(buffer) : http::Http2Session::Piece{.isEnd = true};
}

void Http2Connection::serveStream(const StreamPointer &stream, int32_t number,
                                  http::RequestHead head, unsigned refusal) {
  server.add(stream->stop);
  {
    Answering answering(server, stream->stop, /*isAdmin=*/false);
    const Destination destination = answering.find(head);
    const auto exchange = std::make_shared<Http2Exchange>(*session, number, std::move(head), stream,
                                                          peer, destination.routePath);
    server.counts.malformed += refusal != 0;
    const std::string *expected = http::findField(exchange->head.fields, "expect");
    stream->sendsContinue = expected && http::isSameName(*expected, "100-continue");
    const auto declared = http::declaredLength(exchange->head.fields).bytes;
    if (refusal != 0)
      exchange->respondWith(refusal, "the request is malformed, or its head is too large");
    else if (declared.value_or(0) > server.options.limits.maxBodyBytes)
      exchange->respondWith(413, "the body is too large");
    else
      answering.answer(exchange, destination);
    flush(*stream);
    // Half an answer is none; of a whole one, the rest of the request is not needed.
    if (!isBroken && !exchange->isComplete())
      session->reset(number, Reset::InternalError);
    else if (!isBroken && !stream->hasEnded)
      session->reset(number, Reset::NoError);
    pump();
    answering.note(*exchange);
  }
  server.remove(stream->stop);
  if (--running == 0) {
    idleSince = Clock::now();
    stop.token.wake();
  }
}

void Http2Connection::flush(Http2Stream &stream) {
  const auto deadline = Clock::now() + server.options.sendTimeout;
  while (stream.drain() != Progress::Failed && stream.isOnItsWay()) {
    const WaitEnd end = runtime::wait({.deadline = deadline, .token = &stream.stop.token});
    if (end != WaitEnd::Woken || server.isEnding)
      return;
    stream.stop.token.reset();
  }
}

} // namespace w2n::serve
