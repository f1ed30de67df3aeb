// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasi:sockets of 0.3: the sockets of 0.2, whose operations in two steps are one function that
// waits, and whose streams are the component model's.
#pragma once

#include "runtime/wasi/p2/Tcp.h"
#include "runtime/wasi/p2/Udp.h"
#include "runtime/wasi/p3/ByteStreams.h"
#include "runtime/wasi/p3/Codes.h"

namespace w2n::wasi::p3 {

using p2::AddressFamily;
using p2::IpSocketAddress;
template <typename T> using SocketResult = std::expected<T, NetworkCode>;
using SocketEnd = FutureEnd<Ended<NetworkCode>>;

class TcpSocket final : public runtime::Resource {
public:
  static constexpr runtime::ResourceType type = {"wasi:sockets/types", "tcp-socket"};
  explicit TcpSocket(std::shared_ptr<p2::TcpSocket> inner) : inner(std::move(inner)) {}
  /// Tasks of its streams have it, too.
  const std::shared_ptr<p2::TcpSocket> inner;
  bool hasSender = false, hasReceiver = false;
};

class UdpSocket final : public runtime::Resource {
public:
  static constexpr runtime::ResourceType type = {"wasi:sockets/types", "udp-socket"};
  explicit UdpSocket(std::shared_ptr<p2::UdpSocket> inner) : inner(std::move(inner)) {}
  const std::shared_ptr<p2::UdpSocket> inner;
};

namespace detail {

template <typename Inner> struct OuterOf;
template <> struct OuterOf<p2::TcpSocket> {
  using Type = TcpSocket;
};
template <> struct OuterOf<p2::UdpSocket> {
  using Type = UdpSocket;
};

} // namespace detail

/// The code of an error of 0.2; what cannot happen here is a state that does not fit.
NetworkCode socketCodeOf(p2::NetworkError error);

template <typename T> SocketResult<T> toSocketResult(p2::NetResult<T> result) {
  if (!result)
    return std::unexpected(socketCodeOf(result.error()));
  if constexpr (std::is_void_v<T>)
    return {};
  else
    return std::move(*result);
}
template <typename T>
  requires(!runtime::isInstanceOf<T, std::expected>)
T toSocketResult(T value) {
  return value;
}

/// A function of 0.2 for a socket of 0.3.
template <auto function, typename Type = decltype(function)> struct OnInner;
template <auto function, typename R, typename Inner, typename... P>
struct OnInner<function, R (*)(State &, Inner &, P...)> {
  static auto call(State &state, typename detail::OuterOf<Inner>::Type &self, P... parameters) {
    return toSocketResult(function(state, *self.inner, std::move(parameters)...));
  }
};

SocketResult<std::unique_ptr<TcpSocket>> tcpCreate(State &state, AddressFamily family);
SocketResult<void> tcpBind(State &state, TcpSocket &self, IpSocketAddress localAddress);
Result<SocketResult<void>> tcpConnect(State &state, TcpSocket &self, IpSocketAddress remoteAddress);
Result<SocketResult<StreamEnd<std::unique_ptr<TcpSocket>>>>
tcpListen(State &state, HostTasks &tasks, TcpSocket &self);
Result<SocketEnd> tcpSend(State &state, HostTasks &tasks, TcpSocket &self, StreamEnd<uint8_t> data);
Result<Reading<NetworkCode>> tcpReceive(State &state, HostTasks &tasks, TcpSocket &self);

SocketResult<std::unique_ptr<UdpSocket>> udpCreate(State &state, AddressFamily family);
SocketResult<void> udpBind(State &state, UdpSocket &self, IpSocketAddress localAddress);
SocketResult<void> udpConnect(State &state, UdpSocket &self, IpSocketAddress remoteAddress);
SocketResult<void> udpDisconnect(State &state, UdpSocket &self);
Result<SocketResult<void>> udpSend(State &state, UdpSocket &self, std::vector<uint8_t> data,
                                   std::optional<IpSocketAddress> remoteAddress);
Result<SocketResult<std::tuple<std::vector<uint8_t>, IpSocketAddress>>> udpReceive(State &state,
                                                                                   UdpSocket &self);

Result<std::expected<std::vector<p2::WitIpAddress>, LookupCode>> resolveAddresses(State &state,
                                                                                  std::string name);

} // namespace w2n::wasi::p3
