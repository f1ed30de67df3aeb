// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Validation of structures, arrays, casts and conversions, in bodies and in constant expressions.
#include "lib/wasm/Module.h"
#include "test/unit/wasm/ModuleBuilder.h"

#include <gtest/gtest.h>

namespace w2n::test {
namespace {

using enum SectionId;

constexpr int i32 = 0x7f, i64 = 0x7e, anyref = 0x6e, eqref = 0x6d, structref = 0x6b;
constexpr int any = 0x6e, eq = 0x6d, i31 = 0x6c, externHeap = 0x6f;
constexpr int end = 0x0b, unreachable = 0x00, drop = 0x1a, i32Const = 0x41, refNull = 0xd0;

/// The types of the module, by index.
enum TypeIndex : int { Nothing, Point, Numbers, Bytes, Strict, ColorPoint, References };

/// A module of these types with one function of type `Nothing`, whose body `code` ends with `end`.
ByteVector moduleWith(const ByteVector &code) {
  return join(header,
              section(Type, {{0x60, 0, 0},
                             {0x50, 0, 0x5f, 2, i32, 1, 0x78, 0}, // Point: mutable i32, constant i8
                             {0x5e, i32, 1},                      // Numbers: mutable i32
                             {0x5e, 0x78, 0},                     // Bytes: constant i8
                             {0x5f, 1, 0x64, any, 0},             // Strict: (ref any)
                             {0x50, 1, Point, 0x5f, 3, i32, 1, 0x78, 0, i64, 0},
                             {0x5e, anyref, 1}}), // References
              section(Function, {{Nothing}}), section(Element, {join(1, 0, vectorOf({{0}}))}),
              section(DataCount, unsignedLeb(1)), section(Code, {body(code)}),
              section(Data, {join(1, name("x"))}));
}

Status validate(const ByteVector &code) {
  const ByteVector bytes = moduleWith(code);
  W2N_TRY(module, wasm::decodeModule(bytes));
  return wasm::validateModule(module);
}

TEST(Aggregates, AreAccepted) {
  const ByteVector cases[] = {
      // Structures and their fields.
      {i32Const, 1, i32Const, 2, 0xfb, 0, Point, drop},
      {0xfb, 1, Point, 0xfb, 2, Point, 0, drop},
      {0xfb, 1, Point, 0xfb, 3, Point, 1, drop},
      {0xfb, 1, ColorPoint, 0xfb, 4, Point, 1, drop},
      {0xfb, 1, ColorPoint, i32Const, 5, 0xfb, 5, Point, 0},
      {i32Const, 1, 0xfb, 0x1c, 0xfb, 0, Strict, drop},
      // Arrays.
      {i32Const, 1, i32Const, 2, 0xfb, 6, Numbers, drop},
      {i32Const, 1, i32Const, 2, 0xfb, 8, Bytes, 2, i32Const, 0, 0xfb, 0x0c, Bytes, drop},
      {i32Const, 0, i32Const, 1, 0xfb, 9, Bytes, 0, 0xfb, 0x0f, drop},
      {i32Const, 9, 0xfb, 7, Numbers, i32Const, 0, i32Const, 1, 0xfb, 0x0e, Numbers},
      // Casts, with branches and without.
      {0xfb, 1, ColorPoint, 0xfb, 0x16, Point, 0xfb, 0x17, ColorPoint, drop},
      {refNull, any, 0xfb, 0x14, i31, drop},
      {0x02, 0x63, Point, refNull, any, 0xfb, 0x18, 3, 0, any, Point, drop, 0xfb, 1, Point, end,
       drop},
      {0x02, anyref, refNull, any, 0xfb, 0x19, 3, 0, any, Point, end, drop},
      // Between hierarchies.
      {refNull, any, 0xfb, 0x1b, 0xfb, 0x1a, drop},
      {refNull, eq, refNull, i31, 0xd3, drop},
      // Whatever is needed is there after what never ends.
      {unreachable, 0xfb, 0, Point, drop},
      {unreachable, 0xfb, 8, Numbers, 0x90, 0x4e, drop},
      {unreachable, 0xfb, 0x1a, drop},
  };
  for (size_t i = 0; i < std::size(cases); ++i) {
    const Status status = validate(cases[i]);
    EXPECT_TRUE(status) << "case " << i << ": " << status.error().text;
  }
}

TEST(Aggregates, AreRefused) {
  const struct {
    ByteVector code;
    const char *text;
  } cases[] = {
      {{0xfb, 1, Numbers, drop}, "type mismatch: type 2 is not a structure type"},
      {{0xfb, 1, Strict, drop}, "type mismatch: type 4 has a field without a default"},
      {{0xfb, 1, 9, drop}, "unknown type 9"},
      {{0xfb, 1, Point, 0xfb, 2, Point, 2, drop}, "unknown field 2 of type 1"},
      {{0xfb, 1, Point, 0xfb, 2, Point, 1, drop}, "type mismatch: struct.get of a packed field"},
      {{0xfb, 1, Point, 0xfb, 3, Point, 0, drop},
       "type mismatch: struct.get_s of a field that is not packed"},
      {{0xfb, 1, Point, i32Const, 1, 0xfb, 5, Point, 1}, "immutable field 1 of type 1"},
      {{0xfb, 1, Point, 0xfb, 2, ColorPoint, 0, drop},
       "type mismatch: struct.get expects (ref null 5), found (ref 1)"},
      {{i32Const, 1, 0xfb, 7, Bytes, i32Const, 0, i32Const, 1, 0xfb, 0x0e, Bytes},
       "immutable array: the elements of type 3 cannot be set"},
      {{i32Const, 0, i32Const, 1, 0xfb, 9, References, 0, drop},
       "array type is not numeric or vector: type 6"},
      {{i32Const, 0, i32Const, 1, 0xfb, 9, Bytes, 1, drop}, "unknown data segment 1"},
      {{i32Const, 0, i32Const, 1, 0xfb, 0x0a, References, 0, drop},
       "type mismatch: array.new_elem expects a segment of anyref, found (ref func)"},
      {{i32Const, 0, i32Const, 1, 0xfb, 0x0a, References, 1, drop}, "unknown elem segment 1"},
      {{i32Const, 1,     0xfb,     7, Numbers,  i32Const, 0,    i32Const, 1,       0xfb,
        7,        Bytes, i32Const, 0, i32Const, 1,        0xfb, 0x11,     Numbers, Bytes},
       "array types do not match: 3 and 2"},
      {{refNull, externHeap, 0xfb, 0x14, any, drop},
       "type mismatch: ref.test expects anyref, found externref"},
      {{refNull, any, 0xfb, 0x16, 9, drop}, "unknown type 9"},
      {{0x02, structref, refNull, any, 0xfb, 0x18, 3, 0, eq, any, drop, refNull, 0x6b, end, drop},
       "type mismatch: br_on_cast expects a subtype of eqref, found anyref"},
      {{0x02, eqref, refNull, any, 0xfb, 0x19, 3, 0, any, Point, end, drop},
       "type mismatch: br_on_cast_fail expects a label for (ref any), found eqref"},
      {{refNull, any, refNull, eq, 0xd3, drop},
       "type mismatch: ref.eq expects eqref, found anyref"},
      {{refNull, any, 0xfb, 0x1a, drop},
       "type mismatch: any.convert_extern expects externref, found anyref"},
  };
  for (const auto &each : cases) {
    const Status status = validate(each.code);
    ASSERT_FALSE(status) << each.text;
    EXPECT_EQ(status.error().kind, ErrorKind::Invalid) << each.text;
    EXPECT_TRUE(status.error().text.starts_with(each.text)) << status.error().text;
  }
}

TEST(Aggregates, HaveLimits) {
  const Status status = validate({unreachable, 0xfb, 8, Numbers, 0x91, 0x4e, drop});
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, ErrorKind::Limit);
  EXPECT_EQ(status.error().text, "array.new_fixed of 10001 elements, most is 10000 (function 0)");
  EXPECT_EQ(validate({refNull, any, 0xfb, 0x18, 4, 0, any, any}).error().kind,
            ErrorKind::Malformed);
}

/// A global of `type`, whose value is `code`.
Status validateGlobal(const ByteVector &type, const ByteVector &code) {
  const ByteVector bytes = join(header, section(Type, {{0x5f, 1, i32, 0}, {0x5e, 0x64, 0, 0}}),
                                section(Global, {join(type, 0, code, end)}));
  W2N_TRY(module, wasm::decodeModule(bytes));
  return wasm::validateModule(module);
}

TEST(Aggregates, AreConstant) {
  const struct {
    ByteVector type, code;
    const char *text; ///< null if it is valid
  } cases[] = {
      {{0x64, 0}, {i32Const, 1, 0xfb, 0, 0}, nullptr},
      {{0x64, 1}, {0xfb, 1, 0, i32Const, 3, 0xfb, 6, 1}, nullptr},
      {{0x64, 1}, {0xfb, 1, 0, 0xfb, 1, 0, 0xfb, 8, 1, 2}, nullptr},
      {{0x6f}, {i32Const, 1, 0xfb, 0x1c, 0xfb, 0x1b}, nullptr},
      {{0x64, 0}, {0xfb, 0, 0}, "type mismatch: struct.new expects i32, found an empty stack"},
      {{0x64, 1}, {i32Const, 3, 0xfb, 7, 1}, "type mismatch: array.new_default of type 1"},
      {{0x64, 0}, {i32Const, 3, 0xfb, 7, 0}, "type mismatch: array.new_default of type 0"},
      {{i32},
       {0xfb, 1, 0, 0xfb, 2, 0, 0},
       "constant expression required: struct.get is not constant"},
  };
  for (const auto &each : cases) {
    const Status status = validateGlobal(each.type, each.code);
    EXPECT_EQ(status.has_value(), !each.text) << (each.text ? each.text : status.error().text);
    if (!status && each.text)
      EXPECT_EQ(status.error().text, each.text);
  }
}

} // namespace
} // namespace w2n::test
