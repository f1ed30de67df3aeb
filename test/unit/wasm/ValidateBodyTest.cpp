// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Function bodies: what the validation algorithm refuses, with which words and where, and what it
// must accept, unreachable code above all.
#include "test/unit/wasm/ModuleBuilder.h"

#include <gtest/gtest.h>

namespace w2n::test {
namespace {

using enum SectionId;

// The types that a body under test can have.
enum TypeIndex : uint8_t { None, ToI32, I32ToI32, Two, ToI32I64 };

/// Function 1, named "it", has the given type, a local of type f32 after its parameters, and `code`
/// as its body. Around it: functions 0 (imported, I32ToI32) and 2 (None, never referred to), tables
/// 0 of funcref and 1 of externref, memory 0, globals 0 (i32) and 1 (mutable i64), one passive
/// segment each.
ByteVector moduleWith(TypeIndex type, const ByteVector &code) {
  return join(header,
              section(Type, {{0x60, 0x00, 0x00},
                             {0x60, 0x00, 0x01, 0x7f},
                             {0x60, 0x01, 0x7f, 0x01, 0x7f},
                             {0x60, 0x02, 0x7f, 0x7e, 0x02, 0x7e, 0x7f},
                             {0x60, 0x00, 0x02, 0x7f, 0x7e}}),
              section(Import, {join(name("env"), name("f"), 0, int(I32ToI32))}),
              section(Function, {{type}, {None}}), section(Table, {{0x70, 0, 1}, {0x6f, 0, 1}}),
              section(Memory, {{0, 1}}),
              section(Global, {{0x7f, 0, 0x41, 0, 0x0b}, {0x7e, 1, 0x42, 0, 0x0b}}),
              section(Element, {join(1, 0, vectorOf({{0}}))}), section(DataCount, unsignedLeb(1)),
              section(Code, {sized(join(ByteVector{1, 1, 0x7d}, code)), body({})}),
              section(Data, {join(1, name("x"))}),
              customSection("name", join(1, sized(vectorOf({join(1, name("it"))})))));
}

struct Case {
  const char *what;
  TypeIndex type;
  ByteVector code;
  size_t at; // offset in the code
  const char *text;
};

/// `prefix` begins the text of every error in a table.
void expectError(const Case &each, ErrorKind kind, const std::string &prefix = {}) {
  const ByteVector bytes = moduleWith(each.type, each.code);
  auto module = wasm::decodeModule(bytes);
  ASSERT_TRUE(module) << each.what << ": " << module.error().text;
  const auto status = wasm::validateModule(*module);
  ASSERT_FALSE(status) << each.what;
  EXPECT_EQ(status.error().kind, kind) << each.what;
  EXPECT_EQ(status.error().text, prefix + each.text + " (function 1 ($it))") << each.what;
  EXPECT_EQ(status.error().offset - module->functions[1].codeOffset, each.at) << each.what;
}

TEST(ValidateBody, RefusesOperandsOfOtherTypes) {
  const Case cases[] = {
      {"nothing for a result", ToI32, join(0x0b), 0, "end expects i32, found an empty stack"},
      {"i64 for i32", ToI32, join(0x42, 0, 0x0b), 2, "end expects i32, found i64"},
      {"one too many", None, join(0x41, 0, 0x0b), 2,
       "end expects 0 results, found 1 more operands"},
      {"i32.add of one", ToI32, join(0x41, 0, 0x6a, 0x0b), 2,
       "i32.add expects i32, found an empty stack"},
      {"i32.add of f32", ToI32, join(0x41, 0, 0x20, 0, 0x6a, 0x0b), 4,
       "i32.add expects i32, found f32"},
      {"drop of nothing", None, join(0x1a, 0x0b), 0,
       "drop expects an operand, found an empty stack"},
      {"operands of the outer block", ToI32, join(0x41, 0, 0x02, 0x40, 0x1a, 0x0b, 0x0b), 4,
       "drop expects an operand, found an empty stack"},
      {"operand left in a block", None, join(0x02, 0x40, 0x41, 0, 0x0b, 0x0b), 4,
       "end expects 0 results, found 1 more operands"},
      {"if on i64", None, join(0x42, 0, 0x04, 0x40, 0x0b, 0x0b), 2, "if expects i32, found i64"},
      {"if with a result and no else", ToI32, join(0x41, 0, 0x04, 0x7f, 0x41, 0, 0x0b, 0x0b), 6,
       "if without else has type [] -> [i32]"},
      {"else of another type", ToI32, join(0x41, 0, 0x04, 0x7f, 0x41, 0, 0x05, 0x42, 0, 0x0b, 0x0b),
       9, "end expects i32, found i64"},
      {"block with parameters", None, join(0x02, I32ToI32, 0x1a, 0x41, 0, 0x0b, 0x1a, 0x0b), 0,
       "block expects i32, found an empty stack"},
      {"br without its value", ToI32, join(0x0c, 0, 0x0b), 0,
       "br expects i32, found an empty stack"},
      {"br_if of f32", None, join(0x20, 0, 0x0d, 0, 0x0b), 2, "br_if expects i32, found f32"},
      {"return of i64", ToI32, join(0x42, 0, 0x0f, 0x0b), 2, "return expects i32, found i64"},
      {"call without its argument", None, join(0x10, 0, 0x1a, 0x0b), 0,
       "call expects i32, found an empty stack"},
      {"call_indirect of externrefs", None, join(0x41, 0, 0x11, None, 1, 0x0b), 2,
       "call_indirect expects a table of funcref, found externref"},
      {"local.set of another type", None, join(0x41, 0, 0x21, 0, 0x0b), 2,
       "local.set expects f32, found i32"},
      {"local.tee of nothing", None, join(0x22, 0, 0x1a, 0x0b), 0,
       "local.tee expects f32, found an empty stack"},
      {"global.set of another type", None, join(0x41, 0, 0x24, 1, 0x0b), 2,
       "global.set expects i64, found i32"},
      {"select of two types", None, join(0x41, 0, 0x42, 0, 0x41, 0, 0x1b, 0x1a, 0x0b), 6,
       "select expects i32, found i64"},
      {"select of references", None, join(0xd0, 0x70, 0xd0, 0x70, 0x41, 0, 0x1b, 0x1a, 0x0b), 6,
       "select expects numbers (references need a type), found funcref"},
      {"return_call of a function with other results", ToI32, join(0x12, 2, 0x0b), 0,
       "return_call expects a callee that returns [i32], found [] -> []"},
      {"call_ref of any function", None, join(0xd0, 0x70, 0x14, None, 0x0b), 2,
       "call_ref expects (ref null 0), found funcref"},
      {"ref.as_non_null of i32", None, join(0x41, 0, 0xd4, 0x1a, 0x0b), 2,
       "ref.as_non_null expects a reference, found i32"},
      {"br_on_non_null to a label without a reference", None, join(0xd0, 0x70, 0xd6, 0, 0x0b), 2,
       "br_on_non_null's label takes no reference"},
      {"ref.is_null of i32", None, join(0x41, 0, 0xd1, 0x1a, 0x0b), 2,
       "ref.is_null expects a reference, found i32"},
      {"table.set of externref", None, join(0x41, 0, 0xd0, 0x6f, 0x26, 0, 0x0b), 4,
       "table.set expects funcref, found externref"},
      {"table.copy between types", None, join(0xfc, 14, 0, 1, 0x0b), 0,
       "table.copy expects a table of funcref, found externref"},
      {"table.init of another type", None, join(0xfc, 12, 0, 1, 0x0b), 0,
       "table.init expects a segment of externref, found (ref func)"},
      {"memory.grow by i64", None, join(0x42, 0, 0x40, 0, 0x1a, 0x0b), 2,
       "memory.grow expects i32, found i64"},
      {"store without its value", None, join(0x41, 0, 0x36, 2, 0, 0x0b), 2,
       "i32.store expects i32, found an empty stack"},
      {"br_table with labels of two arities", None,
       join(0x02, 0x7f, 0x41, 0, 0x41, 0, 0x0e, 1, 0, 1, 0x0b, 0x1a, 0x0b), 6,
       "br_table's labels have 0 and 1 operands"},
      {"br_table with labels of two types", ToI32,
       join(0x02, 0x7e, 0x41, 0, 0x41, 0, 0x0e, 1, 0, 1, 0x0b, 0x1a, 0x41, 0, 0x0b), 6,
       "br_table expects i64, found i32"},
      {"i64 in unreachable code", ToI32, join(0x00, 0x42, 0, 0x0b), 3,
       "end expects i32, found i64"},
      {"one too many in unreachable code", None, join(0x00, 0x41, 0, 0x0b), 3,
       "end expects 0 results, found 1 more operands"},
      {"reachable again after the block", ToI32, join(0x02, 0x40, 0x00, 0x0b, 0x0b), 4,
       "end expects i32, found an empty stack"},
  };
  for (const Case &each : cases)
    expectError(each, ErrorKind::Invalid, "type mismatch: ");
}

TEST(ValidateBody, RefusesWhatIsNotThere) {
  const Case cases[] = {
      {"local", None, join(0x20, 1, 0x1a, 0x0b), 0, "unknown local 1"},
      {"local beside parameters", Two, join(0x20, 3, 0x1a, 0x0b), 0, "unknown local 3"},
      {"global", None, join(0x23, 2, 0x1a, 0x0b), 0, "unknown global 2"},
      {"immutable global", None, join(0x41, 0, 0x24, 0, 0x0b), 2,
       "immutable global 0 cannot be set"},
      {"function", None, join(0x10, 3, 0x0b), 0, "unknown function 3"},
      {"function of ref.func", None, join(0xd2, 3, 0x1a, 0x0b), 0, "unknown function 3"},
      {"undeclared function", None, join(0xd2, 2, 0x1a, 0x0b), 0,
       "undeclared function reference 2"},
      {"label", None, join(0x0c, 1, 0x0b), 0, "unknown label 1"},
      {"label after its block", None, join(0x02, 0x40, 0x0b, 0x0c, 0xff, 0x01, 0x0b), 3,
       "unknown label 255"},
      {"label of br_table", None, join(0x41, 0, 0x0e, 1, 1, 0, 0x0b), 2, "unknown label 1"},
      {"default label of br_table", None, join(0x41, 0, 0x0e, 0, 1, 0x0b), 2, "unknown label 1"},
      {"type of a block", None, join(0x02, 5, 0x0b, 0x0b), 0, "unknown type 5"},
      {"type of call_indirect", None, join(0x41, 0, 0x11, 5, 0, 0x0b), 2, "unknown type 5"},
      {"table of call_indirect", None, join(0x41, 0, 0x11, 0, 2, 0x0b), 2, "unknown table 2"},
      {"table", None, join(0xfc, 16, 2, 0x1a, 0x0b), 0, "unknown table 2"},
      {"memory of a load", None, join(0x41, 0, 0x28, 0x42, 1, 0, 0x1a, 0x0b), 2,
       "unknown memory 1"},
      {"memory", None, join(0x3f, 1, 0x1a, 0x0b), 0, "unknown memory 1"},
      {"data segment", None, join(0xfc, 9, 1, 0x0b), 0, "unknown data segment 1"},
      {"element segment", None, join(0xfc, 13, 1, 0x0b), 0, "unknown elem segment 1"},
      {"alignment", None, join(0x41, 0, 0x28, 3, 0, 0x1a, 0x0b), 2,
       "alignment must not be larger than natural"},
      {"alignment of 2^32 bytes", None, join(0x41, 0, 0x2c, 32, 0, 0x1a, 0x0b), 2,
       "alignment must not be larger than natural"},
      {"smaller alignment of an atomic load", None, join(0x41, 0, 0xfe, 0x10, 1, 0, 0x1a, 0x0b), 2,
       "atomic alignment must be natural"},
      {"larger alignment of an atomic load", None, join(0x41, 0, 0xfe, 0x10, 3, 0, 0x1a, 0x0b), 2,
       "alignment must not be larger than natural"},
      {"offset of 2^32", None, join(0x41, 0, 0x28, 2, 0x80, 0x80, 0x80, 0x80, 0x10, 0x1a, 0x0b), 2,
       "offset out of range: 4294967296"},
      {"select with two types", None, join(0x00, 0x1c, 2, 0x7f, 0x7f, 0x1a, 0x0b), 1,
       "invalid result arity: select with 2 types"},
      {"select with no type", None, join(0x00, 0x1c, 0, 0x1a, 0x0b), 1,
       "invalid result arity: select with 0 types"},
  };
  for (const Case &each : cases)
    expectError(each, ErrorKind::Invalid);
}

TEST(ValidateBody, RefusesMalformedInstructions) {
  const Case cases[] = {
      {"no end", None, join(), 0, "unexpected end of section or function"},
      {"no end of a block", None, join(0x02, 0x40, 0x0b), 3,
       "unexpected end of section or function"},
      {"code after the end", None, join(0x0b, 0x01, 0x0b), 1,
       "END opcode expected: bytes left after the body"},
      {"else without if", None, join(0x05, 0x0b), 0, "END opcode expected: else without if"},
      {"second else", None, join(0x41, 0, 0x04, 0x40, 0x05, 0x05, 0x0b, 0x0b), 5,
       "END opcode expected: else without if"},
      {"no opcode", None, join(0x27, 0x0b), 0, "illegal opcode 27"},
      {"no opcode after fc", None, join(0xfc, 18, 0x0b), 0, "illegal opcode fc 12"},
      {"no opcode after fe", None, join(0xfe, 0x4f, 0x0b), 0, "illegal opcode fe 4f"},
      {"fence with an operand", None, join(0xfe, 3, 1, 0x0b), 3, "zero byte expected"},
      {"fc alone", None, join(0xfc), 1, "unexpected end of section or function"},
      {"half a constant", None, join(0x44, 0, 0, 0), 1, "unexpected end of section or function"},
      {"constant too long", None, join(0x41, 0x80, 0x80, 0x80, 0x80, 0x80, 0, 0x1a, 0x0b), 6,
       "integer representation too long"},
      {"br_table longer than the body", None, join(0x41, 0, 0x0e, 0x7f, 0x0b), 4,
       "unexpected end of section or function"},
      {"alignment of 2^7", None, join(0x41, 0, 0x28, 0x80, 0x01, 0, 0x1a, 0x0b), 5,
       "malformed memop flags"},
      {"block of no type", None, join(0x02, 0x41, 0x0b, 0x0b), 2, "malformed value type 0x41"},
      {"empty block type in two bytes", None, join(0x02, 0xc0, 0x7f, 0x0b, 0x0b), 2,
       "malformed value type 0xc0"},
      {"block type i32 in two bytes", None, join(0x02, 0xff, 0x7f, 0x00, 0x0b, 0x1a, 0x0b), 2,
       "malformed value type 0xff"},
      {"ref.null of no type", None, join(0xd0, 0x7f, 0x1a, 0x0b), 2, "malformed heap type 0x7f"},
      {"ref.null func in two bytes", None, join(0xd0, 0xf0, 0x7f, 0x1a, 0x0b), 2,
       "malformed heap type 0xf0"},
  };
  for (const Case &each : cases)
    expectError(each, ErrorKind::Malformed);
}

TEST(ValidateBody, AcceptsWhatTheSpecificationAccepts) {
  const struct {
    const char *what;
    TypeIndex type;
    ByteVector code;
  } cases[] = {
      {"swap", Two, join(0x20, 1, 0x20, 0, 0x0b)},
      {"calls that feed each other", ToI32, join(0x41, 0, 0x10, 0, 0x10, 0, 0x0b)},
      {"loop's label takes parameters", I32ToI32,
       join(0x20, 0, 0x03, I32ToI32, 0x22, 0, 0x20, 0, 0x0d, 0, 0x0b, 0x0b)},
      {"if without else, same type", I32ToI32, join(0x20, 0, 0x20, 0, 0x04, I32ToI32, 0x0b, 0x0b)},
      {"several results of a block", ToI32I64, join(0x02, ToI32I64, 0x41, 0, 0x42, 0, 0x0b, 0x0b)},
      {"br past outer operands", ToI32, join(0x42, 0, 0x41, 0, 0x0c, 0, 0x0b)},
      {"label of the function", ToI32, join(0x41, 0, 0x41, 0, 0x0d, 0, 0x0b)},
      {"typed select of references", None,
       join(0xd0, 0x6f, 0xd0, 0x6f, 0x41, 0, 0x1c, 1, 0x6f, 0x1a, 0x0b)},
      {"ref.func of a segment's function", None, join(0xd2, 0, 0xd1, 0x1a, 0x0b)},
      {"type index in two bytes", None, join(0x02, 0x80, 0x00, 0x0b, 0x0b)},
      {"natural alignment, largest offset", None,
       join(0x41, 0, 0x29, 3, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x1a, 0x0b)},
      // Unreachable code has operands of whatever type is wanted.
      {"unreachable gives results", ToI32I64, join(0x00, 0x0b)},
      {"some operands, then as needed", ToI32I64, join(0x00, 0x42, 0, 0x0b)},
      {"i32.add of nothing", ToI32, join(0x00, 0x6a, 0x0b)},
      {"drop and select of nothing", None, join(0x00, 0x1b, 0x1a, 0x1a, 0x0b)},
      {"select of nothing and i64, then i64.eqz", ToI32,
       join(0x00, 0x42, 0, 0x41, 0, 0x1b, 0x50, 0x0b)},
      {"select of nothing is of any type", ToI32, join(0x00, 0x1b, 0xd1, 0x0b)},
      {"call after br", ToI32, join(0x41, 0, 0x0c, 0, 0x10, 0, 0x0b)},
      {"br_if after return", ToI32, join(0x41, 0, 0x0f, 0x0d, 0, 0x0b)},
      {"br_table after br_table", None, join(0x41, 0, 0x0e, 1, 0, 0, 0x0e, 2, 0, 0, 0, 0x0b)},
      {"br_table, labels of two types", ToI32,
       join(0x02, 0x7e, 0x00, 0x0e, 1, 0, 1, 0x0b, 0x1a, 0x41, 0, 0x0b)},
      {"blocks in unreachable code", ToI32,
       join(0x00, 0x02, I32ToI32, 0x00, 0x0b, 0x04, 0x7f, 0x00, 0x05, 0x00, 0x0b, 0x0b)},
      {"else of an unreachable then", ToI32,
       join(0x41, 0, 0x04, 0x7f, 0x00, 0x05, 0x41, 0, 0x0b, 0x0b)},
  };
  for (const auto &each : cases) {
    const auto module = load(moduleWith(each.type, each.code));
    EXPECT_TRUE(module) << each.what << ": " << module.error().text;
  }
}

} // namespace
} // namespace w2n::test
