// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The addresses that a guest may reach by sockets that it makes itself: those that rules allow. A
// rule is compared with the address that a connection is made to, never with a name: a name that a
// rule has allows the addresses that it was resolved to, when the guest looks it up.
#pragma once

#include "lib/support/Error.h"

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace w2n::wasi {

/// An address of IPv4, in the first four bytes, or of IPv6.
struct IpAddress {
  bool isV6 = false;
  std::array<uint8_t, 16> bytes = {};
  size_t size() const { return isV6 ? 16 : 4; }
  friend bool operator==(const IpAddress &, const IpAddress &) = default;

  bool isUnspecified() const;
  bool isLoopback() const;
  /// Neither multicast nor the broadcast address.
  bool isUnicast() const;
  /// ::ffff:0:0/96.
  bool isMappedV4() const;
  /// Neither of this machine nor of a network that is private, shared or local to a link (RFC
  /// 6890).
  bool isPublic() const;
};
/// As inet_pton(3) reads it.
std::optional<IpAddress> parseIpAddress(std::string_view text);

struct SocketAddress {
  IpAddress ip;
  uint16_t port = 0;
  uint32_t flowInfo = 0, scopeId = 0; ///< of IPv6
  friend bool operator==(const SocketAddress &, const SocketAddress &) = default;
};

/// HOST[:PORT]: an address, a range of addresses (10.0.0.0/8, [fd00::]/8), a name, or * for every
/// address.
struct NetworkRule {
  std::string name;                 ///< empty for addresses
  std::optional<IpAddress> address; ///< with a name or none: no address yet, or every one
  uint32_t prefixBits = 0;
  std::optional<uint16_t> port; ///< none: every port

  bool allows(const IpAddress &ip, uint16_t atPort) const;
};
/// Errors: Invalid.
Result<NetworkRule> parseNetworkRule(std::string_view text);

/// The same for where to listen, which is no name. Errors: Invalid.
Result<NetworkRule> parseListenRule(std::string_view text);

struct NetworkOptions {
  std::vector<NetworkRule> connect; ///< to where connections and datagrams may go
  std::vector<NetworkRule> listen;  ///< at what connections and datagrams of others may come in
  /// Whether every name may be looked up, besides those that rules have.
  bool lookUp = false;
};

/// Threads: any.
class NetworkPolicy {
public:
  explicit NetworkPolicy(NetworkOptions options) : options(std::move(options)) {}

  /// Whether a connection to `name` may go to `ip`, which it was resolved to. What is not public is
  /// allowed by rules with addresses alone, so that a name, or *, cannot lead inside; "localhost"
  /// leads to this machine if a rule has it.
  bool mayConnectTo(std::string_view name, const IpAddress &ip, uint16_t port) const;

  bool mayConnect(const IpAddress &ip, uint16_t port);
  bool mayListen(const IpAddress &ip, uint16_t port) const;
  /// Whether a socket may have this address: one to listen at, or any free port, which does for
  /// connections of its own and for answers, if there is a rule for these.
  bool mayBind(const IpAddress &ip, uint16_t port) const {
    return mayListen(ip, port) || (port == 0 && !options.connect.empty());
  }
  bool mayLookUp(std::string_view name) const;
  /// The guest has looked up `name`: rules with it allow these, too.
  void learn(std::string_view name, std::span<const IpAddress> addresses);

private:
  const NetworkOptions options;
  std::mutex lock;
  std::vector<NetworkRule> learned;
};

} // namespace w2n::wasi
