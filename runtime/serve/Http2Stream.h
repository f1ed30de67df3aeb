// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A request of HTTP/2 and its answer. Guests wait for descriptors, which a stream has none of: it
// makes two when they are asked for, and sets them as its bytes come and go.
#pragma once

#include "runtime/serve/Server.h"

namespace w2n::serve {

class Http2Connection;

/// An event that is waited for by its descriptor, which is made when it is needed.
class StreamEvent {
public:
  /// `events`: POLLIN or POLLOUT, which the descriptor has while the event is set.
  explicit StreamEvent(short events) : events(events) {}
  /// -1 if the system has none.
  int descriptor();
  void set(bool isNow);

private:
  void tell();

  const short events;
  Descriptor made;
  bool isSet = false;
};

/// Belongs to the thread of its connection, which outlives it.
class Http2Stream final : public http::BodyReader, public http::BodyWriter {
public:
  Http2Stream(Http2Connection &connection, int32_t number)
      : connection(connection), number(number) {}

  http::Progress read(std::span<uint8_t> buffer, size_t &count) override;
  bool isReady() override;
  int readDescriptor() const override;
  http::Failure readFailure() const override { return failure; }
  const http::Fields &trailers() const override { return receivedTrailers; }

  void write(std::span<const uint8_t> bytes) override;
  void finish(const http::Fields &trailers) override;
  http::Progress drain() override;
  size_t keptBytes() const override { return kept.size() - sent; }
  int writeDescriptor() const override;
  http::Failure writeFailure() const override { return http::Failure::ConnectionTerminated; }

  // For the exchange.
  /// The answer has a body of `length` bytes, if that is known, or none, whatever is written.
  void begin(bool carriesBody, std::optional<uint64_t> length) {
    isBodiless = !carriesBody;
    left = length;
    sendsContinue = false;
  }
  /// Whether all of the answer is on its way.
  bool isComplete() const { return isFinished && !isWrong && (isBodiless || isSent); }
  bool isLost() const { return hasFailed; }
  /// Whether the answer has ended, and its end is not yet sent.
  bool isOnItsWay() const { return isFinished && !isComplete(); }

  // For the connection.
  void takeBytes(std::span<const uint8_t> bytes, uint64_t maxBodyBytes);
  void takeEnd(http::Fields trailers);
  /// The client has ended the stream, or the connection ends.
  void lose();
  http::Http2Session::Piece give(std::span<uint8_t> buffer);

  uint64_t receivedBytes = 0, writtenBytes = 0;
  /// A client that waits before it sends the body is told once that it may.
  bool sendsContinue = false;
  bool hasEnded = false; ///< of the request
  Server::Stop stop;

private:
  Http2Connection &connection;
  const int32_t number;
  std::vector<uint8_t> received, kept;
  size_t used = 0, sent = 0;
  http::Fields receivedTrailers, sentTrailers;
  http::Failure failure = http::Failure::ConnectionTerminated;
  std::optional<uint64_t> left;
  bool hasFailed = false, isBodyTooLarge = false;
  bool isFinished = false, isSent = false, isBodiless = false;
  bool isWrong = false; ///< the answer's body has not the length that was said
  mutable StreamEvent readable{POLLIN}, writable{POLLOUT};
};

} // namespace w2n::serve
