// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A connection of HTTP/2, on the server's side: bytes that come become events, and what is answered
// becomes bytes. Nothing here waits.
#pragma once

#include "runtime/http/Message.h"

#include <memory>

namespace w2n::http {

struct Http2Limits {
  /// Requests at a time on one connection.
  uint32_t maxStreams = 100;
  /// The size of a request's fields, as RFC 9113 counts them, and that of its trailers.
  uint32_t maxHeadBytes = 16 << 10;
};

class Http2Session {
public:
  /// A piece of an answer's body.
  struct Piece {
    size_t bytes = 0;
    bool isEnd = false;
    /// With the end.
    const Fields *trailers = nullptr;
  };

  /// The owner of a session, who is told what comes. None of these may call receive() or
  /// takeOutput().
  class Events {
  public:
    /// `refusal`: the status that the request is to be refused with, or 0.
    virtual void onRequest(int32_t stream, RequestHead head, unsigned refusal) = 0;
    virtual void onData(int32_t stream, std::span<const uint8_t> bytes) = 0;
    /// No more of the request comes.
    virtual void onEnd(int32_t stream, Fields trailers) = 0;
    /// The stream is over. `isReset`: before both sides had ended it.
    virtual void onClose(int32_t stream, bool isReset) = 0;
    /// Fills `buffer` with what follows of an answer's body.
    virtual Piece onSend(int32_t stream, std::span<uint8_t> buffer) = 0;

  protected:
    ~Events() = default;
  };

  enum class Reset : uint32_t { NoError = 0, InternalError = 2, Refused = 7, Cancel = 8 };

  virtual ~Http2Session() = default;
  /// False if nothing can follow: what is to be sent says why.
  virtual bool receive(std::span<const uint8_t> bytes) = 0;
  /// Appends some of what is to be sent, nothing if there is no more. False without memory.
  virtual bool takeOutput(std::vector<uint8_t> &output) = 0;
  /// Whether neither side has anything to say any more.
  virtual bool isOver() const = 0;

  /// `response` begins an answer; onSend gives its body, if it has one.
  virtual void respond(int32_t stream, const ResponseHead &response, bool carriesBody) = 0;
  /// The client need not wait with the request's body; before the answer.
  virtual void sayContinue(int32_t stream) = 0;
  /// There is more for onSend.
  virtual void resume(int32_t stream) = 0;
  /// Bytes of the request's body are used, the client may send as many more.
  virtual void consume(int32_t stream, size_t bytes) = 0;
  virtual void reset(int32_t stream, Reset why) = 0;
  /// Takes no more requests: first by asking the client for none, which it acknowledges, then by
  /// goAway(), which may also be called earlier.
  virtual void announceEnd() = 0;
  virtual void goAway() = 0;
};

/// In the library of HTTP, where it has HTTP/2.
std::unique_ptr<Http2Session> makeHttp2(const Http2Limits &limits, Http2Session::Events &events);

} // namespace w2n::http
