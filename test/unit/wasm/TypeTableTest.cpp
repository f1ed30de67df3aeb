// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Numbers of types, and that they are given out again when nothing holds the type.
#include "lib/wasm/TypeTable.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace w2n::wasm {
namespace {

/// Struct types with a field each; `fields` are types of the group (from 0 on) or numbers.
class Group {
public:
  explicit Group(std::vector<ValueType> fields) {
    for (ValueType field : fields) {
      group.beginType(CompositeKind::Struct, true, std::nullopt);
      group.add(field, 1);
    }
  }
  TypeGroup group;
};

std::vector<uint32_t> add(TypeTable &table, const TypeGroup &group) {
  std::vector<uint32_t> numbers;
  table.add(group, numbers);
  return numbers;
}

std::vector<uint32_t> release(TypeTable &table, const std::vector<uint32_t> &numbers) {
  std::vector<uint32_t> removed;
  table.release(numbers, removed);
  std::ranges::sort(removed);
  return removed;
}

ValueType to(uint32_t number) { return ValueType::referenceTo(number, true); }

TEST(TypeTable, HoldsAsOftenAsItIsAsked) {
  TypeTable table;
  const Group group({ValueType::i32()});
  const auto first = add(table, group.group), second = add(table, group.group);
  EXPECT_EQ(first, second);
  table.hold(first[0]);
  EXPECT_TRUE(release(table, first).empty());
  EXPECT_TRUE(release(table, first).empty());
  EXPECT_EQ(table.typeCount(), 1u);
  EXPECT_EQ(release(table, first), first);
  EXPECT_EQ(table.typeCount(), 0u);
}

TEST(TypeTable, GroupsHoldWhatTheyReferTo) {
  TypeTable table;
  const auto low = add(table, Group({ValueType::i32()}).group);
  const auto high = add(table, Group({to(low[0]), to(low[0])}).group);
  EXPECT_TRUE(release(table, low).empty());
  // One of two types of a group holds all of it.
  EXPECT_TRUE(release(table, {high[0]}).empty());
  EXPECT_EQ(table.typeCount(), 3u);
  EXPECT_EQ(release(table, {high[1]}), (std::vector<uint32_t>{low[0], high[0], high[1]}));
}

TEST(TypeTable, ReusesNumbersOfWhatIsGone) {
  TypeTable table;
  const auto kept = add(table, Group({ValueType::i32()}).group);
  const auto gone = add(table, Group({ValueType::i64(), ValueType::f32()}).group);
  release(table, gone);
  // Groups need not have consecutive numbers.
  const auto next = add(table, Group({ValueType::f64()}).group);
  const auto more = add(table, Group({ValueType::f32(), ValueType::v128(), to(kept[0])}).group);
  EXPECT_EQ(table.typeCount(), 5u);
  EXPECT_EQ(table.size(), 5u);
  EXPECT_EQ(add(table, Group({ValueType::f32(), ValueType::v128(), to(kept[0])}).group), more);
  EXPECT_NE(next[0], kept[0]);
}

// Each refers to the one before: released as a whole without recursion.
TEST(TypeTable, ReleasesLongChains) {
  TypeTable table;
  auto numbers = add(table, Group({ValueType::i32()}).group);
  for (int i = 0; i < 300'000; ++i) {
    const auto next = add(table, Group({to(numbers[0])}).group);
    EXPECT_TRUE(release(table, numbers).empty());
    numbers = next;
  }
  EXPECT_EQ(release(table, numbers).size(), 300'001u);
  EXPECT_EQ(table.typeCount(), 0u);
}

TEST(TypeTable, ForgetsSupertypes) {
  TypeTable table;
  TypeGroup open, below;
  open.beginType(CompositeKind::Function, false, std::nullopt);
  const auto super = add(table, open);
  below.beginType(CompositeKind::Function, true, super[0]);
  const auto sub = add(table, below);
  EXPECT_TRUE(table.isBelow(sub[0], super[0]));
  EXPECT_EQ(table.depthOf(sub[0]), 1u);
  release(table, sub);
  const auto other = add(table, Group({ValueType::i32()}).group);
  EXPECT_EQ(other, sub);
  EXPECT_FALSE(table.isBelow(other[0], super[0]));
  EXPECT_EQ(table.depthOf(other[0]), 0u);
}

} // namespace
} // namespace w2n::wasm
