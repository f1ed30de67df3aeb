// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/p3/Sockets.h"

namespace w2n::wasi::p3 {

namespace {

/// Whoever has a socket has the network.
p2::Network network;

std::unexpected<NetworkCode> invalidState() {
  return std::unexpected(NetworkCode::of("invalid-state"));
}

/// Any address and any port.
IpSocketAddress anyAddress(AddressFamily family) {
  IpSocketAddress address;
  if (family == AddressFamily::Ipv6)
    address.value = IpSocketAddress::V6();
  return address;
}

} // namespace

NetworkCode socketCodeOf(p2::NetworkError error) {
  switch (error) {
  case p2::NetworkError::ConcurrencyConflict:
  case p2::NetworkError::NotInProgress:
  case p2::NetworkError::WouldBlock:
    return NetworkCode::of("invalid-state");
  default:
    return toNetworkCode(error);
  }
}

// TCP.

SocketResult<std::unique_ptr<TcpSocket>> tcpCreate(State &state, AddressFamily family) {
  W2N_TRY(inner, toSocketResult(p2::createTcpSocket(state, family)));
  return std::make_unique<TcpSocket>(std::move(inner));
}

SocketResult<void> tcpBind(State &state, TcpSocket &self, IpSocketAddress localAddress) {
  W2N_CHECK(toSocketResult(p2::tcpStartBind(state, *self.inner, network, std::move(localAddress))));
  return toSocketResult(p2::tcpFinishBind(state, *self.inner));
}

Result<SocketResult<void>> tcpConnect(State &state, TcpSocket &self,
                                      IpSocketAddress remoteAddress) {
  const std::shared_ptr<p2::TcpSocket> socket = self.inner;
  if (auto begun = p2::tcpStartConnect(state, *socket, network, std::move(remoteAddress)); !begun)
    return SocketResult<void>(std::unexpected(socketCodeOf(begun.error())));
  W2N_CHECK(p2::waitForDescriptor(state, socket->file->host, POLLOUT));
  if (auto ended = p2::tcpFinishConnect(state, *socket); !ended)
    return SocketResult<void>(std::unexpected(socketCodeOf(ended.error())));
  return SocketResult<void>();
}

namespace {

using Connections = runtime::StreamWriter<std::unique_ptr<TcpSocket>>;

/// Gives the guest connections while it reads some.
Status acceptAll(State &state, p2::TcpSocket &listener, Connections writer) {
  for (;;) {
    W2N_TRY(isWanted, writer.waitForReader());
    if (!isWanted)
      return {};
    W2N_CHECK(p2::waitForDescriptor(state, listener.file->host, POLLIN));
    auto accepted = p2::tcpAccept(state, listener);
    if (!accepted) {
      // A connection that has gone, or that another thread has taken.
      if (accepted.error() == p2::NetworkError::WouldBlock ||
          accepted.error() == p2::NetworkError::ConnectionAborted)
        continue;
      return {};
    }
    std::vector<std::unique_ptr<TcpSocket>> one;
    one.push_back(std::make_unique<TcpSocket>(std::move(std::get<0>(*accepted))));
    W2N_TRY(isRead, writer.write(std::move(one), state));
    if (!isRead)
      return {};
  }
}

} // namespace

Result<SocketResult<StreamEnd<std::unique_ptr<TcpSocket>>>>
tcpListen(State &state, HostTasks &tasks, TcpSocket &self) {
  using Listening = SocketResult<StreamEnd<std::unique_ptr<TcpSocket>>>;
  const std::shared_ptr<p2::TcpSocket> socket = self.inner;
  SocketResult<void> begun;
  if (socket->phase == p2::TcpSocket::Phase::Unbound)
    begun = tcpBind(state, self, anyAddress(socket->family));
  if (begun)
    begun = toSocketResult(p2::tcpStartListen(state, *socket));
  if (begun)
    begun = toSocketResult(p2::tcpFinishListen(state, *socket));
  if (!begun)
    return Listening(std::unexpected(begun.error()));
  W2N_TRY(stream, tasks.makeStream(/*isFuture=*/false));
  W2N_CHECK(tasks.spawn(
      [&state, &tasks, socket, stream] { return acceptAll(state, *socket, {tasks, stream}); }));
  return Listening(StreamEnd<std::unique_ptr<TcpSocket>>{std::move(stream)});
}

Result<SocketEnd> tcpSend(State &state, HostTasks &tasks, TcpSocket &self,
                          StreamEnd<uint8_t> data) {
  const std::shared_ptr<p2::TcpSocket> socket = self.inner;
  if (socket->phase != p2::TcpSocket::Phase::Connected || std::exchange(self.hasSender, true))
    return writeTo<NetworkCode>(state, tasks, std::move(data), invalidState(), networkCodeOf);
  W2N_TRY(future, tasks.makeStream(/*isFuture=*/true));
  W2N_CHECK(tasks.spawn([&state, &tasks, socket, data, future]() -> Status {
    W2N_TRY(failed, copyTo(state, *socket->sink, tasks, data));
    Ended<NetworkCode> ended;
    if (failed)
      ended = std::unexpected(networkCodeOf(*failed));
    else // The other side is told that nothing more comes.
      ended = toSocketResult(p2::tcpShutdown(state, *socket, p2::ShutdownType::Send));
    return resolve(tasks, *future, state, std::move(ended));
  }));
  return SocketEnd{std::move(future)};
}

Result<Reading<NetworkCode>> tcpReceive(State &state, HostTasks &tasks, TcpSocket &self) {
  std::expected<std::shared_ptr<p2::InputSource>, NetworkCode> source = self.inner->source;
  if (self.inner->phase != p2::TcpSocket::Phase::Connected || std::exchange(self.hasReceiver, true))
    source = invalidState();
  return readFrom<NetworkCode>(state, tasks, std::move(source), networkCodeOf);
}

// UDP.

SocketResult<std::unique_ptr<UdpSocket>> udpCreate(State &state, AddressFamily family) {
  W2N_TRY(inner, toSocketResult(p2::createUdpSocket(state, family)));
  return std::make_unique<UdpSocket>(std::move(inner));
}

SocketResult<void> udpBind(State &state, UdpSocket &self, IpSocketAddress localAddress) {
  W2N_CHECK(toSocketResult(p2::udpStartBind(state, *self.inner, network, std::move(localAddress))));
  return toSocketResult(p2::udpFinishBind(state, *self.inner));
}

namespace {

SocketResult<void> bindIfUnbound(State &state, UdpSocket &self) {
  if (self.inner->phase != p2::UdpSocket::Phase::Unbound)
    return {};
  return udpBind(state, self, anyAddress(self.inner->end->family));
}

} // namespace

SocketResult<void> udpConnect(State &state, UdpSocket &self, IpSocketAddress remoteAddress) {
  W2N_CHECK(bindIfUnbound(state, self));
  W2N_CHECK(toSocketResult(p2::udpStream(state, *self.inner, std::move(remoteAddress))));
  return {};
}

SocketResult<void> udpDisconnect(State &state, UdpSocket &self) {
  if (!self.inner->end->remote)
    return invalidState();
  W2N_CHECK(toSocketResult(p2::udpStream(state, *self.inner, std::nullopt)));
  return {};
}

Result<SocketResult<void>> udpSend(State &state, UdpSocket &self, std::vector<uint8_t> data,
                                   std::optional<IpSocketAddress> remoteAddress) {
  const auto end = self.inner->end;
  if (auto bound = bindIfUnbound(state, self); !bound)
    return bound;
  p2::OutgoingDatagramStream stream(end);
  for (;;) {
    const auto permitted = p2::udpCheckSend(state, stream);
    if (permitted && *permitted == 0) {
      W2N_CHECK(p2::waitForDescriptor(state, end->file->host, POLLOUT));
      continue;
    }
    std::vector<p2::OutgoingDatagram> one = {{data, remoteAddress}};
    W2N_TRY(sent, p2::udpSend(state, stream, std::move(one)));
    if (!sent)
      return SocketResult<void>(std::unexpected(socketCodeOf(sent.error())));
    if (*sent == 1)
      return SocketResult<void>();
  }
}

Result<SocketResult<std::tuple<std::vector<uint8_t>, IpSocketAddress>>>
udpReceive(State &state, UdpSocket &self) {
  using Received = SocketResult<std::tuple<std::vector<uint8_t>, IpSocketAddress>>;
  if (self.inner->phase != p2::UdpSocket::Phase::Bound)
    return Received(invalidState());
  const auto end = self.inner->end;
  p2::IncomingDatagramStream stream(end);
  for (;;) {
    W2N_CHECK(p2::waitForDescriptor(state, end->file->host, POLLIN));
    auto received = p2::udpReceive(state, stream, 1);
    if (!received)
      return Received(std::unexpected(socketCodeOf(received.error())));
    if (!received->empty())
      return Received(std::tuple(std::move(received->front().data),
                                 std::move(received->front().remoteAddress)));
  }
}

// Names.

Result<std::expected<std::vector<p2::WitIpAddress>, LookupCode>>
resolveAddresses(State &state, std::string name) {
  using Found = std::expected<std::vector<p2::WitIpAddress>, LookupCode>;
  const auto failed = [](p2::NetworkError error) {
    return Found(std::unexpected(LookupCode::of(witCases(error)[size_t(error)])));
  };
  auto stream = p2::resolveAddresses(state, network, name);
  if (!stream)
    return failed(stream.error());
  W2N_CHECK(p2::pollableBlock(state, *p2::resolveSubscribe(state, **stream)));
  std::vector<p2::WitIpAddress> addresses;
  for (;;) {
    const auto next = p2::resolveNextAddress(state, **stream);
    if (!next)
      return failed(next.error());
    if (!*next)
      return Found(std::move(addresses));
    addresses.push_back(**next);
  }
}

} // namespace w2n::wasi::p3
