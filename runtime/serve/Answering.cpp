// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/serve/Answering.h"

#include "runtime/core/Interrupt.h"
#include "runtime/http/Host.h"

namespace w2n::serve {

std::optional<std::string> pathOfTarget(const http::RequestHead &head) {
  std::string_view target = head.target;
  // A fragment is never sent: another server might take it for the end of the path.
  if (target.find('#') != target.npos)
    return std::nullopt;
  if (target.starts_with('/') || (target == "*" && head.method == "OPTIONS"))
    return head.target;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (target.size() <= scheme.size() ||
        !http::isSameName(target.substr(0, scheme.size()), scheme))
      continue;
    target.remove_prefix(scheme.size());
    const size_t end = std::min(target.find_first_of("/?"), target.size());
    if (end == 0 || !http::isHost(target.substr(0, end)))
      return std::nullopt;
    return (end < target.size() && target[end] == '/' ? "" : "/") + std::string(target.substr(end));
  }
  return std::nullopt;
}

/// An absolute target's host is the one that counts (RFC 9112, section 3.2.2).
static void takeHost(http::RequestHead &head) {
  const size_t scheme = head.target.find("://");
  if (head.target.starts_with('/') || scheme == head.target.npos)
    return;
  const std::string_view rest = std::string_view(head.target).substr(scheme + 3);
  std::string host(rest.substr(0, rest.find_first_of("/?")));
  std::erase_if(head.fields,
                [](const auto &field) { return http::isSameName(field.name, "host"); });
  head.fields.push_back({"host", std::move(host)});
}

const Route *findRoute(const Routes &routes, std::string_view target) {
  const std::string_view path = target.substr(0, target.find('?'));
  const Route *longest = nullptr;
  for (const Route &route : routes) {
    const bool isBelow = path.starts_with(route.path) &&
                         (path.size() == route.path.size() || path[route.path.size()] == '/');
    if ((route.path.empty() || isBelow) && (!longest || route.path.size() > longest->path.size()))
      longest = &route;
  }
  return longest;
}

Destination Answering::find(http::RequestHead &head) const {
  const auto path = pathOfTarget(head);
  takeHost(head);
  if (!path || head.method == "CONNECT")
    return {};
  head.target = *path;
  const auto routes = server.currentRoutes();
  const Route *route = isAdmin ? nullptr : findRoute(*routes, *path);
  return {true, route ? route->path : ""};
}

void Answering::answer(const std::shared_ptr<Exchange> &exchange, const Destination &destination) {
  if (!destination.isValid) {
    ++server.counts.malformed;
    exchange->respondWith(400, "the target is no path");
  } else if (isAdmin) {
    answerAdmin(*exchange);
  } else {
    runApplication(exchange);
  }
}

void Answering::answerAdmin(Exchange &exchange) {
  const std::string_view path = std::string_view(exchange.head.target);
  if (path == "/health")
    return exchange.respondWith(server.isDraining ? 503 : 200,
                                server.isDraining ? "draining" : "ok");
  if (path != "/metrics")
    return exchange.respondWith(404, "there are /metrics and /health");
  const std::string text =
      server.counts.text(server.admission.runningCount(), server.admission.waitingCount());
  auto body = exchange.respond({200, {{"content-type", "text/plain; version=0.0.4"}}}, text.size());
  body->write({reinterpret_cast<const uint8_t *>(text.data()), text.size()});
  body->finish({});
}

void Answering::runApplication(const std::shared_ptr<Exchange> &exchange) {
  const auto routes = server.currentRoutes();
  // The routes may have changed since: then the request is for the new ones.
  const Route *route = findRoute(*routes, exchange->head.target);
  if (!route)
    return exchange->respondWith(404, "nothing is served here");
  // Waiting for a place counts.
  const auto deadline = Clock::now() + server.options.requestTimeout;
  if (!server.admission.enter(deadline)) {
    if (Clock::now() >= deadline) {
      ++server.counts.timeouts;
      return exchange->respondWith(504, "there was no place in time");
    }
    ++server.counts.refused;
    return exchange->respondWith(503, "too many requests");
  }
  const Status ended =
      exchange->isLost() ? Status() : runWithDeadline(*route->application, exchange, deadline);
  server.admission.leave();
  if (!ended) {
    fail(*exchange, ended.error());
    if (server.options.onError && !exchange->isLost())
      server.options.onError(route->path, ended.error());
  } else if (exchange->status() == 0) {
    exchange->respondWith(500, "the application has not answered");
  }
}

Status Answering::runWithDeadline(Application &application,
                                  const std::shared_ptr<Exchange> &exchange,
                                  Clock::time_point deadline) {
  W2N_TRY(interrupt, runtime::Interrupt::create(deadline));
  {
    std::lock_guard guard(server.lock);
    stop.running = interrupt;
  }
  Status ended;
  {
    runtime::InterruptScope scope(interrupt);
    ended = application.handle(exchange);
  }
  isInterrupted = interrupt->raised() != 0;
  std::lock_guard guard(server.lock);
  stop.running = nullptr;
  return ended;
}

void Answering::fail(Exchange &exchange, const Error &error) {
  // A guest was ended because its client is gone.
  if (exchange.isLost())
    return;
  if (error.kind == ErrorKind::Interrupted) {
    ++server.counts.timeouts;
    exchange.closes = true;
    return exchange.respondWith(504, "the application took too long");
  }
  if (error.kind == ErrorKind::Limit)
    return exchange.respondWith(503, "there is no room for the application");
  server.counts.traps += error.kind == ErrorKind::Trap;
  exchange.respondWith(500, "the application failed");
}

void Answering::note(const Exchange &exchange) const {
  const auto time = Clock::now() - begin;
  server.counts.noteAnswer(exchange.status(), time);
  if (server.options.log)
    server.options.log({.remote = exchange.peer.remoteAddress,
                        .method = exchange.head.method,
                        .target = exchange.head.target,
                        .status = exchange.status(),
                        .requestBytes = exchange.requestBytes(),
                        .responseBytes = exchange.responseBytes(),
                        .time = time});
}

} // namespace w2n::serve
