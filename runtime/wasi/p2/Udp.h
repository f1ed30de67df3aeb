// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasi:sockets/udp and udp-create-socket.
#pragma once

#include "runtime/wasi/p2/Network.h"

namespace w2n::wasi::p2 {

struct IncomingDatagram {
  std::vector<uint8_t> data;
  IpSocketAddress remoteAddress;
  static constexpr auto fields() {
    return std::tuple{member("data", &IncomingDatagram::data),
                      member("remote-address", &IncomingDatagram::remoteAddress)};
  }
};
struct OutgoingDatagram {
  Bytes data;
  std::optional<IpSocketAddress> remoteAddress;
  static constexpr auto fields() {
    return std::tuple{member("data", &OutgoingDatagram::data),
                      member("remote-address", &OutgoingDatagram::remoteAddress)};
  }
};

/// The state that a socket and its streams share.
struct UdpEnd {
  FileHandle file;
  AddressFamily family;
  /// To and from where alone datagrams go.
  std::optional<SocketAddress> remote = {};
  /// A rule lets everyone send to it; otherwise only those to whom the guest may send.
  bool receivesFromAll = false;
};

class UdpSocket final : public runtime::Resource {
public:
  static constexpr runtime::ResourceType type = {"wasi:sockets/udp", "udp-socket"};
  enum class Phase : uint8_t { Unbound, Binding, Bound };
  explicit UdpSocket(std::shared_ptr<UdpEnd> end) : end(std::move(end)) {}
  const std::shared_ptr<UdpEnd> end;
  Phase phase = Phase::Unbound;
};
class IncomingDatagramStream final : public runtime::Resource {
public:
  static constexpr runtime::ResourceType type = {"wasi:sockets/udp", "incoming-datagram-stream"};
  explicit IncomingDatagramStream(std::shared_ptr<UdpEnd> end) : end(std::move(end)) {}
  const std::shared_ptr<UdpEnd> end;
};
class OutgoingDatagramStream final : public runtime::Resource {
public:
  static constexpr runtime::ResourceType type = {"wasi:sockets/udp", "outgoing-datagram-stream"};
  explicit OutgoingDatagramStream(std::shared_ptr<UdpEnd> end) : end(std::move(end)) {}
  const std::shared_ptr<UdpEnd> end;
  uint64_t permit = 0;
};

using DatagramStreams =
    std::tuple<std::unique_ptr<IncomingDatagramStream>, std::unique_ptr<OutgoingDatagramStream>>;

NetResult<std::unique_ptr<UdpSocket>> createUdpSocket(State &state, AddressFamily family);
NetResult<void> udpStartBind(State &state, UdpSocket &self, Network &network,
                             IpSocketAddress localAddress);
NetResult<void> udpFinishBind(State &state, UdpSocket &self);
NetResult<DatagramStreams> udpStream(State &state, UdpSocket &self,
                                     std::optional<IpSocketAddress> remoteAddress);
NetResult<IpSocketAddress> udpLocalAddress(State &state, UdpSocket &self);
NetResult<IpSocketAddress> udpRemoteAddress(State &state, UdpSocket &self);
AddressFamily udpAddressFamily(State &state, UdpSocket &self);
NetResult<uint8_t> udpUnicastHopLimit(State &state, UdpSocket &self);
NetResult<void> udpSetUnicastHopLimit(State &state, UdpSocket &self, uint8_t value);
NetResult<uint64_t> udpReceiveBufferSize(State &state, UdpSocket &self);
NetResult<void> udpSetReceiveBufferSize(State &state, UdpSocket &self, uint64_t value);
NetResult<uint64_t> udpSendBufferSize(State &state, UdpSocket &self);
NetResult<void> udpSetSendBufferSize(State &state, UdpSocket &self, uint64_t value);
std::unique_ptr<Pollable> udpSubscribe(State &state, UdpSocket &self);

NetResult<std::vector<IncomingDatagram>> udpReceive(State &state, IncomingDatagramStream &self,
                                                    uint64_t maxResults);
std::unique_ptr<Pollable> incomingSubscribe(State &state, IncomingDatagramStream &self);
NetResult<uint64_t> udpCheckSend(State &state, OutgoingDatagramStream &self);
Result<NetResult<uint64_t>> udpSend(State &state, OutgoingDatagramStream &self,
                                    std::vector<OutgoingDatagram> datagrams);
std::unique_ptr<Pollable> outgoingSubscribe(State &state, OutgoingDatagramStream &self);

} // namespace w2n::wasi::p2
