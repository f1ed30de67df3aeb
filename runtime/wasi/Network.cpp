// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/Network.h"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <cstring>

namespace w2n::wasi {

namespace {

// Addresses that names have been resolved to; a name that has thousands of them is no host.
constexpr size_t maxLearned = 4096;

bool equalNames(std::string_view a, std::string_view b) {
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; };
  auto withoutDot = [](std::string_view name) {
    return name.ends_with('.') ? name.substr(0, name.size() - 1) : name;
  };
  return std::ranges::equal(withoutDot(a), withoutDot(b), {}, lower, lower);
}

template <typename Number> std::optional<Number> parseNumber(std::string_view text, Number most) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.empty() || number > most)
    return std::nullopt;
  return number;
}

std::unexpected<Error> badRule(std::string_view text, const std::string &why) {
  return fail(ErrorKind::Invalid, "'" + std::string(text) + "' " + why);
}

/// The parts of HOST[/BITS][:PORT].
struct RuleText {
  std::string_view host, bits, port, rest;
  bool hasBits = false, hasPort = false;
};

RuleText splitRule(std::string_view text) {
  RuleText parts;
  const bool isBracketed = text.starts_with('[') && text.find(']') != text.npos;
  size_t end = isBracketed ? text.find(']') + 1 : text.find_first_of("/:");
  // More than one colon without brackets is an address of IPv6.
  if (!isBracketed && std::ranges::count(text, ':') > 1)
    end = text.find('/');
  end = std::min(end, text.size());
  parts.host = isBracketed ? text.substr(1, end - 2) : text.substr(0, end);
  text.remove_prefix(end);
  if (text.starts_with('/')) {
    end = std::min(text.find(':'), text.size());
    parts.hasBits = true;
    parts.bits = text.substr(1, end - 1);
    text.remove_prefix(end);
  }
  if (text.starts_with(':')) {
    parts.hasPort = true;
    parts.port = text.substr(1);
  } else {
    parts.rest = text;
  }
  return parts;
}

bool isHostName(std::string_view name) {
  constexpr size_t maxNameBytes = 253;
  auto isPart = [](char c) {
    return uint8_t(c) >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
  };
  return !name.empty() && name.size() <= maxNameBytes && std::ranges::all_of(name, isPart);
}

} // namespace

bool IpAddress::isUnspecified() const { return bytes == decltype(bytes)(); }

bool IpAddress::isLoopback() const {
  decltype(bytes) one = {};
  one[15] = 1;
  return isV6 ? bytes == one : bytes[0] == 127;
}

bool IpAddress::isUnicast() const {
  if (isV6)
    return bytes[0] != 0xff;
  const bool isBroadcast =
      std::ranges::all_of(std::span(bytes).first(4), [](uint8_t byte) { return byte == 0xff; });
  return !isBroadcast && (bytes[0] & 0xf0) != 0xe0;
}

bool IpAddress::isMappedV4() const {
  static constexpr uint8_t prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return isV6 && std::memcmp(bytes.data(), prefix, sizeof(prefix)) == 0;
}

bool IpAddress::isPublic() const {
  struct Range {
    uint8_t prefix[4];
    uint32_t bits;
  };
  static constexpr Range v4[] = {{{0}, 8},          {{10}, 8},        {{100, 64}, 10},
                                 {{127}, 8},        {{169, 254}, 16}, {{172, 16}, 12},
                                 {{192, 0, 0}, 24}, {{192, 168}, 16}, {{198, 18}, 15},
                                 {{224}, 4},        {{240}, 4}};
  // ::/96 with its old forms of IPv4, those that translate to IPv4, local ones, multicast.
  static constexpr Range v6[] = {{{0, 0, 0, 0}, 8},  {{0x00, 0x64, 0xff, 0x9b}, 32},
                                 {{0x20, 0x02}, 16}, {{0xfc}, 7},
                                 {{0xfe, 0x80}, 10}, {{0xff}, 8}};
  auto isIn = [&](const Range &range) {
    for (uint32_t bit = 0; bit < range.bits; bit += 8) {
      const auto mask = uint8_t(0xff00 >> std::min(range.bits - bit, 8u));
      if ((range.prefix[bit / 8] ^ bytes[bit / 8]) & mask)
        return false;
    }
    return true;
  };
  return isV6 ? std::ranges::none_of(v6, isIn) : std::ranges::none_of(v4, isIn);
}

