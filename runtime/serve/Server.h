// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A server of HTTP/1.1: threads with an event loop each, on which every connection is a fiber. What
// listens is shared by all of them, and the one that is free accepts: a guest that computes for
// long keeps its own thread's connections waiting, but no new ones.
#pragma once

#include "runtime/core/EventLoop.h"
#include "runtime/http/Codec.h"
#include "runtime/serve/Admission.h"
#include "runtime/serve/Application.h"
#include "runtime/serve/Metrics.h"

#include <condition_variable>
#include <set>
#include <thread>

namespace w2n::serve {

struct Route {
  std::string path; ///< "" for all; else the path itself and all below it
  std::shared_ptr<Application> application;
};
using Routes = std::vector<Route>;

/// One line for each request.
struct LogRecord {
  std::string_view remote, method, target;
  unsigned status = 0;
  uint64_t requestBytes = 0, responseBytes = 0; ///< of the bodies
  std::chrono::nanoseconds time = {};
};

struct ServerOptions {
  uint32_t threads = 1;
  uint32_t maxInstances = 1000, maxWaiting = 1000, maxConnections = 20000;
  std::chrono::nanoseconds requestTimeout = std::chrono::seconds(30);
  /// Until the first byte of a request, of its whole head, and until a client has taken the rest of
  /// an answer.
  std::chrono::nanoseconds idleTimeout = std::chrono::seconds(60);
  std::chrono::nanoseconds headTimeout = std::chrono::seconds(10);
  std::chrono::nanoseconds sendTimeout = std::chrono::seconds(30);
  http::ParserLimits limits;
  /// Called on any thread. May be empty.
  std::function<void(const LogRecord &record)> log;
  /// Takes what a guest did wrong, for the server's log. Called on any thread.
  std::function<void(std::string_view route, const Error &error)> onError;
};

class Server {
public:
  /// Listens at `listeners`, sockets that it borrows; at those of `adminListeners` only /metrics
  /// and /health are answered. Errors: Unsupported (no library of HTTP), Io, Limit.
  static Result<std::unique_ptr<Server>> start(ServerOptions options, Routes routes,
                                               std::vector<int> listeners,
                                               std::vector<int> adminListeners);
  ~Server();

  /// New requests go to these; those that run end as they began.
  void setRoutes(Routes routes);
  /// Accepts no more connections, lets requests end for `timeout`, and then ends the rest. False if
  /// there was a rest.
  bool drain(std::chrono::nanoseconds timeout);

  const Metrics &metrics() const { return counts; }

private:
  friend class Connection;
  /// Something that waits for the server's end: a connection, or what accepts them.
  struct Stop {
    runtime::WakeToken token;
    /// The interrupt of the guest that runs, under the lock.
    std::shared_ptr<runtime::Interrupt> running;
  };

  Server(ServerOptions options, const http::Codec &codec)
      : options(std::move(options)), codec(codec),
        admission(this->options.maxInstances, this->options.maxWaiting) {}
  Status open(std::vector<int> listeners, std::vector<int> adminListeners);
  void run(std::unique_ptr<runtime::EventLoop> &loop);
  void accept(int listener, bool isAdmin);
  void serveConnection(int socket, bool isAdmin);
  std::shared_ptr<const Routes> currentRoutes() const;
  void add(Stop &stop);
  void remove(Stop &stop);
  bool waitForStops(std::chrono::nanoseconds timeout);

  const ServerOptions options;
  const http::Codec &codec;
  Metrics counts;
  Admission admission;
  mutable std::mutex lock;
  // Under the lock.
  std::shared_ptr<const Routes> routes;
  std::set<Stop *> stops;
  std::condition_variable stopsChanged;

  std::vector<int> listeners, adminListeners;
  std::atomic<bool> isDraining = false, isEnding = false;
  std::vector<std::thread> workers;
};

} // namespace w2n::serve
