// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/http/Wire.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <memory>
#include <sys/socket.h>
#include <utility>

namespace w2n::http {

namespace {

// Received at once. A connection that waits for its next request keeps no buffer.
constexpr size_t pieceBytes = 16 << 10;
// Sealed at once.
constexpr size_t maxSealedBytes = 64 << 10;

} // namespace

Progress Wire::shakeHands() {
  const Progress progress = fill();
  // Bytes that came with the end of the handshake are input.
  const bool isOpen = session->state() != TlsSession::State::Handshake &&
                      session->state() != TlsSession::State::Failed;
  return isOpen ? Progress::Done : progress;
}

/// Takes the input out of what was received. False if that is the end of it.
bool Wire::unseal(std::span<const uint8_t> bytes) {
  const TlsSession::State state = session->receive(bytes, received);
  // Answers of TLS itself, and why it failed.
  session->takeSealed(sealed);
  sendFrom(sealed, sealedSent);
  return state == TlsSession::State::Handshake || state == TlsSession::State::Open;
}

Progress Wire::fill() {
  // By a pointer, since room for a library's own thread-local variables is scarce (tls_model).
  thread_local const std::unique_ptr<uint8_t[]> buffer(new uint8_t[pieceBytes]);
  uint8_t *const piece = buffer.get();
  const size_t before = received.size();
  while (!hasEnded) {
    const ssize_t bytes = recv(socket, piece, pieceBytes, MSG_DONTWAIT);
    if (bytes < 0 && errno == EINTR)
      continue;
    if (bytes < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      if (received.empty())
        received.shrink_to_fit();
      return Progress::Wait;
    }
    if (bytes <= 0) {
      hasEnded = true;
      // With TLS, the end is said: another one may be of someone in between.
      return bytes < 0 || session ? Progress::Failed : Progress::End;
    }
    receivedBytes += uint64_t(bytes);
    if (session)
      hasEnded = !unseal({piece, size_t(bytes)});
    else
      received.insert(received.end(), piece, piece + bytes);
    if (received.size() > before)
      return Progress::Done;
  }
  return session && session->state() == TlsSession::State::Failed ? Progress::Failed
                                                                  : Progress::End;
}

void Wire::consume(size_t bytes) {
  used += bytes;
  if (used == received.size()) {
    received.clear();
    used = 0;
  } else if (used > pieceBytes) {
    received.erase(received.begin(), received.begin() + ptrdiff_t(used));
    used = 0;
  }
}

/// Sends from `position` on. Done: all is sent, and `bytes` are empty.
Progress Wire::sendFrom(std::vector<uint8_t> &bytes, size_t &position) {
  while (position < bytes.size()) {
    const ssize_t count = ::send(socket, bytes.data() + position, bytes.size() - position,
                                 MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0) {
      if (errno == EINTR)
        continue;
      return errno == EAGAIN || errno == EWOULDBLOCK ? Progress::Wait : Progress::Failed;
    }
    position += size_t(count);
    sentBytes += uint64_t(count);
  }
  bytes.clear();
  position = 0;
  return Progress::Done;
}

Progress Wire::drain() {
  if (!session)
    return sendFrom(kept, sent);
  while (true) {
    const Progress progress = sendFrom(sealed, sealedSent);
    if (progress != Progress::Done || kept.empty())
      return progress;
    // The rest is sealed when this has gone out: sealed bytes take room twice.
    const size_t count = std::min(kept.size() - sent, maxSealedBytes);
    if (!session->send({kept.data() + sent, count}))
      return Progress::Failed;
    session->takeSealed(sealed);
    sent += count;
    if (sent == kept.size()) {
      kept.clear();
      sent = 0;
    }
  }
}

void Wire::close() {
  const bool isSent = drain() == Progress::Done;
  if (session && isSent) {
    session->close();
    session->takeSealed(sealed);
    sendFrom(sealed, sealedSent);
  }
  shutdown(socket, SHUT_WR);
}

Progress WireReader::readHead() {
  while (parser->state() == Parser::State::Head) {
    const auto input = wire.input();
    const size_t count = input.empty() ? 0 : parser->put(input, body);
    wire.consume(count);
    if (parser->state() != Parser::State::Head)
      break;
    const Progress progress = wire.fill();
    if (progress != Progress::Done)
      return progress;
  }
  return parser->state() == Parser::State::Failed ? Progress::Failed : Progress::Done;
}

/// Tries to have a byte of the body.
Progress WireReader::more() {
  while (bodyUsed == body.size()) {
    body.clear();
    bodyUsed = 0;
    if (parser->state() == Parser::State::Done)
      return Progress::End;
    if (parser->state() == Parser::State::Failed) {
      if (parser->failureStatus() == 413)
        failure = Failure::HttpRequestBodySize;
      return Progress::Failed;
    }
    const auto input = wire.input();
    const size_t count = input.empty() ? 0 : parser->put(input, body);
    wire.consume(count);
    if (!body.empty() || count != 0 || parser->state() != Parser::State::Body)
      continue;
    if (std::exchange(sendsContinue, false)) {
      wire.send("HTTP/1.1 100 Continue\r\n\r\n");
      wire.drain();
    }
    switch (const Progress progress = wire.fill()) {
    case Progress::Done:
      continue;
    case Progress::End:
      parser->putEnd();
      failure = Failure::ConnectionTerminated;
      continue;
    case Progress::Wait:
      return progress;
    case Progress::Failed:
      failure = Failure::ConnectionTerminated;
      return progress;
    }
  }
  return Progress::Done;
}

Progress WireReader::read(std::span<uint8_t> buffer, size_t &count) {
  const Progress progress = more();
  if (progress != Progress::Done)
    return progress;
  count = std::min(buffer.size(), body.size() - bodyUsed);
  std::copy_n(body.data() + bodyUsed, count, buffer.data());
  bodyUsed += count;
  bodyBytes += count;
  return Progress::Done;
}

bool WireReader::isReady() { return more() != Progress::Wait; }

void WireWriter::write(std::span<const uint8_t> bytes) {
  if (bytes.empty() || isFinished)
    return;
  bodyBytes += bytes.size();
  switch (framing) {
  case Framing::None:
    return;
  case Framing::Length:
    // More than was said would be another message.
    failed |= bytes.size() > left;
    if (failed)
      return;
    left -= bytes.size();
    [[fallthrough]];
  case Framing::UntilClose:
    return wire.send(bytes);
  case Framing::Chunked:
    char size[20];
    const auto [end, error] = std::to_chars(size, size + sizeof(size), bytes.size(), 16);
    wire.send(std::string_view(size, size_t(end - size)));
    wire.send("\r\n");
    wire.send(bytes);
    return wire.send("\r\n");
  }
}

void WireWriter::finish(const Fields &trailers) {
  if (std::exchange(isFinished, true))
    return;
  failed |= framing == Framing::Length && left != 0;
  if (framing == Framing::Chunked && !failed)
    wire.send("0\r\n" + textOf(trailers) + "\r\n");
}

std::string textOf(const Fields &fields) {
  std::string text;
  for (const Field &field : fields) {
    if (isConnectionField(field.name))
      continue;
    text.append(field.name).append(": ").append(field.value).append("\r\n");
  }
  return text;
}

} // namespace w2n::http
