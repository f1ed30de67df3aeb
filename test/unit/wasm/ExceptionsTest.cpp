// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Exceptions in modules: what is malformed, what is invalid, what is accepted.
#include "lib/wasm/Limits.h"
#include "test/unit/wasm/ModuleBuilder.h"

#include <gtest/gtest.h>

namespace w2n::test {
namespace {

using enum SectionId;

/// Tag 0 carries an i32. Type 0 is that of the function and of nothing, type 1 of the tag, type 2
/// gives an i32 and a reference to an exception that is not null.
ByteVector moduleWith(const ByteVector &code) {
  return join(
      header,
      section(Type,
              {{0x60, 0x00, 0x00}, {0x60, 0x01, 0x7f, 0x00}, {0x60, 0x00, 0x02, 0x7f, 0x64, 0x69}}),
      section(Function, {{0}}), section(Tag, {{0x00, 0x01}}),
      section(Code, {sized(join(0, code, 0x0b))}));
}

struct Case {
  const char *what;
  ByteVector code;
  const char *text; ///< null if it is valid
};

TEST(Exceptions, BodiesAreRefusedOrAccepted) {
  const Case cases[] = {
      {"throw", {0x41, 0, 0x08, 0}, nullptr},
      {"what follows throw is unreachable", {0x41, 0, 0x08, 0, 0x1a}, nullptr},
      {"throw without its operand",
       {0x08, 0},
       "type mismatch: throw expects i32, found an empty stack"},
      {"throw of no tag", {0x08, 1}, "unknown tag 1"},
      {"throw_ref of a null", {0xd0, 0x69, 0x0a}, nullptr},
      {"throw_ref of the null that is nothing else", {0xd0, 0x74, 0x0a}, nullptr},
      {"throw_ref of a function",
       {0xd0, 0x70, 0x0a},
       "type mismatch: throw_ref expects exnref, found funcref"},
      {"try_table that catches all", {0x02, 0x40, 0x1f, 0x40, 1, 2, 0, 0x0b, 0x0b}, nullptr},
      {"try_table that catches a tag with its reference",
       {0x02, 2, 0x1f, 0x40, 1, 1, 0, 0, 0x0b, 0x00, 0x0b, 0x1a, 0x1a},
       nullptr},
      {"a clause that gives too little",
       {0x02, 2, 0x1f, 0x40, 1, 0, 0, 0, 0x0b, 0x00, 0x0b, 0x1a, 0x1a},
       "type mismatch: a catch clause gives [i32], its label expects [i32 (ref exn)]"},
      {"a clause of no tag", {0x1f, 0x40, 1, 0, 5, 0, 0x0b}, "unknown tag 5"},
      {"a clause to no label", {0x1f, 0x40, 1, 2, 1, 0x0b}, "unknown label 1"},
      {"a clause of no kind", {0x1f, 0x40, 1, 4, 0, 0x0b}, "malformed catch clause 4"},
      {"try, catch, catch_all", {0x06, 0x40, 0x07, 0, 0x1a, 0x07, 0, 0x1a, 0x19, 0x0b}, nullptr},
      {"try without clauses", {0x06, 0x40, 0x0b}, nullptr},
      {"catch after catch_all",
       {0x06, 0x40, 0x19, 0x07, 0, 0x0b},
       "END opcode expected: catch without try"},
      {"catch_all of a block",
       {0x02, 0x40, 0x19, 0x0b},
       "END opcode expected: catch_all without try"},
      {"rethrow", {0x06, 0x40, 0x19, 0x02, 0x40, 0x09, 1, 0x0b, 0x0b}, nullptr},
      {"rethrow in the body", {0x06, 0x40, 0x09, 0, 0x19, 0x0b}, "invalid rethrow label 0"},
      {"delegate to the caller", {0x06, 0x40, 0x18, 0}, nullptr},
      {"delegate to nobody", {0x06, 0x40, 0x18, 1}, "unknown label 1"},
      {"delegate after catch",
       {0x06, 0x40, 0x19, 0x18, 0},
       "END opcode expected: delegate without try"},
  };
  for (const Case &each : cases) {
    const ByteVector bytes = moduleWith(each.code);
    auto module = wasm::decodeModule(bytes);
    ASSERT_TRUE(module) << each.what << ": " << module.error().text;
    const auto status = wasm::validateModule(*module);
    if (!each.text)
      EXPECT_TRUE(status) << each.what << ": " << status.error().text;
    else if (status)
      ADD_FAILURE() << each.what;
    else
      EXPECT_EQ(status.error().text, std::string(each.text) + " (function 0)") << each.what;
  }
}

TEST(Exceptions, TagsHaveFunctionTypesWithoutResults) {
  const ByteVector types = section(Type, {{0x60, 0x00, 0x01, 0x7f}});
  const struct {
    ByteVector tag;
    const char *text;
  } cases[] = {
      {{0x01, 0x00}, "malformed tag attribute (in the tag section)"},
      {{0x00, 0x01}, "unknown type 1 (in the tag section)"},
      {{0x00, 0x00}, "non-empty tag result type: tag 0 has type [] -> [i32] (in the tag section)"}};
  for (const auto &each : cases) {
    const auto module = load(join(header, types, section(Tag, {each.tag})));
    ASSERT_FALSE(module) << each.text;
    EXPECT_EQ(module.error().text, each.text);
  }
}

TEST(Exceptions, NestAsDeepAsABodyIsLong) {
  const size_t depth = 500'000;
  const auto tries =
      load(moduleWith(join(repeat({0x06, 0x40}, depth), repeat({0x19, 0x0b}, depth))));
  EXPECT_TRUE(tries) << tries.error().text;
  const auto tables =
      load(moduleWith(join(repeat({0x1f, 0x40, 1, 2, 0}, depth), repeat({0x0b}, depth))));
  EXPECT_TRUE(tables) << tables.error().text;
}

TEST(Exceptions, ClausesAreLimited) {
  const auto module = load(moduleWith(join(0x1f, 0x40, unsignedLeb(wasm::limits::catchClauses + 1),
                                           repeat({2, 0}, wasm::limits::catchClauses + 1), 0x0b)));
  ASSERT_FALSE(module);
  EXPECT_EQ(module.error().kind, ErrorKind::Limit);
}

} // namespace
} // namespace w2n::test
