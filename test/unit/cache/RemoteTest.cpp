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

Status acceptAny(const RemoteHeader &) { return {}; }

std::vector<uint8_t> objectOf(std::span<const uint8_t> artifact, const std::string &signature) {
  const std::string header = RemoteHeader::text(artifact, signature);
  std::vector<uint8_t> object(header.begin(), header.end());
  object.insert(object.end(), artifact.begin(), artifact.end());
  return object;
}

TEST(CacheRemote, UnpacksWhatWasPacked) {
  const auto artifact = someBytes(300);
  for (const std::string signature : {"", "wasm2native signature 1\nx\n"}) {
    const auto unpacked = unpackRemote(objectOf(artifact, signature), 300, acceptAny, copyFrame);
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
    EXPECT_FALSE(unpackRemote(changed, 1000, acceptAny, copyFrame)) << i;
    EXPECT_FALSE(unpackRemote(std::span(object).first(i), 1000, acceptAny, copyFrame)) << i;
  }
  auto longer = object;
  longer.push_back(0);
  EXPECT_FALSE(unpackRemote(longer, 1000, acceptAny, copyFrame));
  const auto tooLarge = unpackRemote(object, 299, acceptAny, copyFrame);
  ASSERT_FALSE(tooLarge);
  EXPECT_EQ(tooLarge.error().kind, ErrorKind::Limit);
}

TEST(CacheRemote, UnpacksNothingThatIsNotAccepted) {
  const auto object = objectOf(someBytes(300), "wasm2native signature 1\nx\n");
  const auto refuse = [](const RemoteHeader &header) -> Status {
    EXPECT_EQ(header.content, hashOf(someBytes(300)));
    return fail(ErrorKind::Invalid, "not trusted");
  };
  bool isUnpacked = false;
  const auto unpacked =
      unpackRemote(object, 1000, refuse,
                   [&](std::span<const uint8_t>, const auto &) { return isUnpacked = true; });
  ASSERT_FALSE(unpacked);
  EXPECT_EQ(unpacked.error().text, "not trusted");
  EXPECT_FALSE(isUnpacked);
}

TEST(CacheRemote, EndsAFrameThatHasMoreThanItsHeaderSays) {
  const auto object = objectOf(someBytes(300), "");
  size_t addedCount = 0;
  const auto unpacked =
      unpackRemote(object, 1000, acceptAny, [&](std::span<const uint8_t> frame, const auto &add) {
        while (add(frame.first(100)))
          ++addedCount;
        return false;
      });
  EXPECT_FALSE(unpacked);
  EXPECT_EQ(addedCount, 3u);
}

TEST(CacheRemote, TakesAddressesOfHttpAlone) {
  EXPECT_EQ(*cache::parseRemoteUrl("http://host:80/ac//"), "http://host:80/ac");
  EXPECT_EQ(*cache::parseRemoteUrl("https://host"), "https://host");
  for (const char *url :
       {"", "http://", "host/ac", "file:///tmp", "http://h/?q", "http://h/a b", "http://h/\n"})
    EXPECT_FALSE(cache::parseRemoteUrl(url)) << url;
}

TEST(CacheRemote, DoesNotRepeatPasswords) {
  for (const char *url : {"http://user:secret@host/ac", "https://secret@host", "http://secret@"}) {
    const auto parsed = cache::parseRemoteUrl(url);
    ASSERT_FALSE(parsed) << url;
    EXPECT_EQ(parsed.error().text.find("secret"), std::string::npos) << parsed.error().text;
    EXPECT_NE(parsed.error().text.find("password"), std::string::npos) << parsed.error().text;
  }
  EXPECT_TRUE(cache::parseRemoteUrl("http://host/a@b"));
}

TEST(CacheRemote, IsLeftAloneAfterAFailureWhereTheStoreKeepsNothing) {
  TestStore store;
  std::filesystem::remove_all(store.path + "/notes");
  // Nobody listens there.
  cache::Remote remote(*store, {.url = "http://127.0.0.1:9/ac", .token = {}, .trusted = {}});
  EXPECT_FALSE(remote.fetch(keyNamed("a"), 1000));
  const auto again = remote.fetch(keyNamed("a"), 1000);
  EXPECT_TRUE(again && !*again);
}

} // namespace
} // namespace w2n::test
