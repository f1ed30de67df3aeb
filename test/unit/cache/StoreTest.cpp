// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Entries: stored, found, damaged.
#include "test/unit/cache/TestStore.h"

namespace w2n::test {
namespace {

std::string contentOf(const cache::StoredArtifact &artifact) {
  std::string bytes(artifact.bytes, 0);
  EXPECT_EQ(pread(artifact.file.get(), bytes.data(), bytes.size(), 0), ssize_t(bytes.size()));
  return bytes;
}

std::string textOf(std::span<const uint8_t> bytes) {
  return std::string(bytes.begin(), bytes.end());
}

TEST(CacheStore, FindsWhatWasInserted) {
  TestStore store;
  EXPECT_FALSE(store.has("a"));
  const auto a = someBytes(1000, 1), b = someBytes(500, 2);
  store.insert("a", a);
  store.insert("b", b);
  store.open();
  EXPECT_EQ(contentOf(**store->find(keyNamed("a"))), textOf(a));
  EXPECT_EQ(contentOf(**store->find(keyNamed("b"))), textOf(b));
  EXPECT_FALSE(store.has("c"));
}

TEST(CacheStore, FindsDamageAnywhereAndTakesANewArtifact) {
  TestStore store;
  const auto bytes = someBytes(1500);
  const std::string whole = textOf(bytes), file = store.file("a", ".so");
  store.insert("a", bytes);
  auto refuses = [&](const std::string &damaged) {
    writeFile(file, damaged);
    const auto found = store->find(keyNamed("a"));
    return !found && found.error().kind == ErrorKind::Malformed;
  };
  for (size_t bit = 0; bit < 8 * whole.size(); bit += 3) {
    std::string damaged = whole;
    damaged[bit / 8] = char(damaged[bit / 8] ^ (1 << bit % 8));
    ASSERT_TRUE(refuses(damaged)) << "bit " << bit;
  }
  for (size_t length = 0; length < whole.size(); ++length)
    ASSERT_TRUE(refuses(whole.substr(0, length))) << "length " << length;
  EXPECT_TRUE(refuses(whole + "x"));
  store.insert("a", bytes);
  EXPECT_EQ(contentOf(**store->find(keyNamed("a"))), whole);
}

TEST(CacheStore, FindsDamageBehindANoteThatVouched) {
  TestStore store;
  const auto bytes = someBytes(100);
  store.insert("a", bytes);
  // A note taken long after the entry was written is believed...
  struct stat status;
  ASSERT_EQ(stat(store.file("a", ".so").c_str(), &status), 0);
  const auto identity = cache::FileIdentity::of(status);
  writeFile(store.file("a", ".seen"),
            cache::encode({identity, identity.changed + 10'000'000'000, ""}));
  std::filesystem::remove(store.file("a", ".hash"));
  EXPECT_TRUE(store.has("a"));
  // ... until the file is touched.
  std::string damaged = textOf(bytes);
  damaged[50] ^= 1;
  writeFile(store.file("a", ".so"), damaged);
  EXPECT_FALSE(store.has("a"));
}

TEST(CacheStore, RefusesAnArtifactUnderAnotherName) {
  TestStore store;
  store.insert("a", someBytes(100, 1));
  store.insert("b", someBytes(100, 2));
  std::filesystem::copy_file(store.file("a", ".so"), store.file("b", ".so"),
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_TRUE(store.has("a"));
  EXPECT_FALSE(store.has("b"));
}

TEST(CacheStore, RefusesAnArtifactWithoutAHashOrWithADamagedOne) {
  TestStore store;
  store.insert("a", someBytes(100));
  std::filesystem::remove(store.file("a", ".seen"));
  for (const char *hash : {"", "0", "00000000000000000000000000000000"}) {
    writeFile(store.file("a", ".hash"), hash);
    EXPECT_FALSE(store.has("a"));
  }
  std::filesystem::remove(store.file("a", ".hash"));
  EXPECT_FALSE(store.has("a"));
}

TEST(CacheStore, LeavesNothingBehindWhenItCannotStore) {
  TestStore store(/*limit=*/1000);
  EXPECT_EQ(store->insert(keyNamed("a"), someBytes(1001)).error().kind, ErrorKind::Limit);
  // A folder in the way: what is renamed cannot take its name.
  std::filesystem::create_directories(store.file("a", ".so") + "/x");
  EXPECT_EQ(store->insert(keyNamed("a"), someBytes(100)).error().kind, ErrorKind::Io);
  std::filesystem::remove_all(store.file("a", ".so"));
  EXPECT_TRUE(std::filesystem::is_empty(store.path + "/entries"));
}

TEST(CacheStore, RemembersFilesUntilTheyChange) {
  TestStore store;
  const cache::FileIdentity identity = {1, 2, 3, 4, 5, 6, 7};
  EXPECT_FALSE(store->findNote(identity));
  store->keepNote(identity, cache::nowNanoseconds(), "text");
  EXPECT_EQ(store->findNote(identity), "text");
  EXPECT_FALSE(store->findNote({1, 2, 3, 4, 6, 6, 7}));
  EXPECT_FALSE(store->findNote({1, 2, 3, 4, 5, 6, 8}));
}

TEST(CacheStore, RemembersForWhichProcessorsThereAreEntries) {
  TestStore store;
  const Digest family = hashOf("family");
  EXPECT_TRUE(store->processorsOf(family).empty());
  for (const char *processor : {"", "x86-64-v3", ""})
    store->addProcessor(family, processor);
  EXPECT_EQ(store->processorsOf(family), (std::vector<std::string>{"", "x86-64-v3"}));
}

} // namespace
} // namespace w2n::test
