// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/serve/Http2Stream.h"

#include "runtime/serve/Http2Connection.h"

#include <algorithm>
#include <sys/eventfd.h>
#include <unistd.h>

namespace w2n::serve {

using http::Progress;

int StreamEvent::descriptor() {
  if (!made) {
    made = Descriptor(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    // Made as one that can be written to, and not read.
    if (made && isSet != (events == POLLOUT))
      tell();
  }
  return made ? made.get() : -1;
}

void StreamEvent::set(bool isNow) {
  if (isSet == isNow)
    return;
  isSet = isNow;
  if (made)
    tell();
}

/// One more than the greatest count would be too much: with that, there is no room to write.
void StreamEvent::tell() {
  uint64_t count = events == POLLIN ? 1 : UINT64_MAX - 1;
  if (isSet == (events == POLLIN))
    (void)!::write(made.get(), &count, sizeof(count));
  else
    (void)!::read(made.get(), &count, sizeof(count));
}

bool Http2Stream::isReady() {
  const bool isNow = hasFailed || isBodyTooLarge || hasEnded || received.size() > used;
  readable.set(isNow);
  if (!isNow && std::exchange(sendsContinue, false))
    connection.sayContinue(number);
  return isNow;
}

Progress Http2Stream::read(std::span<uint8_t> buffer, size_t &count) {
  if (used == received.size()) {
    const bool isNow = isReady();
    if (hasFailed || isBodyTooLarge)
      return Progress::Failed;
    return isNow ? Progress::End : Progress::Wait;
  }
  count = std::min(buffer.size(), received.size() - used);
  std::copy_n(received.data() + used, count, buffer.data());
  used += count;
  if (used == received.size()) {
    received.clear();
    used = 0;
  }
  connection.consume(number, count);
  return Progress::Done;
}

int Http2Stream::readDescriptor() const {
  const int descriptor = readable.descriptor();
  return descriptor >= 0 ? descriptor : connection.readyDescriptor();
}
int Http2Stream::writeDescriptor() const {
  const int descriptor = writable.descriptor();
  return descriptor >= 0 ? descriptor : connection.readyDescriptor();
}

void Http2Stream::write(std::span<const uint8_t> bytes) {
  if (isFinished || hasFailed || isWrong)
    return;
  writtenBytes += bytes.size();
  if (isBodiless)
    return;
  isWrong = left && bytes.size() > *left;
  if (isWrong)
    return;
  if (left)
    *left -= bytes.size();
  kept.insert(kept.end(), bytes.begin(), bytes.end());
  connection.resume(number);
}

void Http2Stream::finish(const http::Fields &trailers) {
  if (std::exchange(isFinished, true) || isBodiless)
    return;
  isWrong |= left.value_or(0) != 0;
  sentTrailers = trailers;
  if (!isWrong)
    connection.resume(number);
}

Progress Http2Stream::drain() {
  if (!hasFailed)
    connection.pump();
  if (hasFailed || isWrong)
    return Progress::Failed;
  writable.set(kept.empty());
  return kept.empty() ? Progress::Done : Progress::Wait;
}

http::Http2Session::Piece Http2Stream::give(std::span<uint8_t> buffer) {
  http::Http2Session::Piece piece;
  piece.bytes = std::min(buffer.size(), kept.size() - sent);
  std::copy_n(kept.data() + sent, piece.bytes, buffer.data());
  sent += piece.bytes;
  if (sent == kept.size()) {
    kept.clear();
    sent = 0;
  }
  if (piece.bytes != 0)
    writable.set(true);
  if (kept.empty() && isFinished && !isWrong) {
    isSent = piece.isEnd = true;
    piece.trailers = &sentTrailers;
    stop.token.wake();
  }
  return piece;
}

void Http2Stream::takeBytes(std::span<const uint8_t> bytes, uint64_t maxBodyBytes) {
  receivedBytes += bytes.size();
  // Nobody reads what is too much: the client is stopped by its window.
  if (hasFailed || isBodyTooLarge)
    return;
  if (receivedBytes > maxBodyBytes) {
    failure = http::Failure::HttpRequestBodySize;
    isBodyTooLarge = true;
  } else {
    received.insert(received.end(), bytes.begin(), bytes.end());
  }
  readable.set(true);
}

void Http2Stream::takeEnd(http::Fields trailers) {
  hasEnded = true;
  receivedTrailers = std::move(trailers);
  readable.set(true);
}

void Http2Stream::lose() {
  hasFailed = true;
  kept.clear();
  sent = 0;
  readable.set(true);
  writable.set(true);
  stop.token.wake();
}

} // namespace w2n::serve
