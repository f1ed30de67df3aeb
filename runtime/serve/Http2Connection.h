// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A connection of HTTP/2. One fiber receives for all streams; each request is answered in a fiber
// of its own on the same thread, which sends what the connection takes. So nothing here has a lock.
#pragma once

#include "runtime/serve/Http2Stream.h"

#include <map>

namespace w2n::serve {

class Http2Connection final : private http::Http2Session::Events {
public:
  using Clock = runtime::Wait::Clock;

  /// `stop` is the connection's own.
  Http2Connection(Server &server, http::Wire &wire, const Peer &peer, Server::Stop &stop)
      : server(server), wire(wire), peer(peer), stop(stop) {}
  /// Until the connection is over, and all of its guests.
  void serve();

  // For streams.
  /// Sends what there is, as far as the connection takes it.
  void pump();
  void consume(int32_t stream, size_t bytes);
  void resume(int32_t stream);
  void sayContinue(int32_t stream);
  /// One that is always ready: where the system has none, those who wait ask again and again.
  int readyDescriptor() const { return ready.get(); }

private:
  using StreamPointer = std::shared_ptr<Http2Stream>;

  bool open();
  /// Takes what has come. False if the connection ends.
  bool receive();
  bool wait();
  void beginEnd();
  void endStreams();
  void serveStream(const StreamPointer &stream, int32_t number, http::RequestHead head,
                   unsigned refusal);
  /// Waits until the client has taken the answer, or is late.
  void flush(Http2Stream &stream);
  StreamPointer find(int32_t number) const;

  void onRequest(int32_t number, http::RequestHead head, unsigned refusal) override;
  void onData(int32_t number, std::span<const uint8_t> bytes) override;
  void onEnd(int32_t number, http::Fields trailers) override;
  void onClose(int32_t number, bool isReset) override;
  http::Http2Session::Piece onSend(int32_t number, std::span<uint8_t> buffer) override;

  Server &server;
  http::Wire &wire;
  const Peer &peer;
  Server::Stop &stop;
  std::unique_ptr<http::Http2Session> session;
  Descriptor ready;
  std::map<int32_t, StreamPointer> streams;
  /// Fibers that answer; some of streams that are over already.
  uint32_t running = 0;
  Clock::time_point idleSince = Clock::now(), ending = Clock::time_point::max();
  std::vector<uint8_t> output;
  bool isBroken = false;
  /// Whether the fiber that receives waits, and for room to send, too.
  bool isWaiting = false, waitsForRoom = false;
  bool isAnnounced = false;
};

} // namespace w2n::serve
