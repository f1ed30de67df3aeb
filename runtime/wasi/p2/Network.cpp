// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/p2/Network.h"

#include <arpa/inet.h>
#include <climits>
#include <cstring>
#include <netinet/in.h>

namespace w2n::wasi::p2 {

namespace {

std::array<uint8_t, 16> bytesOf(const Ipv4 &address) {
  const auto [a, b, c, d] = address;
  return {a, b, c, d};
}
std::array<uint8_t, 16> bytesOf(const Ipv6 &address) {
  std::array<uint8_t, 16> bytes = {};
  size_t at = 0;
  auto append = [&](uint16_t group) {
    bytes[at++] = uint8_t(group >> 8);
    bytes[at++] = uint8_t(group);
  };
  std::apply([&](auto... group) { (append(group), ...); }, address);
  return bytes;
}
Ipv4 toIpv4(const IpAddress &address) {
  const auto &bytes = address.bytes;
  return {bytes[0], bytes[1], bytes[2], bytes[3]};
}
Ipv6 toIpv6(const IpAddress &address) {
  size_t at = 0;
  auto next = [&] {
    at += 2;
    return uint16_t(address.bytes[at - 2] << 8 | address.bytes[at - 1]);
  };
  return Ipv6{next(), next(), next(), next(), next(), next(), next(), next()};
}

} // namespace

SocketAddress fromWit(const IpSocketAddress &address) {
  if (const auto *v4 = std::get_if<IpSocketAddress::V4>(&address.value))
    return {{false, bytesOf(v4->value.address)}, v4->value.port};
  const auto &v6 = std::get_if<IpSocketAddress::V6>(&address.value)->value;
  return {{true, bytesOf(v6.address)}, v6.port, v6.flowInfo, v6.scopeId};
}

IpSocketAddress toWit(const SocketAddress &address) {
  if (!address.ip.isV6)
    return {IpSocketAddress::V4{{address.port, toIpv4(address.ip)}}};
  return {
      IpSocketAddress::V6{{address.port, address.flowInfo, toIpv6(address.ip), address.scopeId}}};
}

WitIpAddress toWit(const IpAddress &address) {
  if (!address.isV6)
    return {WitIpAddress::V4{toIpv4(address)}};
  return {WitIpAddress::V6{toIpv6(address)}};
}

HostAddress::HostAddress(const SocketAddress &address) {
  if (address.ip.isV6) {
    sockaddr_in6 v6 = {};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(address.port);
    v6.sin6_flowinfo = htonl(address.flowInfo);
    v6.sin6_scope_id = address.scopeId;
    std::memcpy(&v6.sin6_addr, address.ip.bytes.data(), sizeof(v6.sin6_addr));
    std::memcpy(&storage, &v6, bytes = sizeof(v6));
  } else {
    sockaddr_in v4 = {};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(address.port);
    std::memcpy(&v4.sin_addr, address.ip.bytes.data(), sizeof(v4.sin_addr));
    std::memcpy(&storage, &v4, bytes = sizeof(v4));
  }
}

SocketAddress HostAddress::toAddress() const {
  SocketAddress address;
  if (storage.ss_family == AF_INET6) {
    sockaddr_in6 v6;
    std::memcpy(&v6, &storage, sizeof(v6));
    address = {{true, {}}, ntohs(v6.sin6_port), ntohl(v6.sin6_flowinfo), v6.sin6_scope_id};
    std::memcpy(address.ip.bytes.data(), &v6.sin6_addr, sizeof(v6.sin6_addr));
  } else {
    sockaddr_in v4;
    std::memcpy(&v4, &storage, sizeof(v4));
    address.port = ntohs(v4.sin_port);
    std::memcpy(address.ip.bytes.data(), &v4.sin_addr, sizeof(v4.sin_addr));
  }
  return address;
}

WasiResult<FileHandle> makeSocket(State &state, AddressFamily family, int kind) {
  const bool isV6 = family == AddressFamily::Ipv6;
  Descriptor socket(
      ::socket(isV6 ? AF_INET6 : AF_INET, kind | SOCK_NONBLOCK | SOCK_CLOEXEC, /*protocol=*/0));
  if (!socket)
    return systemError();
  File file;
  file.host = socket.get();
  file.owned = std::move(socket);
  file.type = kind == SOCK_STREAM ? FileType::SocketStream : FileType::SocketDatagram;
  file.base = connectionRights;
  if (isV6)
    W2N_CHECK(setOption(file, IPPROTO_IPV6, IPV6_V6ONLY, 1));
  return state.keep(std::move(file));
}

bool isUsable(const SocketAddress &address, AddressFamily family) {
  return address.ip.isV6 == (family == AddressFamily::Ipv6) && address.ip.isUnicast() &&
         !address.ip.isMappedV4();
}

WasiResult<SocketAddress> localAddressOf(const File &socket) {
  HostAddress address;
  if (getsockname(socket.host, address.get(), &address.bytes) != 0)
    return systemError();
  return address.toAddress();
}

WasiResult<SocketAddress> remoteAddressOf(const File &socket) {
  HostAddress address;
  if (getpeername(socket.host, address.get(), &address.bytes) != 0)
    return systemError();
  return address.toAddress();
}

WasiResult<int> optionOf(const File &socket, int level, int option) {
  int value = 0;
  socklen_t bytes = sizeof(value);
  if (getsockopt(socket.host, level, option, &value, &bytes) != 0)
    return systemError();
  return value;
}

Outcome setOption(const File &socket, int level, int option, int value) {
  if (setsockopt(socket.host, level, option, &value, sizeof(value)) != 0)
    return systemError();
  return {};
}

namespace {
struct OptionName {
  int level, option;
};
OptionName hopLimitOption(AddressFamily family) {
  if (family == AddressFamily::Ipv6)
    return {IPPROTO_IPV6, IPV6_UNICAST_HOPS};
  return {IPPROTO_IP, IP_TTL};
}
} // namespace

NetResult<uint8_t> hopLimitOf(const File &socket, AddressFamily family) {
  const auto [level, option] = hopLimitOption(family);
  const auto value = optionOf(socket, level, option);
  if (!value)
    return std::unexpected(toNetworkError(value.error()));
  return uint8_t(*value);
}

NetResult<void> setHopLimitOf(const File &socket, AddressFamily family, uint8_t value) {
  if (value == 0)
    return std::unexpected(NetworkError::InvalidArgument);
  const auto [level, option] = hopLimitOption(family);
  return toNetResult(setOption(socket, level, option, value));
}

// Linux keeps twice of what is set, for its own use (socket(7)).
NetResult<uint64_t> bufferSizeOf(const File &socket, int option) {
  const auto value = optionOf(socket, SOL_SOCKET, option);
  if (!value)
    return std::unexpected(toNetworkError(value.error()));
  return uint64_t(*value / 2);
}

NetResult<void> setBufferSizeOf(const File &socket, int option, uint64_t value) {
  if (value == 0)
    return std::unexpected(NetworkError::InvalidArgument);
  // The system has its own limit below this one.
  const auto clamped = int(std::min<uint64_t>(value, INT_MAX / 2));
  return toNetResult(setOption(socket, SOL_SOCKET, option, clamped));
}

std::unique_ptr<Network> instanceNetwork(State &) { return std::make_unique<Network>(); }

std::optional<NetworkError> networkErrorCode(State &, IoError &err) {
  if (!err.isNetwork)
    return std::nullopt;
  return toNetworkError(err.error);
}

} // namespace w2n::wasi::p2
