// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Objects of a remote cache, which may be anything, and its addresses.
#include "runtime/cache/Remote.h"
#include "test/unit/cache/TestStore.h"

namespace w2n::test {
namespace {

using cache::RemoteHeader, cache::unpackRemote;

/// As if frames were not compressed.
bool copyFrame(std::span<const uint8_t> frame,
               const std::function<bool(std::span<const uint8_t>)> &add) {
  return add(frame);
}

std::vector<uint8_t> objectOf(std::span<const uint8_t> artifact, const std::string &signature) {
  const std::string header = RemoteHeader::text(artifact, signature);
  std::vector<uint8_t> object(header.begin(), header.end());
  object.insert(object.end(), artifact.begin(), artifact.end());
  return object;
}

TEST(CacheRemote, UnpacksWhatWasPacked) {
  const auto artifact = someBytes(300);
  for (const std::string signature : {"", "wasm2native signature 1\nx\n"}) {
    const auto unpacked = unpackRemote(objectOf(artifact, signature), 300, copyFrame);
    ASSERT_TRUE(unpacked) << unpacked.error().text;
    EXPECT_EQ(unpacked->bytes, artifact);
    EXPECT_EQ(unpacked->signature, signature);
  }
}

TEST(CacheRemote, RefusesWhatDiffersAnywhereOrIsTooLarge) {
  const auto artifact = someBytes(300);
  const auto object = objectOf(artifact, "");
  for (size_t i = 0; i < object.size(); ++i) {
    auto changed = object;
    changed[i] ^= 0x20;
    EXPECT_FALSE(unpackRemote(changed, 1000, copyFrame)) << i;
    EXPECT_FALSE(unpackRemote(std::span(object).first(i), 1000, copyFrame)) << i;
  }
  auto longer = object;
  longer.push_back(0);
  EXPECT_FALSE(unpackRemote(longer, 1000, copyFrame));
  const auto tooLarge = unpackRemote(object, 299, copyFrame);
  ASSERT_FALSE(tooLarge);
  EXPECT_EQ(tooLarge.error().kind, ErrorKind::Limit);
}

TEST(CacheRemote, TakesAddressesOfHttpAlone) {
  EXPECT_EQ(*cache::parseRemoteUrl("http://host:80/ac//"), "http://host:80/ac");
  EXPECT_EQ(*cache::parseRemoteUrl("https://host"), "https://host");
  for (const char *url :
       {"", "http://", "host/ac", "file:///tmp", "http://h/?q", "http://h/a b", "http://h/\n"})
    EXPECT_FALSE(cache::parseRemoteUrl(url)) << url;
}

} // namespace
} // namespace w2n::test
