// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The functions that an address belongs to.
#include "runtime/core/CodeMap.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>

namespace w2n::runtime {
namespace {

TEST(CodeMap, FindsFunctionsByTheirStart) {
  const CodeMap map({{300, 1}, {100, 2}, {200, 3}, {200, 4}}, {});
  EXPECT_EQ(map.functionAt(100), 2u);
  EXPECT_EQ(map.functionAt(200), 3u);
  EXPECT_EQ(map.functionAt(300), 1u);
  for (uintptr_t address : {0, 99, 101, 301})
    EXPECT_EQ(map.functionAt(address), artifact::noIndex);
  EXPECT_EQ(CodeMap().functionAt(100), artifact::noIndex);
}

TEST(CodeMap, FindsInlinedFunctionsUpToTheNextRange) {
  const uint32_t functions[] = {7, 8, 9};
  const std::span<const uint32_t> all(functions);
  const CodeMap map({}, {{200, {}}, {100, all}, {150, all.first(1)}, {150, all.subspan(1)}});
  EXPECT_TRUE(map.inlinedAt(99).empty());
  EXPECT_EQ(map.inlinedAt(100).size(), 3u);
  EXPECT_EQ(map.inlinedAt(149).size(), 3u);
  // The later of two.
  EXPECT_EQ(map.inlinedAt(150).data(), functions + 1);
  EXPECT_TRUE(map.inlinedAt(200).empty());
  EXPECT_TRUE(map.inlinedAt(~uintptr_t(0)).empty());
}

// A stack of 150,000 functions, each another one: looking through all of them for each would take
// longer than a test may.
TEST(CodeMap, FindsEachOfVeryManyFunctions) {
  constexpr uint32_t count = 150'000;
  std::vector<CodeMap::Function> functions(count);
  for (uint32_t i = 0; i < count; ++i)
    functions[i] = {uintptr_t(i) * 16, i};
  std::shuffle(functions.begin(), functions.end(), std::minstd_rand(1));
  const CodeMap map(functions, {});
  for (const CodeMap::Function &function : functions)
    ASSERT_EQ(map.functionAt(function.begin), function.index);
}

} // namespace
} // namespace w2n::runtime
