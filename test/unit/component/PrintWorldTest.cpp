// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/component/PrintWorld.h"
#include "test/unit/component/Sample.h"

#include <gtest/gtest.h>

namespace w2n::test {
namespace {

TEST(PrintWorld, NamesTypesThatHaveNames) {
  const std::vector<uint8_t> bytes = sampleComponent();
  auto decoded = component::decodeComponent(bytes);
  ASSERT_TRUE(decoded);
  component::Types types;
  const auto type = component::validateComponent(*decoded, types);
  ASSERT_TRUE(type);
  const std::string world = printWorld(types, *type);
  for (const char *line :
       {"import a:b/store@1.2.0: interface {", "    resource bucket;",
        "[method]bucket.get: func(self: borrow<bucket>, key: string) -> option<list<u8>>;",
        "  enum color { red, green }",
        "import paint: func(c: color, n: tuple<u8, f64, char>) -> result<u64, string>;",
        "export greet: func(who: string) -> string;"})
    EXPECT_NE(world.find(line), std::string::npos) << line << " is not in\n" << world;
}

TEST(PrintWorld, EndsWhereItIsTooLong) {
  const std::vector<uint8_t> bytes = sampleComponent();
  auto decoded = component::decodeComponent(bytes);
  component::Types types;
  const auto type = component::validateComponent(*decoded, types);
  EXPECT_LT(printWorld(types, *type, 50).size(), 400u);
}

} // namespace
} // namespace w2n::test
