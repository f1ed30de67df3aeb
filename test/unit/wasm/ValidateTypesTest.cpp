// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The type section: what is equal, what is below what, and sizes that only linear algorithms get
// through.
#include "lib/wasm/Limits.h"
#include "test/unit/wasm/ModuleBuilder.h"

#include <gtest/gtest.h>

namespace w2n::test {
namespace {

using enum SectionId;
using wasm::HeapKind;
using wasm::ValueType;

/// Type forms (core specification, section 5.3): a group, open and final subtypes, composite types.
constexpr int rec = 0x4e, open = 0x50, closed = 0x4f, function = 0x60, structure = 0x5f,
              array = 0x5e;
/// A reference to a type by its index, null or not; packed bytes.
constexpr int nullableRef = 0x63, ref = 0x64, packed8 = 0x78;

Result<wasm::Module> loadTypes(std::initializer_list<ByteVector> groups) {
  return load(join(header, section(Type, groups)));
}

std::vector<uint32_t> numbersOf(const wasm::Module &module) {
  std::vector<uint32_t> numbers;
  for (const wasm::TypeDefinition &type : module.types)
    numbers.push_back(type.number);
  return numbers;
}

ByteVector functionOf(const ByteVector &param) { return join(function, 1, param, 0); }

TEST(ValidateTypes, NumbersGroupsByTheirStructure) {
  const ByteVector self0 = functionOf(join(ref, 0)), self1 = functionOf(join(ref, 1));
  const auto module = loadTypes({
      self0,
      self1,                    // each refers to itself: equal
      functionOf(join(ref, 1)), // the same by number, but not recursive
      join(rec, 2, functionOf(join(ref, 4)), functionOf(join(ref, 3))), // 3 and 4
      join(rec, 2, functionOf(join(ref, 6)), functionOf(join(ref, 5))), // the same again
      join(rec, 1, self0),           // a group of one that is like 2
      join(open, 0, function, 0, 0), // open and final differ
      join(function, 0, 0),
      join(structure, 1, 0x7f, 0),
      join(structure, 1, 0x7f, 1),
      join(array, 0x7f, 0),
      join(structure, 1, packed8, 0),
  });
  ASSERT_TRUE(module) << module.error().text;
  EXPECT_EQ(numbersOf(*module), (std::vector<uint32_t>{0, 0, 1, 2, 3, 2, 3, 1, 4, 5, 6, 7, 8, 9}));
}

TEST(ValidateTypes, MatchesByDeclaration) {
  const auto module = loadTypes({
      join(open, 0, function, 0, 0),      // 0
      join(open, 1, 0, function, 0, 0),   // 1 below 0
      join(closed, 1, 1, function, 0, 0), // 2 below 1
      join(open, 0, structure, 0),        // 3
      join(array, packed8, 1),            // 4
  });
  ASSERT_TRUE(module) << module.error().text;
  auto to = [](uint32_t index) { return ValueType::referenceTo(index, false); };
  auto abstract = [](HeapKind heap) { return ValueType::reference(heap); };
  const struct {
    ValueType sub, super;
    bool matches;
  } cases[] = {
      {to(2), to(0), true},
      {to(0), to(2), false},
      {to(2), to(3), false},
      {to(2), to(2).withNull(true), true},
      {to(2).withNull(true), to(2), false},
      {to(1), abstract(HeapKind::Func), true},
      {to(1), abstract(HeapKind::Any), false},
      {to(3), abstract(HeapKind::Struct), true},
      {to(3), abstract(HeapKind::Eq), true},
      {to(3), abstract(HeapKind::Array), false},
      {to(4), abstract(HeapKind::Any), true},
      {abstract(HeapKind::None), to(3).withNull(true), true},
      {abstract(HeapKind::None), to(2).withNull(true), false},
      {abstract(HeapKind::NoFunc), to(2).withNull(true), true},
      {abstract(HeapKind::NoFunc), to(2), false},
      {abstract(HeapKind::I31), abstract(HeapKind::Eq), true},
      {abstract(HeapKind::NoExtern), abstract(HeapKind::Extern), true},
      {abstract(HeapKind::NoExn), abstract(HeapKind::Extern), false},
      {abstract(HeapKind::Func), to(0).withNull(true), false},
      {ValueType::i32(), abstract(HeapKind::Any), false},
  };
  for (const auto &each : cases)
    EXPECT_EQ(module->matches(each.sub, each.super), each.matches)
        << toString(each.sub) << " and " << toString(each.super);
}

TEST(ValidateTypes, RefusesWhatIsNoSubtype) {
  const ByteVector base = join(open, 0, function, 1, nullableRef, 0x70, 1, 0x70);
  const struct {
    const char *what;
    ByteVector types;
    const char *text;
  } cases[] = {
      {"supertype is final", vectorOf({join(function, 0, 0), join(open, 1, 0, function, 0, 0)}),
       "sub type 1 does not match super type 0"},
      {"other kind", vectorOf({base, join(open, 1, 0, structure, 0)}),
       "sub type 1 does not match super type 0"},
      {"parameter too special", vectorOf({base, join(open, 1, 0, function, 1, ref, 0x70, 1, 0x70)}),
       "sub type 1 does not match super type 0"},
      {"fewer fields",
       vectorOf({join(open, 0, structure, 1, 0x7f, 0), join(open, 1, 0, structure, 0)}),
       "sub type 1 does not match super type 0"},
      {"field that can be set changes its type",
       vectorOf(
           {join(open, 0, structure, 1, 0x70, 1), join(open, 1, 0, structure, 1, ref, 0x70, 1)}),
       "sub type 1 does not match super type 0"},
      {"supertype after it", vectorOf({join(open, 1, 0, function, 0, 0)}),
       "unknown type 0 (in type 0)"},
      {"two supertypes", vectorOf({base, join(open, 2, 0, 0, function, 0, 0)}),
       "a type has 2 supertypes"},
      {"type after the group", vectorOf({functionOf(join(ref, 1)), base}),
       "unknown type (in type 0)"},
  };
  for (const auto &each : cases) {
    const auto module = load(join(header, section(Type, each.types)));
    ASSERT_FALSE(module) << each.what;
    EXPECT_EQ(module.error().kind, ErrorKind::Invalid);
    EXPECT_TRUE(module.error().text.starts_with(each.text)) << module.error().text;
  }
}

TEST(ValidateTypes, LimitsTheDepthOfSubtypes) {
  auto chain = [](uint32_t supertypes) {
    ByteVector types = join(unsignedLeb(supertypes + 1), open, 0, function, 0, 0);
    for (uint32_t i = 0; i < supertypes; ++i)
      append(types, join(open, 1, unsignedLeb(i), function, 0, 0));
    return load(join(header, section(Type, types)));
  };
  EXPECT_TRUE(chain(wasm::limits::subtypingDepth));
  const auto tooDeep = chain(wasm::limits::subtypingDepth + 1);
  ASSERT_FALSE(tooDeep);
  EXPECT_EQ(tooDeep.error().kind, ErrorKind::Limit);
  EXPECT_EQ(tooDeep.error().text, "type 64 has more than 63 supertypes above it");
}

// A million types, in one group and each in its own, that all refer to one another.
TEST(ValidateTypes, AreLinear) {
  constexpr uint32_t count = wasm::limits::types;
  ByteVector group = join(1, rec, unsignedLeb(count)), groups = unsignedLeb(count);
  for (uint32_t i = 0; i < count; ++i) {
    append(group, functionOf(join(ref, signedLeb((i + 7919) % count))));
    append(groups, functionOf(join(ref, signedLeb(i / 2))));
  }
  for (const ByteVector *types : {&group, &groups}) {
    const auto module = load(join(header, section(Type, *types)));
    ASSERT_TRUE(module) << module.error().text;
    EXPECT_EQ(module->types.size(), count);
  }
}

} // namespace
} // namespace w2n::test
