// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// One connection of a client, from its first request to its last. Runs in a fiber.
#pragma once

#include "runtime/serve/Server.h"

namespace w2n::serve {

class Connection {
public:
  using Clock = runtime::Wait::Clock;

  Connection(Server &server, Descriptor socket, Listener::Use use);
  ~Connection();
  void serve();

private:
  enum class Next : uint8_t { Request, Close };
  enum class Protocol : uint8_t { None, Http1, Http2 };

  bool isAdmin() const { return use == Listener::Use::Admin; }
  /// The handshake of TLS, where it is used. False if the connection ends.
  bool shakeHands();
  /// Answers a client that has failed to, in what it understands.
  void refuseTls();
  /// As TLS has agreed, or as the client begins. None: the connection ends before.
  Protocol chooseProtocol();
  /// Waits for more of a head. False if the connection ends.
  struct HeadWait {
    Clock::time_point deadline;
    bool hasBegun = false;
  };
  bool waitForHead(HeadWait &head);
  /// Reads a head, or answers what is none. Null if the connection ends.
  std::shared_ptr<http::WireReader> readHead(std::shared_ptr<http::Parser> &parser);
  void refuse(unsigned status, const char *why);
  Next answer(std::shared_ptr<http::WireReader> reader, http::Parser &parser);
  /// Sends what is kept. False if the client does not take it.
  bool flush();
  /// Lets the client read what was sent, although it has not stopped sending.
  void linger();
  runtime::WaitEnd waitFor(short events, Clock::time_point deadline);

  Server &server;
  const Descriptor socket;
  const Listener::Use use;
  http::Wire wire;
  Peer peer;
  Server::Stop stop;
};

} // namespace w2n::serve
