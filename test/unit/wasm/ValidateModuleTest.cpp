// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Errors that make a module invalid outside of function bodies, and the words for them.
#include "test/unit/wasm/ModuleBuilder.h"

#include <gtest/gtest.h>

namespace w2n::test {
namespace {

using enum SectionId;

struct Case {
  const char *what;
  ByteVector sections;
  const char *text;
  uint64_t offset = Error::noOffset;
};

void expectInvalid(const Case &each) {
  const ByteVector bytes = join(header, each.sections);
  auto module = wasm::decodeModule(bytes);
  ASSERT_TRUE(module) << each.what << ": " << module.error().text;
  const auto status = wasm::validateModule(*module);
  ASSERT_FALSE(status) << each.what;
  EXPECT_EQ(status.error().kind, ErrorKind::Invalid) << each.what;
  EXPECT_EQ(status.error().text, each.text) << each.what;
  EXPECT_EQ(status.error().offset, each.offset) << each.what;
}

/// A global of type i32 with this initial value, which begins at offset 13.
ByteVector i32Global(const ByteVector &init) {
  return section(Global, {join(0x7f, 0, init, 0x0b)});
}

TEST(ValidateModule, RefusesIndicesOfNothing) {
  const ByteVector a = name("a"), noBodies = section(Type, {{0x60, 0x00, 0x00}});
  const Case cases[] = {
      {"type of an import", section(Import, {join(a, a, 0, 1)}), "unknown type 1"},
      {"type of a function", join(section(Function, {{7}}), section(Code, {body({})})),
       "unknown type 7"},
      {"exported function", section(Export, {join(a, 0, 3)}),
       "unknown function 3 (in the export section)", 10},
      {"exported table", section(Export, {join(a, 1, 0)}),
       "unknown table 0 (in the export section)", 10},
      {"exported memory", section(Export, {join(a, 2, 0)}),
       "unknown memory 0 (in the export section)", 10},
      {"exported global", section(Export, {join(a, 3, 0)}),
       "unknown global 0 (in the export section)", 10},
      {"start function", section(Start, ByteVector{0}), "unknown function 0 (in the start section)",
       10},
      {"function of a segment", section(Element, {{1, 0, 1, 9}}), "unknown function 9", 11},
      {"table of a segment", section(Element, {{0, 0x41, 0, 0x0b, 0}}), "unknown table 0", 11},
      {"memory of a segment", section(Data, {{2, 1, 0x41, 0, 0x0b, 0}}), "unknown memory 1", 11},
      {"function of an initial value", section(Global, {{0x70, 0, 0xd2, 5, 0x0b}}),
       "unknown function 5", 13},
      {"global of an initial value", i32Global({0x23, 1}), "unknown global 1", 13},
      {"global that comes later", i32Global({0x23, 0}), "unknown global 0", 13},
  };
  for (const Case &each : cases)
    expectInvalid(each);
}

TEST(ValidateModule, RefusesSizesThatCannotBe) {
  const ByteVector pages65537 = unsignedLeb(65537), over32Bits = unsignedLeb(1ull << 32);
  const char *const memory = "memory size must be at most 65536 pages: memory 0";
  const char *const table = "table size must be at most 2^32-1 elements: table 0";
  const std::string order = "size minimum must not be greater than maximum: ";
  const std::string memoryOrder = order + "memory 0", tableOrder = order + "table 0";
  const ByteVector over48Bits = unsignedLeb((1ull << 48) + 1);
  const Case cases[] = {
      {"memory", section(Memory, {join(0, pages65537)}), memory},
      {"memory's maximum", section(Memory, {join(1, 0, pages65537)}), memory},
      {"memory of 64 bits", section(Memory, {join(0, unsignedLeb(UINT64_MAX))}), memory},
      {"shared memory without a maximum", section(Memory, {{2, 1}}),
       "shared memory must have maximum: memory 0"},
      {"memory that shrinks", section(Memory, {{1, 2, 1}}), memoryOrder.c_str()},
      {"imported memory", section(Import, {join(name("a"), name("b"), 2, 0, pages65537)}), memory},
      {"table", section(Table, {join(0x70, 0, over32Bits)}), table},
      {"table's maximum", section(Table, {join(0x70, 1, 0, over32Bits)}), table},
      {"table that shrinks", section(Table, {{0x6f, 1, 2, 1}}), tableOrder.c_str()},
      {"64-bit memory", section(Memory, {join(4, over48Bits)}),
       "memory size must be at most 281474976710656 pages: memory 0"},
      {"64-bit memory that shrinks", section(Memory, {{5, 2, 1}}), memoryOrder.c_str()},
      {"64-bit table that shrinks", section(Table, {{0x6f, 5, 2, 1}}), tableOrder.c_str()},
      {"memory of pages of a byte", section(Memory, {join(8, over32Bits, 0)}),
       "memory size must be at most 4294967295 pages: memory 0"},
      {"pages of two bytes", section(Memory, {{8, 1, 1}}),
       "invalid custom page size: memory 0 has pages of 2^1 bytes, must be 1 or 65536"},
  };
  for (const Case &each : cases)
    expectInvalid(each);
}

TEST(ValidateModule, RefusesExpressionsThatAreNotConstant) {
  const ByteVector mutableGlobal =
      section(Import, {join(name("a"), name("b"), 3, ByteVector{0x7f, 0x01})});
  const ByteVector table = section(Table, {{0x70, 0, 1}}), memory = section(Memory, {{0, 1}});
  const ByteVector toExternrefs = section(Table, {{0x6f, 0, 1}});
  const Case cases[] = {
      {"nothing", i32Global({}), "type mismatch: constant expression gives [], expected [i32]", 13},
      {"too much", i32Global({0x41, 0, 0x41, 0}),
       "type mismatch: constant expression gives [i32 i32], expected [i32]", 13},
      {"another type", i32Global({0x42, 0}),
       "type mismatch: constant expression gives [i64], expected [i32]", 13},
      {"an addition of one", i32Global({0x41, 0, 0x6a}), "type mismatch: i32.add needs two i32",
       15},
      {"an addition of another type", i32Global({0x41, 0, 0x42, 0, 0x6a}),
       "type mismatch: i32.add needs two i32", 17},
      {"a division", i32Global({0x41, 8, 0x41, 2, 0x6d}),
       "constant expression required: i32.div_s is not constant", 17},
      {"a block", i32Global({0x02, 0x7f, 0x41, 0, 0x0b}),
       "constant expression required: block is not constant", 13},
      {"unreachable", i32Global({0x00}),
       "constant expression required: unreachable is not constant", 13},
      {"a mutable global", join(mutableGlobal, i32Global({0x23, 0})),
       "constant expression required: global 0 is mutable", 23},
      {"a table's null of another type", section(Table, {{0x40, 0, 0x70, 0, 1, 0xd0, 0x6f, 0x0b}}),
       "type mismatch: constant expression gives [externref], expected [funcref]", 16},
      {"a segment's offset of another type", join(memory, section(Data, {{0, 0x42, 0, 0x0b, 0}})),
       "type mismatch: constant expression gives [i64], expected [i32]", 17},
      {"a segment of another type", join(toExternrefs, section(Element, {{0, 0x41, 0, 0x0b, 0}})),
       "type mismatch: segment of (ref func) for a table of externref", 17},
      {"an element of another type",
       join(table, section(Element, {{5, 0x70, 1, 0xd0, 0x6f, 0x0b}})),
       "type mismatch: constant expression gives [externref], expected [funcref]", 20},
  };
  for (const Case &each : cases)
    expectInvalid(each);
}

TEST(ValidateModule, RefusesExportsAndStartFunctionsOfTheWrongKind) {
  const ByteVector a = join(name("a"), 2, 0), empty = join(name(""), 2, 0);
  const ByteVector memory = section(Memory, {{0, 0}}), types = section(Type, {{0x60, 1, 0x7f, 0}});
  const Case cases[] = {
      {"same name", join(memory, section(Export, {a, a})),
       "duplicate export name 'a' (in the export section)", 15},
      {"same empty name", join(memory, section(Export, {empty, empty})),
       "duplicate export name '' (in the export section)", 15},
      {"start function with a parameter",
       join(types, section(Import, {join(name("a"), name("b"), 0, 0)}),
            section(Start, ByteVector{0})),
       "start function must have type [] -> [], found [i32] -> [] (in the start section)", 26},
  };
  for (const Case &each : cases)
    expectInvalid(each);
}

TEST(ValidateModule, WantsTheDataCountBeforeBodiesThatUseIt) {
  // data.drop 0; the data section itself comes too late to tell whether there is a segment 0.
  const ByteVector bytes =
      join(header, section(Type, {{0x60, 0, 0}}), section(Function, {{0}}),
           section(Code, {body({0xfc, 9, 0})}), section(Data, {join(1, name("x"))}));
  const auto module = load(bytes);
  ASSERT_FALSE(module);
  EXPECT_EQ(module.error().kind, ErrorKind::Malformed);
  EXPECT_EQ(module.error().text, "data count section required (function 0)");
}

TEST(ValidateModule, AcceptsTheLargestSizesAndExtendedConstants) {
  const ByteVector cases[] = {
      section(Memory, {join(1, unsignedLeb(65536), unsignedLeb(65536))}),
      section(Table, {join(0x70, 1, 0, unsignedLeb(UINT32_MAX))}),
      // 2 * (3 - 4), the value of a global that comes before.
      section(Global,
              {{0x7f, 0, 0x41, 2, 0x41, 3, 0x41, 4, 0x6b, 0x6c, 0x0b}, {0x7f, 0, 0x23, 0, 0x0b}}),
      // Names that differ in more than meets the eye.
      join(section(Memory, {{0, 0}}),
           section(Export, {join(name("a"), 2, 0), join(name({"a\0", 2}), 2, 0)})),
  };
  for (const ByteVector &sections : cases) {
    const auto module = load(join(header, sections));
    EXPECT_TRUE(module) << module.error().text;
  }
}

} // namespace
} // namespace w2n::test
