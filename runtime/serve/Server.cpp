// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/serve/Server.h"

#include "runtime/http/Library.h"
#include "runtime/platform/VirtualMemory.h"
#include "runtime/serve/Connection.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/socket.h>

namespace w2n::serve {

using runtime::EventLoop;
using runtime::WaitEnd;

Result<std::unique_ptr<Server>> Server::start(ServerOptions options, Routes routes,
                                              std::shared_ptr<const http::TlsContext> tls,
                                              std::vector<Listener> listeners) {
  W2N_TRY(codec, http::openCodec());
  std::unique_ptr<Server> server(new Server(std::move(options), *codec));
  server->setRoutes(std::move(routes));
  server->setTls(std::move(tls));
  W2N_CHECK(server->open(std::move(listeners)));
  return server;
}

Status Server::open(std::vector<Listener> newListeners) {
  listeners = std::move(newListeners);
  for (const Listener &listener : listeners)
    if (fcntl(listener.socket, F_SETFL, fcntl(listener.socket, F_GETFL) | O_NONBLOCK) != 0)
      return platform::failWithErrno("cannot listen");
  std::mutex starting;
  std::condition_variable started;
  uint32_t answers = 0;
  Status failed;
  for (uint32_t i = 0; i < options.threads; ++i)
    workers.emplace_back([&, this] {
      auto loop = EventLoop::create();
      std::unique_ptr<EventLoop> made = loop ? std::move(*loop) : nullptr;
      {
        std::lock_guard guard(starting);
        if (!made)
          failed = std::unexpected(loop.error());
        ++answers;
        started.notify_one();
      }
      if (made)
        run(made);
    });
  std::unique_lock guard(starting);
  started.wait(guard, [&] { return answers == options.threads; });
  return failed;
}

Server::~Server() {
  drain({});
  for (std::thread &worker : workers)
    worker.join();
}

std::shared_ptr<const Routes> Server::currentRoutes() const {
  std::lock_guard guard(lock);
  return routes;
}

void Server::setRoutes(Routes newRoutes) {
  auto made = std::make_shared<const Routes>(std::move(newRoutes));
  std::lock_guard guard(lock);
  routes.swap(made);
}

void Server::setTls(std::shared_ptr<const http::TlsContext> newTls) {
  std::lock_guard guard(lock);
  tls.swap(newTls);
}

std::unique_ptr<http::TlsSession> Server::startTls() const {
  std::shared_ptr<const http::TlsContext> context;
  {
    std::lock_guard guard(lock);
    context = tls;
  }
  return context ? context->start("") : nullptr;
}

void Server::add(Stop &stop) {
  std::lock_guard guard(lock);
  stops.insert(&stop);
  if (isDraining)
    stop.token.wake();
}

void Server::remove(Stop &stop) {
  std::lock_guard guard(lock);
  stops.erase(&stop);
  stopsChanged.notify_all();
}

void Server::run(std::unique_ptr<EventLoop> &loop) {
  for (const Listener &listener : listeners)
    (void)loop->spawn([this, listener] { accept(listener); });
  (void)loop->run();
}

void Server::accept(Listener listener) {
  // The pause for clients to go, where descriptors are used up.
  constexpr auto pause = std::chrono::milliseconds(20);
  Stop stop;
  add(stop);
  while (!isDraining) {
    Descriptor socket(accept4(listener.socket, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (socket) {
      ++counts.connections;
      if (counts.openConnections >= int64_t(options.maxConnections) &&
          listener.use != Listener::Use::Admin)
        continue;
      const int number = socket.release();
      if (!EventLoop::current()->spawn(
              [this, number, use = listener.use] { serveConnection(number, use); },
              {.beginsFamily = true}))
        Descriptor closed(number);
      continue;
    }
    pollfd waited = {listener.socket, POLLIN, 0};
    const bool isEmpty = errno == EAGAIN || errno == EWOULDBLOCK;
    const bool isGone = errno == ECONNABORTED || errno == EINTR;
    if (isGone)
      continue;
    runtime::wait({.descriptors = {&waited, isEmpty ? 1u : 0u},
                   .deadline = isEmpty ? runtime::Wait::Clock::time_point::max()
                                       : runtime::Wait::Clock::now() + pause,
                   .token = &stop.token});
  }
  remove(stop);
}

void Server::serveConnection(int socket, Listener::Use use) {
  Connection connection(*this, Descriptor(socket), use);
  connection.serve();
}

bool Server::waitForStops(std::chrono::nanoseconds timeout) {
  std::unique_lock guard(lock);
  return stopsChanged.wait_for(guard, timeout, [&] { return stops.empty(); });
}

bool Server::drain(std::chrono::nanoseconds timeout) {
  {
    std::lock_guard guard(lock);
    isDraining = true;
    for (Stop *stop : stops)
      stop->token.wake();
  }
  if (waitForStops(timeout))
    return true;
  std::vector<std::shared_ptr<runtime::Interrupt>> running;
  {
    std::lock_guard guard(lock);
    isEnding = true;
    for (Stop *stop : stops) {
      stop->token.wake();
      if (stop->running)
        running.push_back(stop->running);
    }
  }
  for (const auto &interrupt : running)
    interrupt->raise();
  // Guests end at once; what they have answered is sent for a moment.
  constexpr auto longest = std::chrono::seconds(5);
  waitForStops(longest);
  return false;
}

} // namespace w2n::serve
