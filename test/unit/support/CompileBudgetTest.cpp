// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/support/CompileBudget.h"

#include <cstring>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <thread>

using namespace w2n;

TEST(CompileBudget, WithoutLimitsIsNeverExceeded) {
  CompileBudget budget({});
  EXPECT_FALSE(budget.isLimited());
  EXPECT_TRUE(budget.check());
  EXPECT_TRUE(budget.checkArtifact(UINT64_MAX));
}

TEST(CompileBudget, TimeThatPassesIsCompared) {
  CompileBudget budget({.maxTimeMs = 1}), rest({.maxTimeMs = 1}, CompileBudget::Slack::ForOneStep);
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  const Status status = budget.check();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, ErrorKind::Limit);
  EXPECT_EQ(status.error().text,
            "compiling takes longer than the 1 ms that are allowed (--max-compile-time)");
  while (!rest.isExceeded())
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
}

TEST(CompileBudget, MemoryOfTheProcessIsCompared) {
  constexpr uint64_t limit = 16 << 20;
  CompileBudget budget({.maxMemoryBytes = limit});
  EXPECT_TRUE(budget.check());
  // Memory that the process has not had: what an allocator gives may be resident already.
  constexpr size_t bytes = 2 * limit;
  void *used = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(used, MAP_FAILED);
  std::memset(used, 1, bytes);
  // It looks every few milliseconds only.
  std::this_thread::sleep_for(std::chrono::milliseconds(10));
  const Status status = budget.check();
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().text.find("16777216 bytes of memory"), std::string::npos);
  munmap(used, bytes);
  EXPECT_TRUE(budget.isExceeded()) << "once exceeded, always exceeded";
}

TEST(CompileBudget, GreatestLimitsAreNone) {
  CompileBudget budget({UINT64_MAX, UINT64_MAX, UINT64_MAX}, CompileBudget::Slack::ForOneStep);
  EXPECT_TRUE(budget.check());
  EXPECT_TRUE(budget.checkArtifact(UINT64_MAX));
}

TEST(CompileBudget, ArtifactsAreCompared) {
  const CompileBudget budget({.maxArtifactBytes = 100});
  EXPECT_TRUE(budget.checkArtifact(100));
  const Status status = budget.checkArtifact(101);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().text,
            "the artifact has 101 bytes or more, most is 100 (--max-artifact)");
}
