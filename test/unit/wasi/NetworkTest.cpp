// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Addresses that rules of the network allow.
#include "runtime/wasi/Network.h"

#include <gtest/gtest.h>

namespace w2n::wasi {
namespace {

NetworkPolicy policyOf(std::initializer_list<const char *> rules) {
  NetworkOptions options;
  for (const char *rule : rules)
    options.connect.push_back(*parseNetworkRule(rule));
  return NetworkPolicy(std::move(options));
}
IpAddress ip(const char *text) { return *parseIpAddress(text); }

TEST(NetworkRules, Addresses) {
  NetworkPolicy policy = policyOf({"192.0.2.1:80", "[2001:db8::1]:443", "198.51.100.7", "::1"});
  EXPECT_TRUE(policy.mayConnect(ip("192.0.2.1"), 80));
  EXPECT_FALSE(policy.mayConnect(ip("192.0.2.1"), 81));
  EXPECT_FALSE(policy.mayConnect(ip("192.0.2.2"), 80));
  EXPECT_TRUE(policy.mayConnect(ip("2001:db8::1"), 443));
  EXPECT_FALSE(policy.mayConnect(ip("2001:db8::1"), 80));
  EXPECT_TRUE(policy.mayConnect(ip("198.51.100.7"), 9));
  EXPECT_TRUE(policy.mayConnect(ip("::1"), 9));
  // No address of IPv4 is one of IPv6.
  EXPECT_FALSE(policy.mayConnect(ip("::ffff:198.51.100.7"), 9));
  EXPECT_FALSE(policy.mayListen(ip("::1"), 9));
}

TEST(NetworkRules, RangesCutWithinBytes) {
  NetworkPolicy policy = policyOf({"10.16.0.0/12:53", "[fd00::]/9"});
  EXPECT_TRUE(policy.mayConnect(ip("10.31.255.255"), 53));
  EXPECT_FALSE(policy.mayConnect(ip("10.32.0.0"), 53));
  EXPECT_FALSE(policy.mayConnect(ip("10.15.255.255"), 53));
  EXPECT_TRUE(policy.mayConnect(ip("fd7f::1"), 1));
  EXPECT_FALSE(policy.mayConnect(ip("fd80::1"), 1));
  EXPECT_TRUE(policyOf({"0.0.0.0/0"}).mayConnect(ip("8.8.8.8"), 53));
  EXPECT_FALSE(policyOf({"0.0.0.0/0"}).mayConnect(ip("::1"), 53));
  EXPECT_TRUE(policyOf({"*:53"}).mayConnect(ip("::1"), 53));
  EXPECT_FALSE(policyOf({"*:53"}).mayConnect(ip("::1"), 54));
  EXPECT_FALSE(policyOf({}).mayConnect(ip("127.0.0.1"), 80));
}

TEST(NetworkRules, NamesAllowWhatTheyAreResolvedTo) {
  NetworkPolicy policy = policyOf({"Example.com:443"});
  EXPECT_FALSE(policy.mayConnect(ip("192.0.2.1"), 443));
  EXPECT_TRUE(policy.mayLookUp("example.COM"));
  EXPECT_TRUE(policy.mayLookUp("example.com."));
  EXPECT_FALSE(policy.mayLookUp("www.example.com"));
  const IpAddress addresses[] = {ip("192.0.2.1"), ip("2001:db8::1")};
  policy.learn("other.com", addresses);
  EXPECT_FALSE(policy.mayConnect(ip("192.0.2.1"), 443));
  policy.learn("example.com", addresses);
  EXPECT_TRUE(policy.mayConnect(ip("192.0.2.1"), 443));
  EXPECT_TRUE(policy.mayConnect(ip("2001:db8::1"), 443));
  EXPECT_FALSE(policy.mayConnect(ip("192.0.2.1"), 80));
}

TEST(NetworkRules, NamesDoNotLeadInside) {
  const NetworkPolicy named = policyOf({"example.com:80", "*:81"});
  EXPECT_TRUE(named.mayConnectTo("example.com", ip("93.184.215.14"), 80));
  EXPECT_FALSE(named.mayConnectTo("example.org", ip("93.184.215.14"), 80));
  EXPECT_TRUE(named.mayConnectTo("example.org", ip("93.184.215.14"), 81));
  for (const char *inside :
       {"127.0.0.1", "10.0.0.1", "172.31.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "::1", "::", "::ffff:127.0.0.1", "fd00::1", "fe80::1",
        "64:ff9b::7f00:1", "2002:7f00:1::"}) {
    EXPECT_FALSE(named.mayConnectTo("example.com", ip(inside), 80)) << inside;
    EXPECT_FALSE(named.mayConnectTo("example.com", ip(inside), 81)) << inside;
    EXPECT_FALSE(named.mayConnectTo(inside, ip(inside), 81)) << inside;
  }
  const NetworkPolicy inside = policyOf({"10.0.0.0/8", "localhost:1"});
  EXPECT_TRUE(inside.mayConnectTo("a", ip("10.1.2.3"), 1));
  EXPECT_FALSE(inside.mayConnectTo("a", ip("127.0.0.1"), 1));
  EXPECT_TRUE(inside.mayConnectTo("localhost", ip("127.0.0.1"), 1));
  EXPECT_FALSE(inside.mayConnectTo("localhost", ip("127.0.0.1"), 2));
  EXPECT_FALSE(inside.mayConnectTo("localhost", ip("192.168.0.1"), 1));
}

TEST(NetworkRules, OthersAreErrors) {
  for (const char *rule : {"", ":80", "1.2.3.4:", "1.2.3.4:65536", "1.2.3.4:x", "1.2.3.4/33",
                           "1.2.3.4/", "a/8", "a b", "[::1", "[::1]x:80", "*/8"})
    EXPECT_FALSE(parseNetworkRule(rule)) << rule;
  EXPECT_FALSE(parseListenRule("localhost:80"));
  EXPECT_TRUE(parseListenRule("*:80"));
  EXPECT_EQ(parseNetworkRule("1.2.3.4:x").error().text,
            "'1.2.3.4:x' has no port after the colon, must be a number up to 65535");
}

} // namespace
} // namespace w2n::wasi
