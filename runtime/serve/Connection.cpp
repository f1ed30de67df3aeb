// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/serve/Connection.h"

#include "runtime/core/Interrupt.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace w2n::serve {

using http::Progress;
using runtime::WaitEnd;

namespace {

struct AddressText {
  std::string host, port;
};

AddressText textOf(const sockaddr_storage &address) {
  char text[INET6_ADDRSTRLEN] = {};
  if (address.ss_family == AF_INET) {
    const auto &ip = reinterpret_cast<const sockaddr_in &>(address);
    inet_ntop(AF_INET, &ip.sin_addr, text, sizeof(text));
    return {text, std::to_string(ntohs(ip.sin_port))};
  }
  if (address.ss_family == AF_INET6) {
    const auto &ip = reinterpret_cast<const sockaddr_in6 &>(address);
    inet_ntop(AF_INET6, &ip.sin6_addr, text, sizeof(text));
    return {text, std::to_string(ntohs(ip.sin6_port))};
  }
  return {"unix", "0"};
}

Peer peerOf(int socket) {
  sockaddr_storage remote = {}, local = {};
  socklen_t remoteBytes = sizeof(remote), localBytes = sizeof(local);
  getpeername(socket, reinterpret_cast<sockaddr *>(&remote), &remoteBytes);
  getsockname(socket, reinterpret_cast<sockaddr *>(&local), &localBytes);
  const AddressText here = textOf(local);
  return {textOf(remote).host, here.host, here.port};
}

} // namespace

