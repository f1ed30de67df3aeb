// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// From the head of a request to its answer, whatever the protocol: the route, a place for an
// instance, the application with its deadline, the log.
#pragma once

#include "runtime/serve/Server.h"

namespace w2n::serve {

/// The destination of a request.
struct Destination {
  /// The target is a path, and the method one that is answered.
  bool isValid = false;
  std::string routePath;
};

class Answering {
public:
  using Clock = runtime::Wait::Clock;

  /// `stop` is told of the guest that runs.
  Answering(Server &server, Server::Stop &stop, bool isAdmin)
      : server(server), stop(stop), isAdmin(isAdmin) {}

  /// Makes the target a path, and the host the one that counts.
  Destination find(http::RequestHead &head) const;
  /// Has the request answered, by its application or the server itself.
  void answer(const std::shared_ptr<Exchange> &exchange, const Destination &destination);
  /// Counts the answer, and writes the log.
  void note(const Exchange &exchange) const;
  /// Whether the guest was ended from outside.
  bool wasInterrupted() const { return isInterrupted; }

private:
  void answerAdmin(Exchange &exchange);
  void runApplication(const std::shared_ptr<Exchange> &exchange);
  Status runWithDeadline(Application &application, const std::shared_ptr<Exchange> &exchange,
                         Clock::time_point deadline);
  void fail(Exchange &exchange, const Error &error);

  Server &server;
  Server::Stop &stop;
  const bool isAdmin;
  const Clock::time_point begin = Clock::now();
  bool isInterrupted = false;
};

/// The request's path and query: of its target, which may name the host as well; nullopt if it is
/// neither.
std::optional<std::string> pathOfTarget(const http::RequestHead &head);
/// The longest route that `target` is of; null if there is none.
const Route *findRoute(const Routes &routes, std::string_view target);

} // namespace w2n::serve
