// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A server of HTTP: threads with an event loop each, on which every connection is a fiber, and
// every request of HTTP/2. What listens is shared by all of them, and the one that is free accepts:
// a guest that computes for long keeps its own thread's connections waiting, but no new ones.
#pragma once

#include "runtime/core/EventLoop.h"
#include "runtime/http/Codec.h"
#include "runtime/http/Tls.h"
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

/// A socket that listens.
struct Listener {
  enum class Use : uint8_t {
    Plain,
    Tls,
    Admin, ///< only /metrics and /health are answered
  };
  int socket;
  Use use = Use::Plain;
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
  /// Requests at a time on one connection of HTTP/2.
  uint32_t maxStreams = 100;
  /// Called on any thread. May be empty.
  std::function<void(const LogRecord &record)> log;
  /// Takes what a guest did wrong, for the server's log. Called on any thread.
  std::function<void(std::string_view route, const Error &error)> onError;
};

class Server {
public:
  /// Listens at `listeners`, whose sockets it borrows. `tls`: for those that use it. Errors:
  /// Unsupported (no library of HTTP), Io, Limit.
  static Result<std::unique_ptr<Server>> start(ServerOptions options, Routes routes,
                                               std::shared_ptr<const http::TlsContext> tls,
                                               std::vector<Listener> listeners);
  ~Server();

  /// New requests go to these; those that run end as they began.
  void setRoutes(Routes routes);
  /// New connections use these certificates.
  void setTls(std::shared_ptr<const http::TlsContext> tls);
  /// Accepts no more connections, lets requests end for `timeout`, and then ends the rest. False if
  /// there was a rest.
  bool drain(std::chrono::nanoseconds timeout);

  const Metrics &metrics() const { return counts; }

private:
  friend class Answering;
  friend class Connection;
  friend class Http2Connection;
  friend class Http2Stream;
  /// Something that waits for the server's end: a connection, one of its streams, or what accepts
  /// connections.
  struct Stop {
    runtime::WakeToken token;
    /// The interrupt of the guest that runs, under the lock.
    std::shared_ptr<runtime::Interrupt> running;
  };

  Server(ServerOptions options, const http::Codec &codec)
      : options(std::move(options)), codec(codec),
        admission(this->options.maxInstances, this->options.maxWaiting) {}
  Status open(std::vector<Listener> listeners);
  void run(std::unique_ptr<runtime::EventLoop> &loop);
  void accept(Listener listener);
  void serveConnection(int socket, Listener::Use use);
  /// Null without TLS, or without memory.
  std::unique_ptr<http::TlsSession> startTls() const;
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
  std::shared_ptr<const http::TlsContext> tls;
  std::set<Stop *> stops;
  std::condition_variable stopsChanged;

  std::vector<Listener> listeners;
  std::atomic<bool> isDraining = false, isEnding = false;
  std::vector<std::thread> workers;
};

} // namespace w2n::serve
