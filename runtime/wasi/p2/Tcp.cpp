// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/p2/Tcp.h"

#include "runtime/wasi/Restart.h"

#include <algorithm>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>

namespace w2n::wasi::p2 {

namespace {

Streams streamsOf(TcpSocket &socket) {
  socket.source = std::make_shared<InputSource>(socket.file, std::nullopt);
  socket.sink = std::make_shared<OutputSink>(socket.file, OutputSink::Place::InOrder);
  return {std::make_unique<InputStream>(socket.source),
          std::make_unique<OutputStream>(socket.sink)};
}

/// Ready when the operation that is in progress is, or when there is something to read or write.
class TcpPollable final : public Pollable {
public:
  TcpPollable(FileHandle file, bool listens) : file(std::move(file)), listens(listens) {}
  Readiness readiness(State &) override {
    return {.host = file->host, .events = short(listens ? POLLIN : POLLIN | POLLOUT)};
  }

private:
  const FileHandle file;
  const bool listens;
};

} // namespace

NetResult<std::unique_ptr<TcpSocket>> createTcpSocket(State &state, AddressFamily family) {
  auto file = makeSocket(state, family, SOCK_STREAM);
  if (!file)
    return failure(toNetworkError(file.error()));
  return std::make_unique<TcpSocket>(std::move(*file), family, TcpSocket::Phase::Unbound);
}

NetResult<void> tcpStartBind(State &state, TcpSocket &self, Network &,
                             IpSocketAddress localAddress) {
  const SocketAddress address = fromWit(localAddress);
  if (self.phase == TcpSocket::Phase::Binding)
    return failure(NetworkError::ConcurrencyConflict);
  if (self.phase != TcpSocket::Phase::Unbound)
    return failure(NetworkError::InvalidState);
  if (!isUsable(address, self.family))
    return failure(NetworkError::InvalidArgument);
  if (!state.wasi->network.mayBind(address.ip, address.port))
    return failure(NetworkError::AccessDenied);
  // "This bind operation shouldn't be affected by the TIME_WAIT state of a recently closed socket."
  if (const Outcome reuse = setOption(*self.file, SOL_SOCKET, SO_REUSEADDR, 1); !reuse)
    return failure(toNetworkError(reuse.error()));
  const HostAddress host(address);
  if (bind(self.file->host, host.get(), host.bytes) != 0)
    return networkFailure();
  self.mayListen = state.wasi->network.mayListen(address.ip, address.port);
  self.phase = TcpSocket::Phase::Binding;
  return {};
}

NetResult<void> tcpFinishBind(State &, TcpSocket &self) {
  if (self.phase != TcpSocket::Phase::Binding)
    return failure(NetworkError::NotInProgress);
  self.phase = TcpSocket::Phase::Bound;
  return {};
}

NetResult<void> tcpStartConnect(State &state, TcpSocket &self, Network &,
                                IpSocketAddress remoteAddress) {
  const SocketAddress address = fromWit(remoteAddress);
  if (self.phase == TcpSocket::Phase::Connecting || self.phase == TcpSocket::Phase::Binding ||
      self.phase == TcpSocket::Phase::StartingToListen)
    return failure(NetworkError::ConcurrencyConflict);
  if (self.phase != TcpSocket::Phase::Unbound && self.phase != TcpSocket::Phase::Bound)
    return failure(NetworkError::InvalidState);
  if (!isUsable(address, self.family) || address.ip.isUnspecified() || address.port == 0)
    return failure(NetworkError::InvalidArgument);
  if (!state.wasi->network.mayConnect(address.ip, address.port))
    return failure(NetworkError::AccessDenied);
  const HostAddress host(address);
  if (connect(self.file->host, host.get(), host.bytes) != 0 && errno != EINPROGRESS) {
    self.phase = TcpSocket::Phase::Closed;
    return networkFailure();
  }
  self.phase = TcpSocket::Phase::Connecting;
  return {};
}

NetResult<Streams> tcpFinishConnect(State &, TcpSocket &self) {
  if (self.phase != TcpSocket::Phase::Connecting)
    return failure(NetworkError::NotInProgress);
  if (!isDescriptorReady(self.file->host, POLLOUT))
    return failure(NetworkError::WouldBlock);
  const auto error = optionOf(*self.file, SOL_SOCKET, SO_ERROR);
  if (!error || *error != 0) {
    self.phase = TcpSocket::Phase::Closed;
    return failure(toNetworkError(error ? fromHost(*error) : error.error()));
  }
  self.phase = TcpSocket::Phase::Connected;
  return streamsOf(self);
}

NetResult<void> tcpStartListen(State &, TcpSocket &self) {
  if (self.phase == TcpSocket::Phase::StartingToListen)
    return failure(NetworkError::ConcurrencyConflict);
  if (self.phase != TcpSocket::Phase::Bound)
    return failure(NetworkError::InvalidState);
  if (!self.mayListen)
    return failure(NetworkError::AccessDenied);
  if (listen(self.file->host, self.backlog) != 0)
    return networkFailure();
  self.phase = TcpSocket::Phase::StartingToListen;
  return {};
}

NetResult<void> tcpFinishListen(State &, TcpSocket &self) {
  if (self.phase != TcpSocket::Phase::StartingToListen)
    return failure(NetworkError::NotInProgress);
  self.phase = TcpSocket::Phase::Listening;
  return {};
}

NetResult<Accepted> tcpAccept(State &state, TcpSocket &self) {
  if (self.phase != TcpSocket::Phase::Listening)
    return failure(NetworkError::InvalidState);
  Descriptor connection(restarted(
      [&] { return accept4(self.file->host, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC); }));
  if (!connection)
    return networkFailure();
  File file;
  file.host = connection.get();
  file.owned = std::move(connection);
  file.type = FileType::SocketStream;
  file.base = connectionRights;
  auto kept = state.keep(std::move(file));
  if (!kept)
    return failure(toNetworkError(kept.error()));
  auto socket =
      std::make_unique<TcpSocket>(std::move(*kept), self.family, TcpSocket::Phase::Connected);
  auto [input, output] = streamsOf(*socket);
  return Accepted{std::move(socket), std::move(input), std::move(output)};
}

NetResult<IpSocketAddress> tcpLocalAddress(State &, TcpSocket &self) {
  if (!self.isBound())
    return failure(NetworkError::InvalidState);
  const auto address = localAddressOf(*self.file);
  if (!address)
    return failure(toNetworkError(address.error()));
  return toWit(*address);
}

NetResult<IpSocketAddress> tcpRemoteAddress(State &, TcpSocket &self) {
  if (self.phase != TcpSocket::Phase::Connected)
    return failure(NetworkError::InvalidState);
  const auto address = remoteAddressOf(*self.file);
  if (!address)
    return failure(toNetworkError(address.error()));
  return toWit(*address);
}

bool tcpIsListening(State &, TcpSocket &self) { return self.phase == TcpSocket::Phase::Listening; }
AddressFamily tcpAddressFamily(State &, TcpSocket &self) { return self.family; }

NetResult<void> tcpSetListenBacklogSize(State &, TcpSocket &self, uint64_t value) {
  constexpr uint64_t maxBacklog = 4096;
  if (value == 0)
    return failure(NetworkError::InvalidArgument);
  if (self.phase == TcpSocket::Phase::Connecting || self.phase == TcpSocket::Phase::Connected ||
      self.phase == TcpSocket::Phase::Closed)
    return failure(NetworkError::InvalidState);
  self.backlog = int(std::min(value, maxBacklog));
  const bool listens =
      self.phase == TcpSocket::Phase::StartingToListen || self.phase == TcpSocket::Phase::Listening;
  if (listens && listen(self.file->host, self.backlog) != 0)
    return networkFailure();
  return {};
}

NetResult<bool> tcpKeepAliveEnabled(State &, TcpSocket &self) {
  const auto value = optionOf(*self.file, SOL_SOCKET, SO_KEEPALIVE);
  if (!value)
    return failure(toNetworkError(value.error()));
  return *value != 0;
}
NetResult<void> tcpSetKeepAliveEnabled(State &, TcpSocket &self, bool value) {
  return toNetResult(setOption(*self.file, SOL_SOCKET, SO_KEEPALIVE, value));
}

namespace {

constexpr uint64_t nsOfSecond = 1'000'000'000;

NetResult<uint64_t> durationOf(TcpSocket &self, int option) {
  const auto seconds = optionOf(*self.file, IPPROTO_TCP, option);
  if (!seconds)
    return failure(toNetworkError(seconds.error()));
  return uint64_t(*seconds) * nsOfSecond;
}
/// In seconds, as Linux has it, of which it takes so many (tcp(7)).
NetResult<void> setDurationOf(TcpSocket &self, int option, uint64_t ns) {
  constexpr uint64_t maxSeconds = 32767;
  if (ns == 0)
    return failure(NetworkError::InvalidArgument);
  const uint64_t seconds = std::clamp<uint64_t>(ns / nsOfSecond, 1, maxSeconds);
  return toNetResult(setOption(*self.file, IPPROTO_TCP, option, int(seconds)));
}

} // namespace

NetResult<uint64_t> tcpKeepAliveIdleTime(State &, TcpSocket &self) {
  return durationOf(self, TCP_KEEPIDLE);
}
NetResult<void> tcpSetKeepAliveIdleTime(State &, TcpSocket &self, uint64_t value) {
  return setDurationOf(self, TCP_KEEPIDLE, value);
}
NetResult<uint64_t> tcpKeepAliveInterval(State &, TcpSocket &self) {
  return durationOf(self, TCP_KEEPINTVL);
}
NetResult<void> tcpSetKeepAliveInterval(State &, TcpSocket &self, uint64_t value) {
  return setDurationOf(self, TCP_KEEPINTVL, value);
}

NetResult<uint32_t> tcpKeepAliveCount(State &, TcpSocket &self) {
  const auto value = optionOf(*self.file, IPPROTO_TCP, TCP_KEEPCNT);
  if (!value)
    return failure(toNetworkError(value.error()));
  return uint32_t(*value);
}
NetResult<void> tcpSetKeepAliveCount(State &, TcpSocket &self, uint32_t value) {
  constexpr uint32_t maxCount = 127;
  if (value == 0)
    return failure(NetworkError::InvalidArgument);
  return toNetResult(
      setOption(*self.file, IPPROTO_TCP, TCP_KEEPCNT, int(std::min(value, maxCount))));
}

NetResult<uint8_t> tcpHopLimit(State &, TcpSocket &self) {
  return hopLimitOf(*self.file, self.family);
}
NetResult<void> tcpSetHopLimit(State &, TcpSocket &self, uint8_t value) {
  return setHopLimitOf(*self.file, self.family, value);
}
NetResult<uint64_t> tcpReceiveBufferSize(State &, TcpSocket &self) {
  return bufferSizeOf(*self.file, SO_RCVBUF);
}
NetResult<void> tcpSetReceiveBufferSize(State &, TcpSocket &self, uint64_t value) {
  return setBufferSizeOf(*self.file, SO_RCVBUF, value);
}
NetResult<uint64_t> tcpSendBufferSize(State &, TcpSocket &self) {
  return bufferSizeOf(*self.file, SO_SNDBUF);
}
NetResult<void> tcpSetSendBufferSize(State &, TcpSocket &self, uint64_t value) {
  return setBufferSizeOf(*self.file, SO_SNDBUF, value);
}

std::unique_ptr<Pollable> tcpSubscribe(State &, TcpSocket &self) {
  const bool listens =
      self.phase == TcpSocket::Phase::StartingToListen || self.phase == TcpSocket::Phase::Listening;
  return std::make_unique<TcpPollable>(self.file, listens);
}

NetResult<void> tcpShutdown(State &, TcpSocket &self, ShutdownType shutdownType) {
  constexpr int hostHow[] = {SHUT_RD, SHUT_WR, SHUT_RDWR};
  if (self.phase != TcpSocket::Phase::Connected)
    return failure(NetworkError::InvalidState);
  if (shutdownType != ShutdownType::Send)
    self.source->close();
  if (shutdownType != ShutdownType::Receive)
    self.sink->close();
  // Idempotent, also when the other end has closed the connection meanwhile.
  if (shutdown(self.file->host, hostHow[int(shutdownType)]) != 0 && errno != ENOTCONN)
    return networkFailure();
  return {};
}

} // namespace w2n::wasi::p2