std::optional<std::string> pathOfTarget(const http::RequestHead &head) {
  std::string_view target = head.target;
  if (target.starts_with('/') || (target == "*" && head.method == "OPTIONS"))
    return head.target;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (target.size() <= scheme.size() ||
        !http::isSameName(target.substr(0, scheme.size()), scheme))
      continue;
    target.remove_prefix(scheme.size());
    const size_t end = std::min(target.find_first_of("/?"), target.size());
    if (end == 0 || target.substr(0, end).find_first_of("@,") != target.npos)
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

Connection::Connection(Server &server, Descriptor given, bool isAdmin)
    : server(server), socket(std::move(given)), isAdmin(isAdmin), wire(socket.get()),
      peer(peerOf(socket.get())) {
  const int on = 1;
  setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  server.add(stop);
  ++server.counts.openConnections;
}

Connection::~Connection() {
  server.remove(stop);
  --server.counts.openConnections;
  server.counts.receivedBytes += wire.receivedBytes;
  server.counts.sentBytes += wire.sentBytes;
}

WaitEnd Connection::waitFor(short events, Clock::time_point deadline) {
  pollfd waited = {socket.get(), events, 0};
  return runtime::wait({.descriptors = {&waited, 1}, .deadline = deadline, .token = &stop.token});
}

void Connection::serve() {
  while (true) {
    std::shared_ptr<http::Parser> parser = server.codec.parseRequest(server.options.limits);
    auto reader = readHead(parser);
    if (!reader || answer(std::move(reader), *parser) == Next::Close)
      break;
  }
  linger();
}

std::shared_ptr<http::WireReader> Connection::readHead(std::shared_ptr<http::Parser> &parser) {
  auto reader = std::make_shared<http::WireReader>(wire, parser);
  Clock::time_point deadline = Clock::now() + server.options.idleTimeout;
  bool hasBegun = false;
  while (true) {
    const Progress progress = reader->readHead();
    if (progress == Progress::Done)
      return reader;
    if (parser->state() == http::Parser::State::Failed) {
      refuse(parser->failureStatus(), parser->failureText());
      return nullptr;
    }
    if (progress != Progress::Wait)
      return nullptr;
    // From the first byte on, all of the head has to come.
    if (!hasBegun && !wire.input().empty()) {
      hasBegun = true;
      deadline = Clock::now() + server.options.headTimeout;
    }
    // One that waits for its next request is ended when the server is.
    if (server.isDraining && !hasBegun)
      return nullptr;
    switch (waitFor(POLLIN, deadline)) {
    case WaitEnd::Ready:
      continue;
    case WaitEnd::Woken:
      if (server.isEnding || !hasBegun)
        return nullptr;
      stop.token.reset();
      continue;
    case WaitEnd::Deadline:
      if (hasBegun)
        refuse(408, "the request took too long");
      return nullptr;
    case WaitEnd::Interrupted:
    case WaitEnd::Failed:
      return nullptr;
    }
  }
}

void Connection::refuse(unsigned status, const char *why) {
  ++server.counts.malformed;
  Exchange exchange(wire, {.method = "", .target = "", .fields = {}}, nullptr, peer, "");
  exchange.closes = true;
  const auto begin = Clock::now();
  exchange.respondWith(status, why);
  flush();
  note(exchange, begin);
}

Connection::Next Connection::answer(std::shared_ptr<http::WireReader> reader,
                                    http::Parser &parser) {
  const auto begin = Clock::now();
  reader->sendsContinue = parser.wantsContinue();
  http::RequestHead head = std::move(parser.request());
  const auto path = pathOfTarget(head);
  takeHost(head);
  head.target = path.value_or(head.target);
  const auto routes = server.currentRoutes();
  const Route *route = path && !isAdmin ? findRoute(*routes, *path) : nullptr;
  const auto exchange = std::make_shared<Exchange>(wire, std::move(head), std::move(reader), peer,
                                                   route ? route->path : "");
  exchange->closes = !parser.keepsAlive() || server.isDraining;
  const bool isWrong = !path || exchange->head.method == "CONNECT";
  exchange->closes |= isWrong;
  server.counts.malformed += isWrong;
  if (isWrong)
    exchange->respondWith(400, "the target is no path");
  else if (isAdmin)
    answerAdmin(*exchange);
  else if (!route)
    exchange->respondWith(404, "nothing is served here");
  else
    runApplication(exchange);
  const bool isSent = flush() && exchange->isComplete() && !wasInterrupted;
  note(*exchange, begin);
  if (!isSent || exchange->closesConnection())
    return Next::Close;
  // The rest of a body that nobody wanted is the beginning of no request.
  constexpr uint64_t maxSkippedBytes = 64 << 10;
  uint8_t skipped[4096];
  size_t count = 0;
  for (uint64_t total = 0; parser.state() == http::Parser::State::Body; total += count)
    if (total > maxSkippedBytes || exchange->body->read(skipped, count) != Progress::Done)
      break;
  return parser.state() == http::Parser::State::Done ? Next::Request : Next::Close;
}

void Connection::answerAdmin(Exchange &exchange) {
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

void Connection::runApplication(const std::shared_ptr<Exchange> &exchange) {
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
  const Status ended = runWithDeadline(*route->application, exchange, deadline);
  server.admission.leave();
  if (!ended) {
    fail(*exchange, ended.error());
    if (server.options.onError)
      server.options.onError(route->path, ended.error());
  } else if (exchange->status() == 0) {
    exchange->respondWith(500, "the application has not answered");
  }
}

Status Connection::runWithDeadline(Application &application,
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
  wasInterrupted = interrupt->raised() != 0;
  std::lock_guard guard(server.lock);
  stop.running = nullptr;
  return ended;
}

void Connection::fail(Exchange &exchange, const Error &error) {
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

bool Connection::flush() {
  const auto deadline = Clock::now() + server.options.sendTimeout;
  while (true) {
    const Progress progress = wire.drain();
    if (progress != Progress::Wait)
      return progress == Progress::Done;
    const WaitEnd end = waitFor(POLLOUT, deadline);
    if (end == WaitEnd::Woken && !server.isEnding)
      stop.token.reset();
    else if (end != WaitEnd::Ready)
      return false;
  }
}

void Connection::linger() {
  constexpr auto longest = std::chrono::seconds(1);
  constexpr uint64_t maxBytes = 1 << 20;
  shutdown(socket.get(), SHUT_WR);
  const uint64_t before = wire.receivedBytes;
  const auto deadline = Clock::now() + longest;
  while (wire.receivedBytes - before < maxBytes) {
    wire.consume(wire.input().size());
    const Progress progress = wire.fill();
    if (progress == Progress::Done)
      continue;
    if (progress != Progress::Wait || waitFor(POLLIN, deadline) != WaitEnd::Ready)
      return;
  }
}

void Connection::note(const Exchange &exchange, Clock::time_point begin) {
  const auto time = Clock::now() - begin;
  server.counts.noteAnswer(exchange.status(), time);
  if (server.options.log)
    server.options.log({.remote = peer.remoteAddress,
                        .method = exchange.head.method,
                        .target = exchange.head.target,
                        .status = exchange.status(),
                        .requestBytes = exchange.body ? exchange.body->bodyBytes : 0,
                        .responseBytes = exchange.bodyBytes(),
                        .time = time});
}

} // namespace w2n::serve
