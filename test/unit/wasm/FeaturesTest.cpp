// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// --features: how lists are read, and that each proposal is refused where it is used, and nowhere
// else.
#include "lib/wasm/Features.h"

#include "test/unit/wasm/ModuleBuilder.h"

#include <gtest/gtest.h>
#include <set>

namespace w2n::test {
namespace {

using enum SectionId;
using wasm::Feature;
using wasm::FeatureSet;

TEST(Features, AreReadFromLeftToRight) {
  const struct {
    const char *list;
    bool signExtension, memory64, wideArithmetic;
  } cases[] = {
      {"", true, true, true},
      {"all", true, true, true},
      {"mvp", false, false, false},
      {"wasm2", true, false, false},
      {"wasm3", true, true, false},
      {"-memory64", true, false, true},
      {"wasm2,+wide-arithmetic,-sign-extension", false, false, true},
      {"-memory64,wasm3", true, true, false},
      {"wasm3,-memory64,+memory64,", true, true, false},
  };
  for (const auto &each : cases) {
    const auto features = wasm::parseFeatures(each.list);
    ASSERT_TRUE(features) << each.list;
    EXPECT_TRUE(features->has(Feature::Mvp)) << each.list;
    EXPECT_EQ(features->has(Feature::SignExtension), each.signExtension) << each.list;
    EXPECT_EQ(features->has(Feature::Memory64), each.memory64) << each.list;
    EXPECT_EQ(features->has(Feature::WideArithmetic), each.wideArithmetic) << each.list;
  }
}

TEST(Features, ThatAreUnknownAreErrors) {
  for (const char *list : {"memory64", "+", "-", "+Memory64", "+mvp", "wasm4", ",", "+memory64 "}) {
    const auto features = wasm::parseFeatures(list);
    ASSERT_FALSE(features) << list;
    EXPECT_EQ(features.error().kind, ErrorKind::Invalid);
  }
}

/// A module with one function that takes nothing and returns nothing.
ByteVector moduleOf(const ByteVector &code) {
  return join(section(Type, {{0x60, 0, 0}}), section(Function, {{0}}), section(Code, {body(code)}));
}

/// The same with a memory, or with a table of functions.
ByteVector moduleWithMemory(const ByteVector &code) {
  return join(section(Type, {{0x60, 0, 0}}), section(Function, {{0}}), section(Memory, {{0, 1}}),
              section(Code, {body(code)}));
}
ByteVector moduleWithTable(const ByteVector &code) {
  return join(section(Type, {{0x60, 0, 0}}), section(Function, {{0}}),
              section(Table, {{0x70, 0, 1}}), section(Code, {body(code)}));
}

Status loadWith(const ByteVector &bytes, FeatureSet features) {
  W2N_TRY(module, wasm::decodeModule(bytes, features));
  return wasm::validateModule(module);
}

TEST(Features, AreRefusedWhereTheyAreUsed) {
  const ByteVector zeroVector = join(0xfd, 0x0c, repeat({0}, 16));
  // Zero in a longer form than what was there before memories or tables had indices, and than 32
  // bits take.
  constexpr int more = 0x80;
  std::set<Feature> refusedFeatures;
  // Offsets are from the end of the header.
  const struct {
    Feature feature;
    ByteVector sections;
    uint64_t offset;
  } cases[] = {
      {Feature::SignExtension, moduleOf({0x41, 0, 0xc0, 0x1a}), 17},
      {Feature::SaturatingFloatToInt, moduleOf({0x43, 0, 0, 0, 0, 0xfc, 0, 0x1a}), 20},
      {Feature::ReferenceTypes, moduleOf({0xd0, 0x70, 0x1a}), 15},
      {Feature::MultiValue, section(Type, {{0x60, 0, 2, 0x7f, 0x7f}}), 3},
      {Feature::MultiValue,
       join(section(Type, {{0x60, 1, 0x7f, 0}}), section(Function, {{0}}),
            section(Code, {body({0x41, 0, 0x02, 0, 0x1a, 0x0b})})),
       18},
      {Feature::ReferenceTypes, section(Global, {{0x6f, 0, 0xd0, 0x6f, 0x0b}}), 3},
      {Feature::ReferenceTypes, section(Table, {{0x70, 0, 0}, {0x70, 0, 0}}), 6},
      {Feature::BulkMemory, join(section(Memory, {{0, 0}}), section(Data, {{1, 0}})), 8},
      {Feature::BulkMemory, section(DataCount, ByteVector{0}), 2},
      {Feature::ExtendedConst, section(Global, {{0x7f, 0, 0x41, 0, 0x41, 0, 0x6a, 0x0b}}), 9},
      {Feature::MultiMemory, section(Memory, {{0, 0}, {0, 0}}), 5},
      {Feature::Memory64, section(Memory, {{4, 0}}), 3},
      {Feature::Memory64, section(Table, {{0x70, 4, 0}}), 3},
      {Feature::Memory64, section(Import, {join(name("a"), name("b"), 2, 4, 0)}), 3},
      {Feature::CustomPageSizes, section(Memory, {{8, 0, 0}}), 3},
      {Feature::WideArithmetic, moduleOf({0x42, 0, 0x42, 0, 0xfc, 0x15, 0x1a, 0x1a}), 19},
      {Feature::Simd, section(Type, {{0x60, 1, 0x7b, 0}}), 3},
      {Feature::Simd, moduleOf(join(zeroVector, 0x1a)), 15},
      {Feature::RelaxedSimd, moduleOf(join(zeroVector, zeroVector, 0xfd, 0x80, 0x02, 0x1a)), 51},
      {Feature::Threads, section(Memory, {{3, 1, 1}}), 3},
      {Feature::Threads, moduleOf({0xfe, 3, 0}), 15},
      {Feature::FunctionReferences, section(Type, {{0x60, 1, 0x64, 0x70, 0}}), 3},
      {Feature::TailCall, moduleOf({0x12, 0}), 15},
      {Feature::ExceptionHandling, moduleOf({0x1f, 0x40, 0, 0x0b}), 15},
      {Feature::LegacyExceptions, moduleOf({0x06, 0x40, 0x0b}), 15},
      // Encodings of what was there before.
      {Feature::MultiMemory, moduleWithMemory({0x41, 0, 0x28, 0x42, 0, 0, 0x1a}), 22},
      {Feature::MultiMemory, moduleWithMemory({0x3f, more, 0, 0x1a}), 20},
      {Feature::MultiMemory, moduleWithMemory({0x41, 0, 0x40, more, 0, 0x1a}), 22},
      {Feature::MultiMemory, moduleWithMemory({0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 0x0b, more, 0}),
       26},
      {Feature::MultiMemory, moduleWithMemory({0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 0x0a, 0, more, 0}),
       26},
      {Feature::MultiMemory,
       join(section(Memory, {{0, 0}}), section(Data, {{2, more, 0, 0x41, 0, 0x0b, 0}})), 8},
      {Feature::Memory64,
       moduleWithMemory({0x41, 0, 0x28, 2, more, more, more, more, more, 0, 0x1a}), 22},
      {Feature::Memory64, section(Memory, {{0, more, more, more, more, more, 0}}), 3},
      {Feature::CustomPageSizes, section(Memory, {{8, 0, 16}}), 3},
      {Feature::ReferenceTypes, moduleWithTable({0x41, 0, 0x11, 0, more, 0}), 23},
      {Feature::ReferenceTypes, section(Element, {{3, 0, 0}}), 3},
      {Feature::ReferenceTypes, moduleWithTable({0x41, 0, 0x41, 0, 0x41, 0, 0x1c, 1, 0x7f, 0x1a}),
       27},
      {Feature::MultiValue, moduleOf({0x02, 0, 0x0b}), 15},
      {Feature::FunctionReferences, section(Type, {{0x60, 1, 0x63, 0x70, 0}}), 3},
      {Feature::FunctionReferences, moduleOf({0xd0, 0, 0x1a}), 15},
      {Feature::FunctionReferences, moduleOf({0x02, 0x63, 0x70, 0xd0, 0x70, 0x0b, 0x1a}), 15},
      {Feature::FunctionReferences,
       join(section(Type, {{0x60, 0, 0}}), section(Global, {{0x70, 0, 0xd0, 0, 0x0b}})), 11},
      {Feature::FunctionReferences, section(Table, {{0x40, 0, 0x70, 0, 1, 0xd0, 0x70, 0x0b}}), 3},
      {Feature::FunctionReferences, section(Table, {{0x63, 0x70, 0, 1}}), 3},
      {Feature::ExceptionHandling, section(Type, {{0x60, 1, 0x69, 0}}), 3},
      {Feature::TailCall, moduleOf({0xd0, 0, 0x15, 0}), 17},
      {Feature::Threads, section(Import, {join(name("a"), name("b"), 2, 3, 1, 1)}), 3},
      {Feature::GarbageCollection, section(Type, {{0x4e, 1, 0x60, 0, 0}}), 3},
      {Feature::GarbageCollection, section(Type, {{0x50, 0, 0x60, 0, 0}}), 3},
      {Feature::GarbageCollection, section(Type, {{0x5f, 0}}), 3},
      {Feature::GarbageCollection, section(Type, {{0x5e, 0x7f, 0}}), 3},
      {Feature::GarbageCollection, section(Type, {{0x60, 1, 0x6e, 0}}), 3},
      {Feature::GarbageCollection, section(Global, {{0x70, 0, 0xd0, 0x73, 0x0b}}), 5},
      {Feature::GarbageCollection, moduleOf({0x41, 0, 0xfb, 0x1c, 0x1a}), 17},
      {Feature::GarbageCollection, section(Global, {{0x6c, 0, 0x41, 0, 0xfb, 0x1c, 0x0b}}), 3},
      {Feature::GarbageCollection,
       section(Global, {{0x7f, 0, 0x41, 0, 0x0b}, {0x7f, 0, 0x23, 0, 0x0b}}), 10},
  };
  for (const auto &each : cases) {
    const std::string name(wasm::featureInfos()[size_t(each.feature)].name);
    const ByteVector bytes = join(header, each.sections);
    FeatureSet others = FeatureSet::all();
    others.set(each.feature, false);
    const auto refused = loadWith(bytes, others);
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().kind, ErrorKind::Unsupported);
    EXPECT_TRUE(refused.error().text.starts_with("the " + name + " proposal is used here"))
        << refused.error().text;
    EXPECT_EQ(refused.error().offset, header.size() + each.offset) << name;
    const auto allowed = loadWith(bytes, FeatureSet::all());
    EXPECT_TRUE(allowed) << name << " at " << each.offset << ": " << allowed.error().text;
    refusedFeatures.insert(each.feature);
  }
  // All but the first, which every module may use.
  EXPECT_EQ(refusedFeatures.size(), wasm::featureInfos().size() - 1);
}

// The features of each version of the specification, down to the encoding.
TEST(Features, OfLaterVersionsAreRefused) {
  using wasm::Standard;
  const ByteVector explicitMemory =
      join(header, moduleWithMemory({0x41, 0, 0x28, 0x42, 0, 0, 0x1a}));
  const ByteVector definedGlobal =
      join(header, section(Global, {{0x7f, 0, 0x41, 0, 0x0b}, {0x7f, 0, 0x23, 0, 0x0b}}));
  for (const ByteVector &bytes : {explicitMemory, definedGlobal}) {
    EXPECT_FALSE(loadWith(bytes, FeatureSet::upTo(Standard::Mvp)));
    EXPECT_FALSE(loadWith(bytes, FeatureSet::upTo(Standard::Wasm2)));
    EXPECT_TRUE(loadWith(bytes, FeatureSet::upTo(Standard::Wasm3)));
  }
  // A global that is imported could always be used.
  EXPECT_TRUE(loadWith(join(header, section(Import, {join(name("a"), name("b"), 3, 0x7f, 0)}),
                            section(Global, {{0x7f, 0, 0x23, 0, 0x0b}})),
                       FeatureSet::upTo(Standard::Mvp)));
}

// Both forms of exceptions have tags and throw.
TEST(Features, ThatTwoProposalsShareNeedOneOfThem) {
  const ByteVector bytes = join(header, section(Type, {{0x60, 0, 0}}), section(Function, {{0}}),
                                section(Tag, {{0, 0}}), section(Code, {body({0x08, 0})}));
  for (bool current : {false, true})
    for (bool legacy : {false, true}) {
      FeatureSet features = FeatureSet::all();
      features.set(Feature::ExceptionHandling, current);
      features.set(Feature::LegacyExceptions, legacy);
      EXPECT_EQ(loadWith(bytes, features).has_value(), current || legacy);
    }
}

TEST(Features, OfAModuleThatUsesNoneAreNotMissed) {
  const ByteVector bytes = join(
      header, section(Type, {{0x60, 1, 0x7f, 1, 0x7f}}), section(Function, {{0}}),
      section(Table, {{0x70, 0, 1}}), section(Memory, {{0, 1}}),
      section(Global, {{0x7f, 0, 0x41, 0, 0x0b}}), section(Code, {body({0x20, 0, 0x28, 2, 0})}));
  EXPECT_TRUE(loadWith(bytes, FeatureSet::upTo(wasm::Standard::Mvp)));
}

} // namespace
} // namespace w2n::test
