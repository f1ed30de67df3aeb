// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/p2/Udp.h"

#include "runtime/wasi/Restart.h"

#include <algorithm>
#include <cerrno>

namespace w2n::wasi::p2 {

namespace {

// The datagrams of one call: a megabyte of the host's memory at most.
constexpr uint64_t maxDatagrams = 16;
constexpr size_t maxDatagramBytes = 65536;
// Datagrams from strangers that one call throws away.
constexpr int maxDropped = 256;

/// Whether datagrams may go to `address`.
NetResult<void> checkRemote(State &state, const UdpEnd &end, const SocketAddress &address) {
  if (!isUsable(address, end.family) || address.ip.isUnspecified() || address.port == 0)
    return failure(NetworkError::InvalidArgument);
  if (!state.wasi->network.mayConnect(address.ip, address.port))
    return failure(NetworkError::AccessDenied);
  return {};
}

/// Nullopt if there is none.
NetResult<std::optional<IncomingDatagram>> receiveOne(State &state, const UdpEnd &end) {
  const ByteBuffer room(maxDatagramBytes);
  const std::span<uint8_t> buffer = room.span();
  for (int dropped = 0; dropped < maxDropped; ++dropped) {
    HostAddress from;
    const ssize_t bytes = restarted([&] {
      from.bytes = sizeof(from.storage);
      return recvfrom(end.file->host, buffer.data(), buffer.size(), MSG_DONTWAIT, from.get(),
                      &from.bytes);
    });
    if (bytes < 0) {
      if (errno == EAGAIN)
        return std::nullopt;
      return networkFailure();
    }
    const SocketAddress remote = from.toAddress();
    const bool isStranger =
        !end.receivesFromAll && !state.wasi->network.mayConnect(remote.ip, remote.port);
    if (isStranger || (end.remote && *end.remote != remote))
      continue;
    return IncomingDatagram{{buffer.begin(), buffer.begin() + bytes}, toWit(remote)};
  }
  return std::nullopt;
}

/// Whether it was sent, or the system has no room now.
NetResult<bool> sendOne(State &state, const UdpEnd &end, const OutgoingDatagram &datagram) {
  std::optional<SocketAddress> to;
  if (datagram.remoteAddress)
    to = fromWit(*datagram.remoteAddress);
  if (end.remote ? to && *to != *end.remote : !to)
    return failure(NetworkError::InvalidArgument);
  if (!to)
    to = end.remote;
  if (auto checked = checkRemote(state, end, *to); !checked)
    return failure(checked.error());
  const HostAddress host(*to);
  const ssize_t sent = restarted([&] {
    return sendto(end.file->host, datagram.data.data(), datagram.data.size(),
                  MSG_DONTWAIT | MSG_NOSIGNAL, end.remote ? nullptr : host.get(),
                  end.remote ? 0 : host.bytes);
  });
  if (sent >= 0)
    return true;
  if (errno == EAGAIN)
    return false;
  return networkFailure();
}

} // namespace

NetResult<std::unique_ptr<UdpSocket>> createUdpSocket(State &state, AddressFamily family) {
  auto file = makeSocket(state, family, SOCK_DGRAM);
  if (!file)
    return failure(toNetworkError(file.error()));
  return std::make_unique<UdpSocket>(std::make_shared<UdpEnd>(std::move(*file), family));
}

NetResult<void> udpStartBind(State &state, UdpSocket &self, Network &,
                             IpSocketAddress localAddress) {
  const SocketAddress address = fromWit(localAddress);
  if (self.phase == UdpSocket::Phase::Binding)
    return failure(NetworkError::ConcurrencyConflict);
  if (self.phase != UdpSocket::Phase::Unbound)
    return failure(NetworkError::InvalidState);
  if (!isUsable(address, self.end->family))
    return failure(NetworkError::InvalidArgument);
  if (!state.wasi->network.mayBind(address.ip, address.port))
    return failure(NetworkError::AccessDenied);
  const HostAddress host(address);
  if (bind(self.end->file->host, host.get(), host.bytes) != 0)
    return networkFailure();
  self.end->receivesFromAll = state.wasi->network.mayListen(address.ip, address.port);
  self.phase = UdpSocket::Phase::Binding;
  return {};
}

NetResult<void> udpFinishBind(State &, UdpSocket &self) {
  if (self.phase != UdpSocket::Phase::Binding)
    return failure(NetworkError::NotInProgress);
  self.phase = UdpSocket::Phase::Bound;
  return {};
}

NetResult<DatagramStreams> udpStream(State &state, UdpSocket &self,
                                     std::optional<IpSocketAddress> remoteAddress) {
  UdpEnd &end = *self.end;
  if (self.phase != UdpSocket::Phase::Bound)
    return failure(NetworkError::InvalidState);
  std::optional<SocketAddress> remote;
  if (remoteAddress) {
    remote = fromWit(*remoteAddress);
    if (auto checked = checkRemote(state, end, *remote); !checked)
      return failure(checked.error());
  }
  // To an address of no family: no remote end any more (connect(2)).
  HostAddress host;
  host.storage.ss_family = AF_UNSPEC;
  host.bytes = sizeof(sockaddr);
  if (remote)
    host = HostAddress(*remote);
  if ((remote || end.remote) && connect(end.file->host, host.get(), host.bytes) != 0)
    return networkFailure();
  end.remote = remote;
  return DatagramStreams{std::make_unique<IncomingDatagramStream>(self.end),
                         std::make_unique<OutgoingDatagramStream>(self.end)};
}

NetResult<IpSocketAddress> udpLocalAddress(State &, UdpSocket &self) {
  if (self.phase != UdpSocket::Phase::Bound)
    return failure(NetworkError::InvalidState);
  const auto address = localAddressOf(*self.end->file);
  if (!address)
    return failure(toNetworkError(address.error()));
  return toWit(*address);
}

NetResult<IpSocketAddress> udpRemoteAddress(State &, UdpSocket &self) {
  if (!self.end->remote)
    return failure(NetworkError::InvalidState);
  return toWit(*self.end->remote);
}

AddressFamily udpAddressFamily(State &, UdpSocket &self) { return self.end->family; }

NetResult<uint8_t> udpUnicastHopLimit(State &, UdpSocket &self) {
  return hopLimitOf(*self.end->file, self.end->family);
}
NetResult<void> udpSetUnicastHopLimit(State &, UdpSocket &self, uint8_t value) {
  return setHopLimitOf(*self.end->file, self.end->family, value);
}
NetResult<uint64_t> udpReceiveBufferSize(State &, UdpSocket &self) {
  return bufferSizeOf(*self.end->file, SO_RCVBUF);
}
NetResult<void> udpSetReceiveBufferSize(State &, UdpSocket &self, uint64_t value) {
  return setBufferSizeOf(*self.end->file, SO_RCVBUF, value);
}
NetResult<uint64_t> udpSendBufferSize(State &, UdpSocket &self) {
  return bufferSizeOf(*self.end->file, SO_SNDBUF);
}
NetResult<void> udpSetSendBufferSize(State &, UdpSocket &self, uint64_t value) {
  return setBufferSizeOf(*self.end->file, SO_SNDBUF, value);
}

// Nothing of a socket waits.
std::unique_ptr<Pollable> udpSubscribe(State &, UdpSocket &self) {
  return makeDescriptorPollable(self.end, self.end->file->host, POLLIN | POLLOUT);
}

NetResult<std::vector<IncomingDatagram>> udpReceive(State &state, IncomingDatagramStream &self,
                                                    uint64_t maxResults) {
  std::vector<IncomingDatagram> datagrams;
  while (datagrams.size() < std::min(maxResults, maxDatagrams)) {
    auto datagram = receiveOne(state, *self.end);
    if (!datagram && datagrams.empty())
      return failure(datagram.error());
    if (!datagram || !*datagram)
      break;
    datagrams.push_back(std::move(**datagram));
  }
  return datagrams;
}

std::unique_ptr<Pollable> incomingSubscribe(State &, IncomingDatagramStream &self) {
  return makeDescriptorPollable(self.end, self.end->file->host, POLLIN);
}

NetResult<uint64_t> udpCheckSend(State &, OutgoingDatagramStream &self) {
  return self.permit = isDescriptorReady(self.end->file->host, POLLOUT) ? maxDatagrams : 0;
}

Result<NetResult<uint64_t>> udpSend(State &state, OutgoingDatagramStream &self,
                                    std::vector<OutgoingDatagram> datagrams) {
  using Sent = NetResult<uint64_t>;
  if (datagrams.size() > self.permit)
    return trap("a send of " + std::to_string(datagrams.size()) +
                " datagrams, and check-send permitted " + std::to_string(self.permit));
  self.permit -= datagrams.size();
  uint64_t count = 0;
  for (const OutgoingDatagram &datagram : datagrams) {
    const auto sent = sendOne(state, *self.end, datagram);
    if (!sent && count == 0)
      return Sent(std::unexpected(sent.error()));
    if (!sent || !*sent)
      break;
    ++count;
  }
  return Sent(count);
}

std::unique_ptr<Pollable> outgoingSubscribe(State &, OutgoingDatagramStream &self) {
  return makeDescriptorPollable(self.end, self.end->file->host, POLLOUT);
}

} // namespace w2n::wasi::p2
