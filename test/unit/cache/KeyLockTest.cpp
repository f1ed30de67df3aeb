// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Locks between threads; test/programs/cache has processes.
#include "test/unit/cache/TestStore.h"

#include <atomic>
#include <thread>

namespace w2n::test {
namespace {

using cache::KeyLock;

TEST(KeyLock, IsHeldByOneThreadAtATime) {
  TestStore store;
  std::atomic<int> inside = 0, maxInside = 0;
  auto work = [&] {
    for (int i = 0; i < 200; ++i) {
      const auto lock = store->lock(keyNamed("a"), cache::defaultLongestWait);
      ASSERT_TRUE(lock && lock->isHeld());
      maxInside = std::max<int>(maxInside, ++inside);
      --inside;
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back(work);
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(maxInside, 1);
  EXPECT_TRUE(std::filesystem::is_empty(store.path + "/locks"));
}

TEST(KeyLock, SaysIfItIsTakenAndForgetsKeysApart) {
  TestStore store;
  const auto lock = store->lock(keyNamed("a"), KeyLock::noWait);
  ASSERT_TRUE(lock);
  EXPECT_FALSE(store->lock(keyNamed("a"), KeyLock::noWait));
  EXPECT_TRUE(store->lock(keyNamed("b"), KeyLock::noWait));
}

TEST(KeyLock, CannotBeTakenByOthers) {
  TestStore store;
  const std::string file = store.path + "/locks/" + hexOf(keyNamed("a"));
  // As a version before has left it: whoever could read it could lock it.
  writeFile(file, "");
  ASSERT_EQ(chmod(file.c_str(), 0644), 0);
  const auto lock = store->lock(keyNamed("a"), KeyLock::noWait);
  ASSERT_TRUE(lock && lock->isHeld());
  struct stat status;
  ASSERT_EQ(stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  ASSERT_TRUE(store->lock(keyNamed("b"), KeyLock::noWait));
}

TEST(KeyLock, IsWaitedForNoLongerThanAsked) {
  TestStore store;
  const auto lock = store->lock(keyNamed("a"), KeyLock::noWait);
  ASSERT_TRUE(lock);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(store->lock(keyNamed("a"), std::chrono::milliseconds(100)));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(100));
}

TEST(KeyLock, HoldsNothingWhereNothingCanBeWritten) {
  TestStore store;
  std::filesystem::remove_all(store.path + "/locks");
  const auto lock = store->lock(keyNamed("a"), cache::defaultLongestWait);
  ASSERT_TRUE(lock);
  EXPECT_FALSE(lock->isHeld());
}

} // namespace
} // namespace w2n::test
