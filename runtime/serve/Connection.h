// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// One connection of a client, from its first request to its last. Runs in a fiber.
#pragma once

#include "runtime/serve/Server.h"

namespace w2n::serve {

class Connection {
public:
  using Clock = runtime::Wait::Clock;

  Connection(Server &server, Descriptor socket, bool isAdmin);
  ~Connection();
  void serve();

private:
  enum class Next : uint8_t { Request, Close };

  /// Reads a head, or answers what is none. Null if the connection ends.
  std::shared_ptr<http::WireReader> readHead(std::shared_ptr<http::Parser> &parser);
  void refuse(unsigned status, const char *why);
  Next answer(std::shared_ptr<http::WireReader> reader, http::Parser &parser);
  void answerAdmin(Exchange &exchange);
  void runApplication(const std::shared_ptr<Exchange> &exchange);
  Status runWithDeadline(Application &application, const std::shared_ptr<Exchange> &exchange,
                         Clock::time_point deadline);
  void fail(Exchange &exchange, const Error &error);
  /// Sends what is kept. False if the client does not take it.
  bool flush();
  /// Lets the client read what was sent, although it has not stopped sending.
  void linger();
  runtime::WaitEnd waitFor(short events, Clock::time_point deadline);
  void note(const Exchange &exchange, Clock::time_point begin);

  Server &server;
  const Descriptor socket;
  const bool isAdmin;
  http::Wire wire;
  Peer peer;
  Server::Stop stop;
  bool wasInterrupted = false;
};

/// The request's path and query: of its target, which may name the host as well; nullopt if it is
/// neither.
std::optional<std::string> pathOfTarget(const http::RequestHead &head);
/// The longest route that `target` is of; null if there is none.
const Route *findRoute(const Routes &routes, std::string_view target);

} // namespace w2n::serve
