// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/serve/Connection.h"

#include "runtime/serve/Answering.h"
#include "runtime/serve/Http2Connection.h"

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

Connection::Connection(Server &server, Descriptor given, Listener::Use use)
    : server(server), socket(std::move(given)), use(use),
      wire(socket.get(), use == Listener::Use::Tls ? server.startTls() : nullptr),
      peer(peerOf(socket.get())) {
  peer.usesTls = use == Listener::Use::Tls;
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
  if (!shakeHands())
    return;
  const Protocol protocol = chooseProtocol();
  if (protocol == Protocol::Http2)
    Http2Connection(server, wire, peer, stop).serve();
  while (protocol == Protocol::Http1) {
    std::shared_ptr<http::Parser> parser = server.codec.parseRequest(server.options.limits);
    auto reader = readHead(parser);
    if (!reader || answer(std::move(reader), *parser) == Next::Close)
      break;
  }
  linger();
}

bool Connection::shakeHands() {
  if (use != Listener::Use::Tls)
    return true;
  const auto deadline = Clock::now() + server.options.headTimeout;
  while (wire.tls()) {
    const Progress progress = wire.shakeHands();
    if (progress == Progress::Done)
      return true;
    if (progress == Progress::Wait) {
      const short events = short(POLLIN | (wire.keptBytes() ? POLLOUT : 0));
      if (waitFor(events, deadline) == WaitEnd::Ready)
        continue;
    } else if (progress == Progress::Failed) {
      refuseTls();
    }
    break;
  }
  ++server.counts.failedHandshakes;
  return false;
}

void Connection::refuseTls() {
  if (wire.tls()->failure() == http::TlsSession::Failure::PlainHttp) {
    wire.dropTls();
    refuse(400, "this port speaks TLS: the URL begins with https");
  }
  linger();
}

Connection::Protocol Connection::chooseProtocol() {
  constexpr std::string_view preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  if (!server.codec.makeHttp2 || isAdmin())
    return Protocol::Http1;
  if (wire.tls())
    return wire.tls()->protocol() == "h2" ? Protocol::Http2 : Protocol::Http1;
  HeadWait wait = {Clock::now() + server.options.idleTimeout};
  while (true) {
    const auto input = wire.input();
    const size_t known = std::min(input.size(), preface.size());
    if (!std::equal(input.begin(), input.begin() + ptrdiff_t(known), preface.begin()))
      return Protocol::Http1;
    if (known == preface.size())
      return Protocol::Http2;
    const Progress progress = wire.fill();
    if (progress == Progress::Wait ? !waitForHead(wait) : progress != Progress::Done)
      return Protocol::None;
  }
}

bool Connection::waitForHead(HeadWait &head) {
  // From the first byte on, all of the head has to come.
  if (!head.hasBegun && !wire.input().empty()) {
    head.hasBegun = true;
    head.deadline = Clock::now() + server.options.headTimeout;
  }
  // One that waits for its next request is ended when the server is.
  if (server.isDraining && !head.hasBegun)
    return false;
  switch (waitFor(POLLIN, head.deadline)) {
  case WaitEnd::Ready:
    return true;
  case WaitEnd::Woken:
    stop.token.reset();
    return !server.isEnding && head.hasBegun;
  case WaitEnd::Deadline:
    if (head.hasBegun)
      refuse(408, "the request took too long");
    return false;
  case WaitEnd::Interrupted:
  case WaitEnd::Failed:
    return false;
  }
  __builtin_unreachable();
}

std::shared_ptr<http::WireReader> Connection::readHead(std::shared_ptr<http::Parser> &parser) {
  auto reader = std::make_shared<http::WireReader>(wire, parser);
  HeadWait wait = {Clock::now() + server.options.idleTimeout};
  while (true) {
    const Progress progress = reader->readHead();
    if (progress == Progress::Done)
      return reader;
    if (parser->state() == http::Parser::State::Failed) {
      refuse(parser->failureStatus(), parser->failureText());
      return nullptr;
    }
    if (progress != Progress::Wait || !waitForHead(wait))
      return nullptr;
  }
}

void Connection::refuse(unsigned status, const char *why) {
  ++server.counts.malformed;
  Answering answering(server, stop, isAdmin());
  Http1Exchange exchange(wire, {.method = "", .target = "", .fields = {}}, nullptr, peer, "");
  exchange.closes = true;
  exchange.respondWith(status, why);
  flush();
  answering.note(exchange);
}

Connection::Next Connection::answer(std::shared_ptr<http::WireReader> reader,
                                    http::Parser &parser) {
  Answering answering(server, stop, isAdmin());
  reader->sendsContinue = parser.wantsContinue();
  http::RequestHead head = std::move(parser.request());
  const Destination destination = answering.find(head);
  const auto exchange = std::make_shared<Http1Exchange>(wire, std::move(head), std::move(reader),
                                                        peer, destination.routePath);
  exchange->closes = !parser.keepsAlive() || server.isDraining || !destination.isValid;
  answering.answer(exchange, destination);
  const bool isSent = flush() && exchange->isComplete() && !answering.wasInterrupted();
  answering.note(*exchange);
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
  wire.close();
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

} // namespace w2n::serve