std::optional<IpAddress> parseIpAddress(std::string_view text) {
  IpAddress address;
  const std::string terminated(text);
  for (bool isV6 : {false, true}) {
    address.isV6 = isV6;
    if (inet_pton(isV6 ? AF_INET6 : AF_INET, terminated.c_str(), address.bytes.data()) == 1 &&
        terminated.find('\0') == terminated.npos)
      return address;
  }
  return std::nullopt;
}

bool NetworkRule::allows(const IpAddress &ip, uint16_t atPort) const {
  if (port && *port != atPort)
    return false;
  if (!address)
    return name.empty();
  if (address->isV6 != ip.isV6)
    return false;
  for (uint32_t bit = 0; bit < prefixBits; bit += 8) {
    const uint32_t bits = std::min(prefixBits - bit, 8u);
    const auto mask = uint8_t(0xff00 >> bits);
    if ((address->bytes[bit / 8] ^ ip.bytes[bit / 8]) & mask)
      return false;
  }
  return true;
}

Result<NetworkRule> parseNetworkRule(std::string_view text) {
  const RuleText parts = splitRule(text);
  NetworkRule rule;
  if (!parts.rest.empty())
    return badRule(text, "has '" + std::string(parts.rest) + "' after the host");
  if (parts.hasPort) {
    rule.port = parseNumber<uint16_t>(parts.port, UINT16_MAX);
    if (!rule.port)
      return badRule(text, "has no port after the colon, must be a number up to 65535");
  }
  rule.address = parseIpAddress(parts.host);
  if (rule.address) {
    const auto most = uint32_t(8 * rule.address->size());
    const auto bits = parts.hasBits ? parseNumber<uint32_t>(parts.bits, most) : most;
    if (!bits)
      return badRule(text, "has no number of bits after the slash, must be up to " +
                               std::to_string(most));
    rule.prefixBits = *bits;
    return rule;
  }
  if (parts.hasBits || (parts.host != "*" && !isHostName(parts.host)))
    return badRule(text,
                   "is no HOST[:PORT]; HOST is an address, a range ADDRESS/BITS, a name or *");
  if (parts.host != "*")
    rule.name = parts.host;
  return rule;
}

Result<NetworkRule> parseListenRule(std::string_view text) {
  W2N_TRY(rule, parseNetworkRule(text));
  if (!rule.name.empty())
    return badRule(text, "names a host; to listen takes an address, a range ADDRESS/BITS or *");
  return rule;
}

bool NetworkPolicy::mayConnect(const IpAddress &ip, uint16_t port) {
  auto allows = [&](const NetworkRule &rule) { return rule.allows(ip, port); };
  std::lock_guard guard(lock);
  return std::ranges::any_of(options.connect, allows) || std::ranges::any_of(learned, allows);
}

bool NetworkPolicy::mayConnectTo(std::string_view name, const IpAddress &ip, uint16_t port) const {
  return std::ranges::any_of(options.connect, [&](const NetworkRule &rule) {
    if (rule.port && *rule.port != port)
      return false;
    if (rule.address)
      return rule.allows(ip, port);
    const bool isName = !rule.name.empty() && equalNames(rule.name, name);
    if (isName && equalNames(name, "localhost"))
      return ip.isLoopback();
    return (isName || rule.name.empty()) && ip.isPublic();
  });
}

bool NetworkPolicy::mayListen(const IpAddress &ip, uint16_t port) const {
  return std::ranges::any_of(options.listen,
                             [&](const NetworkRule &rule) { return rule.allows(ip, port); });
}

bool NetworkPolicy::mayLookUp(std::string_view name) const {
  return options.lookUp || std::ranges::any_of(options.connect, [&](const NetworkRule &rule) {
           return !rule.name.empty() && equalNames(rule.name, name);
         });
}

void NetworkPolicy::learn(std::string_view name, std::span<const IpAddress> addresses) {
  std::lock_guard guard(lock);
  for (const NetworkRule &rule : options.connect) {
    if (rule.name.empty() || !equalNames(rule.name, name))
      continue;
    for (const IpAddress &address : addresses) {
      const bool known = std::ranges::any_of(learned, [&](const NetworkRule &old) {
        return old.address == address && old.port == rule.port;
      });
      if (!known && learned.size() < maxLearned)
        learned.push_back({"", address, uint32_t(8 * address.size()), rule.port});
    }
  }
}

} // namespace w2n::wasi
