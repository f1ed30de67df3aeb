// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Components that ask for more stack, memory or time than they may have.
#include "lib/component/Limits.h"
#include "test/unit/component/Sample.h"

#include <gtest/gtest.h>

namespace w2n::test {
namespace {

constexpr uint8_t componentSection = 4, instanceSection = 5, typeSection = 7;

std::vector<uint8_t> nested(uint32_t depth) {
  std::vector<uint8_t> bytes = ComponentBuilder().take();
  for (uint32_t i = 0; i < depth; ++i)
    bytes = ComponentBuilder().section(componentSection, bytes).take();
  return bytes;
}

TEST(ComponentLimits, ComponentsNestAsDeepAsTheLimit) {
  EXPECT_FALSE(outcome(nested(component::limits::nesting)));
  const std::optional<Error> error = outcome(nested(component::limits::nesting + 1));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind, ErrorKind::Limit);
}

TEST(ComponentLimits, TypesNestAsWrittenNoDeeperThanTheLimit) {
  std::vector<uint8_t> type = {0x42, 0x00};
  // (type (instance (type (instance ...))))
  for (int i = 0; i < 10'000; ++i)
    type.insert(type.begin(), {0x42, 0x01, 0x01});
  type.insert(type.begin(), 1);
  const std::optional<Error> error = outcome(ComponentBuilder().section(typeSection, type).take());
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind, ErrorKind::Limit);
}

/// Types that each consist of the one before, twice or once.
std::vector<uint8_t> chain(uint32_t count, bool twice) {
  ByteWriter types;
  types.writeUnsigned(count + 1);
  types.writeByte(0x7d);
  for (uint32_t i = 0; i < count; ++i) {
    types.writeByte(0x6f);
    types.writeByte(twice ? 2 : 1);
    types.writeSigned(i);
    if (twice)
      types.writeSigned(i);
  }
  return ComponentBuilder().section(typeSection, types.written()).take();
}

TEST(ComponentLimits, ALongChainOfTypesIsRefused) {
  EXPECT_FALSE(outcome(chain(50, false)));
  const std::optional<Error> error = outcome(chain(100'000, false));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind, ErrorKind::Limit);
}

TEST(ComponentLimits, ATypeThatDoublesIsRefused) {
  EXPECT_FALSE(outcome(chain(10, true)));
  const std::optional<Error> error = outcome(chain(40, true));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind, ErrorKind::Limit);
}

TEST(ComponentLimits, InstantiatingALargeComponentVeryOftenIsRefused) {
  // A component that imports and exports a tuple of 1000 types, instantiated in instances of
  // instances: each level doubles what is there.
  std::vector<uint8_t> inner = nested(0);
  for (int level = 0; level < 25; ++level) {
    ComponentBuilder outer;
    outer.section(componentSection, inner);
    outer.section(instanceSection, {2, 0, 0, 0, 0, 0, 0});
    // Both instances are exported as "a" and "b".
    outer.section(11, {2, 0, 1, 'a', 5, 0, 0, 0, 1, 'b', 5, 1, 0});
    inner = outer.take();
  }
  const std::optional<Error> error = outcome(inner);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind, ErrorKind::Limit);
}

TEST(ComponentLimits, ACountLargerThanTheFileIsRefusedBeforeAnythingIsAllocated) {
  const std::optional<Error> error =
      outcome(ComponentBuilder().section(typeSection, {0xff, 0xff, 0xff, 0xff, 0x0f}).take());
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind, ErrorKind::Malformed);
}

} // namespace
} // namespace w2n::test
