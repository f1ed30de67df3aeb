// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasi:sockets/network, instance-network and ip-name-lookup; what the sockets of both kinds share.
#pragma once

#include "runtime/wasi/Network.h"
#include "runtime/wasi/p2/ErrorCodes.h"
#include "runtime/wasi/p2/Streams.h"

#include <sys/socket.h>

namespace w2n::wasi::p2 {

using runtime::member;

template <typename T> using NetResult = std::expected<T, NetworkError>;

enum class AddressFamily : uint8_t { Ipv4, Ipv6 };
constexpr auto witCases(AddressFamily) { return std::to_array<std::string_view>({"ipv4", "ipv6"}); }

using Ipv4 = std::tuple<uint8_t, uint8_t, uint8_t, uint8_t>;
using Ipv6 =
    std::tuple<uint16_t, uint16_t, uint16_t, uint16_t, uint16_t, uint16_t, uint16_t, uint16_t>;
struct WitIpAddress {
  struct V4 {
    Ipv4 value;
  };
  struct V6 {
    Ipv6 value;
  };
  std::variant<V4, V6> value;
  static constexpr std::array<std::string_view, 2> cases = {"ipv4", "ipv6"};
};
struct Ipv4SocketAddress {
  uint16_t port = 0;
  Ipv4 address;
  static constexpr auto fields() {
    return std::tuple{member("port", &Ipv4SocketAddress::port),
                      member("address", &Ipv4SocketAddress::address)};
  }
};
struct Ipv6SocketAddress {
  uint16_t port = 0;
  uint32_t flowInfo = 0;
  Ipv6 address;
  uint32_t scopeId = 0;
  static constexpr auto fields() {
    return std::tuple{member("port", &Ipv6SocketAddress::port),
                      member("flow-info", &Ipv6SocketAddress::flowInfo),
                      member("address", &Ipv6SocketAddress::address),
                      member("scope-id", &Ipv6SocketAddress::scopeId)};
  }
};
struct IpSocketAddress {
  struct V4 {
    Ipv4SocketAddress value;
  };
  struct V6 {
    Ipv6SocketAddress value;
  };
  std::variant<V4, V6> value;
  static constexpr std::array<std::string_view, 2> cases = {"ipv4", "ipv6"};
};

SocketAddress fromWit(const IpSocketAddress &address);
IpSocketAddress toWit(const SocketAddress &address);
WitIpAddress toWit(const IpAddress &address);

class Network final : public runtime::Resource {
public:
  static constexpr runtime::ResourceType type = {"wasi:sockets/network", "network"};
};

/// The addresses of a name, as a thread finds them.
class Lookup;
class ResolveAddressStream final : public runtime::Resource {
public:
  static constexpr runtime::ResourceType type = {"wasi:sockets/ip-name-lookup",
                                                 "resolve-address-stream"};
  ResolveAddressStream(std::shared_ptr<Lookup> lookup, std::string name)
      : lookup(std::move(lookup)), name(std::move(name)) {}
  const std::shared_ptr<Lookup> lookup;
  const std::string name;
  size_t next = 0;
};

/// Looks up `name` on a thread. Null if it is no name, or if there are too many lookups.
std::shared_ptr<Lookup> startLookup(std::string_view name);
/// Readable when the result is there.
int descriptorOf(const Lookup &lookup);
std::optional<NetResult<std::vector<IpAddress>>> resultOf(Lookup &lookup);

std::unique_ptr<Network> instanceNetwork(State &state);
std::optional<NetworkError> networkErrorCode(State &state, IoError &err);
NetResult<std::unique_ptr<ResolveAddressStream>> resolveAddresses(State &state, Network &network,
                                                                  std::string_view name);
NetResult<std::optional<WitIpAddress>> resolveNextAddress(State &state, ResolveAddressStream &self);
std::unique_ptr<Pollable> resolveSubscribe(State &state, ResolveAddressStream &self);

// Sockets of the host.

/// An address as the system has it.
struct HostAddress {
  explicit HostAddress(const SocketAddress &address);
  HostAddress() = default;
  const sockaddr *get() const { return reinterpret_cast<const sockaddr *>(&storage); }
  sockaddr *get() { return reinterpret_cast<sockaddr *>(&storage); }
  SocketAddress toAddress() const;

  sockaddr_storage storage = {};
  socklen_t bytes = sizeof(storage);
};

/// A new socket that does not block. Errors: too many files, the system's.
WasiResult<FileHandle> makeSocket(State &state, AddressFamily family, int kind);
/// Whether `address` can be bound to or connected to: of the socket's family, unicast, not mapped.
bool isUsable(const SocketAddress &address, AddressFamily family);
WasiResult<SocketAddress> localAddressOf(const File &socket);
WasiResult<SocketAddress> remoteAddressOf(const File &socket);

WasiResult<int> optionOf(const File &socket, int level, int option);
Outcome setOption(const File &socket, int level, int option, int value);
NetResult<uint8_t> hopLimitOf(const File &socket, AddressFamily family);
NetResult<void> setHopLimitOf(const File &socket, AddressFamily family, uint8_t value);
/// `option` is SO_RCVBUF or SO_SNDBUF.
NetResult<uint64_t> bufferSizeOf(const File &socket, int option);
NetResult<void> setBufferSizeOf(const File &socket, int option, uint64_t value);

template <typename T> NetResult<T> toNetResult(WasiResult<T> result) {
  if (!result)
    return std::unexpected(toNetworkError(result.error()));
  if constexpr (std::is_void_v<T>)
    return {};
  else
    return std::move(*result);
}

} // namespace w2n::wasi::p2
