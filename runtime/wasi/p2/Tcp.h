// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasi:sockets/tcp and tcp-create-socket. What the system does at once is done by `start-`; the
// `finish-` of binding and listening only moves on.
#pragma once

#include "runtime/wasi/p2/Network.h"

namespace w2n::wasi::p2 {

enum class ShutdownType : uint8_t { Receive, Send, Both };
constexpr auto witCases(ShutdownType) {
  return std::to_array<std::string_view>({"receive", "send", "both"});
}

class TcpSocket final : public runtime::Resource {
public:
  static constexpr runtime::ResourceType type = {"wasi:sockets/tcp", "tcp-socket"};
  /// The order of the specification: everything from Bound on is bound.
  enum class Phase : uint8_t {
    Unbound,
    Binding,
    Bound,
    StartingToListen,
    Listening,
    Connecting,
    Connected,
    Closed,
  };

  TcpSocket(FileHandle file, AddressFamily family, Phase phase)
      : file(std::move(file)), family(family), phase(phase) {}
  bool isBound() const { return phase >= Phase::Bound && phase != Phase::Closed; }

  const FileHandle file;
  const AddressFamily family;
  Phase phase;
  /// Whether a rule lets it listen where it is bound.
  bool mayListen = false;
  int backlog = 128;
  /// The ends of the streams, for shutdown.
  std::shared_ptr<InputSource> source;
  std::shared_ptr<OutputSink> sink;
};

using Streams = std::tuple<std::unique_ptr<InputStream>, std::unique_ptr<OutputStream>>;
using Accepted = std::tuple<std::unique_ptr<TcpSocket>, std::unique_ptr<InputStream>,
                            std::unique_ptr<OutputStream>>;

NetResult<std::unique_ptr<TcpSocket>> createTcpSocket(State &state, AddressFamily family);
NetResult<void> tcpStartBind(State &state, TcpSocket &self, Network &network,
                             IpSocketAddress localAddress);
NetResult<void> tcpFinishBind(State &state, TcpSocket &self);
NetResult<void> tcpStartConnect(State &state, TcpSocket &self, Network &network,
                                IpSocketAddress remoteAddress);
NetResult<Streams> tcpFinishConnect(State &state, TcpSocket &self);
NetResult<void> tcpStartListen(State &state, TcpSocket &self);
NetResult<void> tcpFinishListen(State &state, TcpSocket &self);
NetResult<Accepted> tcpAccept(State &state, TcpSocket &self);
NetResult<IpSocketAddress> tcpLocalAddress(State &state, TcpSocket &self);
NetResult<IpSocketAddress> tcpRemoteAddress(State &state, TcpSocket &self);
bool tcpIsListening(State &state, TcpSocket &self);
AddressFamily tcpAddressFamily(State &state, TcpSocket &self);
NetResult<void> tcpSetListenBacklogSize(State &state, TcpSocket &self, uint64_t value);
NetResult<bool> tcpKeepAliveEnabled(State &state, TcpSocket &self);
NetResult<void> tcpSetKeepAliveEnabled(State &state, TcpSocket &self, bool value);
NetResult<uint64_t> tcpKeepAliveIdleTime(State &state, TcpSocket &self);
NetResult<void> tcpSetKeepAliveIdleTime(State &state, TcpSocket &self, uint64_t value);
NetResult<uint64_t> tcpKeepAliveInterval(State &state, TcpSocket &self);
NetResult<void> tcpSetKeepAliveInterval(State &state, TcpSocket &self, uint64_t value);
NetResult<uint32_t> tcpKeepAliveCount(State &state, TcpSocket &self);
NetResult<void> tcpSetKeepAliveCount(State &state, TcpSocket &self, uint32_t value);
NetResult<uint8_t> tcpHopLimit(State &state, TcpSocket &self);
NetResult<void> tcpSetHopLimit(State &state, TcpSocket &self, uint8_t value);
NetResult<uint64_t> tcpReceiveBufferSize(State &state, TcpSocket &self);
NetResult<void> tcpSetReceiveBufferSize(State &state, TcpSocket &self, uint64_t value);
NetResult<uint64_t> tcpSendBufferSize(State &state, TcpSocket &self);
NetResult<void> tcpSetSendBufferSize(State &state, TcpSocket &self, uint64_t value);
std::unique_ptr<Pollable> tcpSubscribe(State &state, TcpSocket &self);
NetResult<void> tcpShutdown(State &state, TcpSocket &self, ShutdownType shutdownType);

} // namespace w2n::wasi::p2
