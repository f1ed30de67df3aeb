// Locks between threads; test/programs/cache has processes.
#include "test/unit/cache/TestStore.h"

#include <atomic>
#include <thread>

namespace w2n::test {
namespace {

using cache::KeyLock;

TEST(KeyLock, IsHeldByOneThreadAtATime) {
  TestStore store;
  std::atomic<int> inside = 0, most = 0;
  auto work = [&] {
    for (int i = 0; i < 200; ++i) {
      const auto lock = store->lock(keyNamed("a"), KeyLock::Wait::Yes);
      ASSERT_TRUE(lock && lock->isHeld());
      most = std::max<int>(most, ++inside);
      --inside;
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back(work);
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(most, 1);
  EXPECT_TRUE(std::filesystem::is_empty(store.path + "/locks"));
}

TEST(KeyLock, SaysIfItIsTakenAndForgetsKeysApart) {
  TestStore store;
  const auto lock = store->lock(keyNamed("a"), KeyLock::Wait::No);
  ASSERT_TRUE(lock);
  EXPECT_FALSE(store->lock(keyNamed("a"), KeyLock::Wait::No));
  EXPECT_TRUE(store->lock(keyNamed("b"), KeyLock::Wait::No));
}

TEST(KeyLock, HoldsNothingWhereNothingCanBeWritten) {
  TestStore store;
  std::filesystem::remove_all(store.path + "/locks");
  const auto lock = store->lock(keyNamed("a"), KeyLock::Wait::Yes);
  ASSERT_TRUE(lock);
  EXPECT_FALSE(lock->isHeld());
}

} // namespace
} // namespace w2n::test
