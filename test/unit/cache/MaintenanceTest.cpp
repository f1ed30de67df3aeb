// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Sizes, leftovers, quarantine.
#include "test/unit/cache/TestStore.h"

namespace w2n::test {
namespace {

using cache::KeyLock;

TEST(CacheEviction, RemovesTheLeastRecentlyUsed) {
  TestStore store;
  const char *names[] = {"a", "b", "c"};
  for (int i = 0; i < 3; ++i) {
    store.insert(names[i], someBytes(100));
    TestStore::age(store.file(names[i], ".seen"), 30'000 - 1000 * i);
  }
  // Finding it makes it the last used.
  TestStore::age(store.file("a", ".seen"), 40'000);
  ASSERT_TRUE(store.has("a"));
  const auto removed = store->evict(250);
  ASSERT_EQ(removed.size(), 1u);
  EXPECT_EQ(removed[0].key, hexOf(keyNamed("b")));
  EXPECT_TRUE(store.has("a"));
  EXPECT_FALSE(store.has("b"));
  EXPECT_TRUE(store.has("c"));
}

TEST(CacheEviction, MakesRoomForWhatIsStoredAndKeepsThat) {
  TestStore store(/*limit=*/250);
  store.insert("a", someBytes(100));
  store.insert("b", someBytes(100));
  // All others are from the future: a clock jumped back.
  TestStore::age(store.file("a", ".seen"), -50'000);
  TestStore::age(store.file("b", ".seen"), -60'000);
  store.insert("c", someBytes(100));
  EXPECT_TRUE(store.has("c"));
  EXPECT_EQ(store->list().size(), 2u);
}

TEST(CacheEviction, LeavesWhatIsOpenReadableAndWhatIsBeingCompiledAlone) {
  TestStore store;
  const auto bytes = someBytes(100);
  store.insert("a", bytes);
  store.insert("b", bytes);
  auto open = store->find(keyNamed("a"));
  const auto lock = store->lock(keyNamed("b"), cache::defaultLongestWait);
  store->evict(0);
  EXPECT_FALSE(store.has("a"));
  EXPECT_TRUE(store.has("b"));
  std::vector<uint8_t> read(100);
  EXPECT_EQ(pread((*open)->file.get(), read.data(), 100, 0), 100);
  EXPECT_EQ(read, bytes);
}

TEST(CacheMaintenance, PutsDamageIntoQuarantine) {
  TestStore store;
  for (const char *name : {"a", "b", "c"})
    store.insert(name, someBytes(100));
  writeFile(store.file("b", ".so"), "damaged");
  const auto damages = store->verify();
  ASSERT_EQ(damages.size(), 1u);
  EXPECT_EQ(damages[0].key, hexOf(keyNamed("b")));
  EXPECT_NE(damages[0].problem.find("damaged"), std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(store.path + "/quarantine/" + hexOf(keyNamed("b")) + ".so"));
  EXPECT_EQ(store->list().size(), 2u);
  EXPECT_TRUE(store->verify().empty());
}

TEST(CacheMaintenance, RemovesLeftoversOfTheDeadOnly) {
  TestStore store;
  store.insert("a", someBytes(100));
  const std::string dead = store.file("b", ".so.77-1.tmp"), alive = store.file("c", ".so.78-1.tmp");
  for (const std::string &file : {dead, alive, store.file("d", ".hash")})
    writeFile(file, "x");
  writeFile(store.path + "/locks/" + hexOf(keyNamed("e")), "");
  const auto lock = store->lock(keyNamed("c"), cache::defaultLongestWait);
  EXPECT_EQ(store->collect().leftovers, 3u);
  EXPECT_FALSE(std::filesystem::exists(dead));
  EXPECT_TRUE(std::filesystem::exists(alive));
  EXPECT_TRUE(store.has("a"));
}

TEST(CacheMaintenance, RemovesListsOfProcessorsThatHaveNoEntry) {
  TestStore store;
  const Digest used = hashOf("used"), unused = hashOf("unused");
  store->addProcessor(used, "v3");
  store->addProcessor(unused, "v3");
  ASSERT_TRUE(store->insert(cache::keyOf(used, "v3"), someBytes(100)));
  store->collect();
  EXPECT_EQ(store->processorsOf(used).size(), 1u);
  EXPECT_TRUE(store->processorsOf(unused).empty());
}

TEST(CacheMaintenance, Clears) {
  TestStore store;
  store.insert("a", someBytes(100));
  store->keepNote({1, 2, 3, 4, 5}, cache::nowNanoseconds(), "text");
  EXPECT_EQ(store->clear().entries, 1u);
  for (const auto &file : std::filesystem::recursive_directory_iterator(store.path))
    EXPECT_TRUE(file.is_directory()) << file.path();
}

} // namespace
} // namespace w2n::test
