// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Types of the process: as many as are held, and equal numbers only for equal types, whatever comes
// and goes.
#include "runtime/core/CanonicalTypes.h"

#include "runtime/core/Instance.h"
#include "runtime/core/Table.h"
#include "runtime/core/ValueTypes.h"
#include "test/unit/SampleModule.h"

#include <algorithm>
#include <atomic>
#include <gtest/gtest.h>
#include <thread>

namespace w2n::runtime {
namespace {

using artifact::ValueTypeCode;
using test::ArtifactBuilder;
using wasm::ValueType;

/// A list of parameters that spells `seed`.
std::vector<ValueTypeCode> parametersOf(uint64_t seed) {
  constexpr ValueTypeCode digits[] = {ValueTypeCode::I32, ValueTypeCode::I64, ValueTypeCode::F32,
                                      ValueTypeCode::F64};
  std::vector<ValueTypeCode> params;
  for (; seed != 0; seed /= 4)
    params.push_back(digits[seed % 4]);
  return params;
}

wasm::FunctionType typeOf(uint64_t seed) {
  wasm::FunctionType type;
  for (ValueTypeCode code : parametersOf(seed))
    type.params.push_back(valueTypeOf(code));
  return type;
}

/// A module with the types of `count` seeds from `first` on: an open one, one below it, and others.
std::shared_ptr<const Module> moduleWith(uint64_t first, uint32_t count) {
  ArtifactBuilder builder;
  for (uint32_t i = 0; i < count; ++i)
    builder.addType(parametersOf(first + i), {});
  builder.types[0].flags |= artifact::typeIsOpen;
  if (count > 1) {
    builder.types[1].flags |= artifact::typeHasSuper;
    builder.types[1].super = 0;
  }
  auto module = Module::loadBytes(builder.build(), "types");
  EXPECT_TRUE(module) << module.error().text;
  return *module;
}

TEST(CanonicalTypes, GoWithTheirModules) {
  const uint32_t before = canonicalTypeCount();
  uint32_t maxNumber = 0;
  for (uint64_t i = 0; i < 1000; ++i) {
    const auto module = moduleWith(1000 + 50 * i, 50);
    EXPECT_EQ(canonicalTypeCount(), before + 50);
    for (uint32_t number : module->typeIds())
      maxNumber = std::max(maxNumber, number);
  }
  EXPECT_EQ(canonicalTypeCount(), before);
  // Numbers are used again, so what is kept by number does not grow either.
  EXPECT_LT(maxNumber, before + 1000);
}

TEST(CanonicalTypes, AreSharedByModules) {
  const uint32_t before = canonicalTypeCount();
  auto first = moduleWith(1000, 20), second = moduleWith(1000, 20);
  EXPECT_EQ(canonicalTypeCount(), before + 20);
  EXPECT_TRUE(std::ranges::equal(first->typeIds(), second->typeIds()));
  first.reset();
  EXPECT_EQ(canonicalTypeCount(), before + 20);
  EXPECT_EQ(canonicalType(second->typeIds()[7]), typeOf(1007));
  second.reset();
  EXPECT_EQ(canonicalTypeCount(), before);
}

TEST(CanonicalTypes, AreHeldByHostFunctions) {
  const uint32_t before = canonicalTypeCount();
  auto function =
      makeHostFunction(typeOf(1001), [](Caller, std::span<Slot>) -> Status { return {}; });
  EXPECT_EQ(canonicalTypeCount(), before + 1);
  {
    const auto module = moduleWith(1001, 1); // open, hence another type
    EXPECT_NE(module->typeIds()[0], function->typeId);
  }
  {
    const auto module = moduleWith(1000, 3);
    EXPECT_EQ(canonicalTypeCount(), before + 4);
  }
  EXPECT_EQ(canonicalType(function->typeId), typeOf(1001));
  function.reset();
  EXPECT_EQ(canonicalTypeCount(), before);
}

TEST(CanonicalTypes, AreHeldByTablesAndGlobalsOfThem) {
  const uint32_t before = canonicalTypeCount();
  auto module = moduleWith(1000, 3);
  const auto element = ValueType::referenceTo(module->typeIds()[1], /*nullable=*/true);
  wasm::TableType type;
  type.element = element;
  auto table = makeTable(type);
  ASSERT_TRUE(table);
  auto global = makeGlobal({element, true}, 0);
  auto function = makeHostFunction({{element}, {}}, nullptr);
  module.reset();
  // The type of the elements, the one that is above it, and the function's.
  EXPECT_EQ(canonicalTypeCount(), before + 3);
  table->reset();
  global.reset();
  EXPECT_EQ(canonicalTypeCount(), before + 3);
  EXPECT_TRUE(matches(element, ValueType::funcref()));
  function.reset();
  EXPECT_EQ(canonicalTypeCount(), before);
}

// A function reference outlives its module in a table: no type of another module becomes equal to
// the function's, whichever numbers are used again.
TEST(CanonicalTypes, NoNumberOfALivingFunctionIsUsedAgain) {
  const uint32_t before = canonicalTypeCount();
  wasm::TableType type;
  type.element = ValueType::funcref();
  type.limits.min = 1;
  auto table = *makeTable(type);
  {
    auto module = test::loadBytes(test::buildSample());
    ASSERT_TRUE(module) << module.error().text;
    const auto host = makeHostFunction({{ValueType::i32(), ValueType::i32()}, {ValueType::i32()}},
                                       [](Caller, std::span<Slot>) -> Status { return {}; });
    auto instance = Instance::instantiate(
        std::move(*module), [&](auto, auto, auto) -> std::optional<Extern> { return host; });
    ASSERT_TRUE(instance) << instance.error().text;
    const auto add = std::get<std::shared_ptr<Function>>(*(*instance)->findExport("add"));
    ASSERT_TRUE(setElement(*table, 0, referenceTo(*add)));
  }
  const Slot reference = table->record->elements[0];
  const wasm::FunctionType wanted = functionOf(reference)->type;
  const uint32_t number = functionOf(reference)->typeId;
  for (uint64_t i = 0; i < 200; ++i) {
    const auto module = moduleWith(5000 + 20 * i, 20);
    for (uint32_t other : module->typeIds()) {
      ASSERT_NE(other, number);
      ASSERT_FALSE(isReferenceOf(ValueType::referenceTo(other, true), reference));
    }
  }
  EXPECT_EQ(canonicalType(number), wanted);
  Slot slots[2] = {3, 4};
  ASSERT_TRUE(call(*functionOf(reference), slots));
  EXPECT_EQ(slots[0], 7u);
  table.reset();
  EXPECT_EQ(canonicalTypeCount(), before);
}

// Checks of compiled code for subtypes, while other threads load and unload modules.
TEST(CanonicalTypes, AreComparedWhileThreadsLoadModules) {
  const uint32_t before = canonicalTypeCount();
  const auto held = moduleWith(1000, 10);
  const uint32_t super = held->typeIds()[0], sub = held->typeIds()[1];
  std::atomic<bool> done = false;
  std::atomic<uint64_t> wrong = 0;
  std::thread reader([&] {
    while (!done)
      if (!isSubtype(sub, super) || isSubtype(super, sub) || canonicalType(sub) != typeOf(1001))
        ++wrong;
  });
  std::vector<std::thread> writers;
  for (uint64_t writer = 0; writer < 2; ++writer)
    writers.emplace_back([&, writer] {
      for (uint64_t i = 0; i < 100; ++i) {
        // Some types are common to all, and come and go with whoever is last.
        const auto module = moduleWith(2000 + 10 * (i % 7) + writer, 200 + uint32_t(i));
        if (!isSubtype(module->typeIds()[1], module->typeIds()[0]))
          ++wrong;
      }
    });
  for (std::thread &writer : writers)
    writer.join();
  done = true;
  reader.join();
  EXPECT_EQ(wrong, 0u);
  EXPECT_EQ(canonicalTypeCount(), before + 10);
}

} // namespace
} // namespace w2n::runtime
