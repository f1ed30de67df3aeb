// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Heaps of instances: who shares one, what its roots are, what a pool's next tenant finds.
#include "runtime/core/StoreHeap.h"

#include "lib/artifact/TypeCodes.h"
#include "runtime/core/HostValues.h"
#include "runtime/core/InstancePool.h"
#include "runtime/core/InstanceState.h"
#include "runtime/core/Table.h"
#include "test/unit/SampleModule.h"

#include <gtest/gtest.h>

namespace w2n::runtime {
namespace {

using artifact::ExternKindCode;
using wasm::HeapKind;
using wasm::ValueType;

const uint32_t anyref = artifact::encodeType(ValueType::reference(HeapKind::Any), false);
const uint32_t externref = artifact::encodeType(ValueType::externref(), false);

/// Globals "any" and "extern", and a table "table" of anyref, all exported; first come `imports`
/// globals of anyref.
std::shared_ptr<const Module> heapModule(const std::vector<std::string> &imports = {}) {
  test::ArtifactBuilder builder;
  builder.header.flags |= artifact::flagUsesHeap;
  for (const std::string &name : imports) {
    builder.addImport("env", name, ExternKindCode::Global);
    builder.globals.push_back({anyref, 1});
  }
  const auto first = uint32_t(imports.size());
  builder.header.importedGlobals = first;
  builder.globals.push_back({anyref, 1});
  builder.globals.push_back({externref, 1});
  builder.tables.push_back({anyref, 0, 8, 0});
  builder.addExport("any", ExternKindCode::Global, first);
  builder.addExport("extern", ExternKindCode::Global, first + 1);
  builder.addExport("table", ExternKindCode::Table, 0);
  auto module = test::loadBytes(builder.build());
  EXPECT_TRUE(module) << module.error().text;
  return *module;
}

std::shared_ptr<Instance> instantiate(const InstanceOptions &options = {}) {
  auto instance = Instance::instantiate(heapModule(), nullptr, options);
  EXPECT_TRUE(instance) << instance.error().text;
  return *instance;
}

template <typename T> std::shared_ptr<T> get(Instance &instance, std::string_view name) {
  return std::get<std::shared_ptr<T>>(*instance.findExport(name));
}

heap::Heap &heapOf(Instance &instance) { return instance.state().heap->objects(); }

uint64_t liveBytes(Instance &instance) {
  EXPECT_TRUE(heapOf(instance).collect());
  return heapOf(instance).stats().liveBytes;
}

TEST(StoreHeap, GlobalsAndTablesAreRoots) {
  auto instance = instantiate();
  const Slot inGlobal = boxHostValue(*instance, 1).value();
  const Slot external = boxHostValue(*instance, 2).value();
  const Slot inTable = boxHostValue(*instance, 3).value();
  get<Global>(*instance, "any")->cell->bits[0] = inGlobal;
  get<Global>(*instance, "extern")->cell->bits[0] = artifact::externTag | external;
  auto table = get<Table>(*instance, "table");
  ASSERT_EQ(table->size(), 8u);
  table->record->elements[5] = inTable;
  EXPECT_EQ(liveBytes(*instance), 3 * artifact::externBoxBytes);
  EXPECT_EQ(hostValueIn(*instance, inTable), 3u);
  get<Global>(*instance, "any")->cell->bits[0] = inTable;
  get<Global>(*instance, "extern")->cell->bits[0] = 2;
  EXPECT_EQ(liveBytes(*instance), artifact::externBoxBytes);
}

TEST(StoreHeap, OnlyModulesWithObjectsHaveOne) {
  auto sample = test::loadBytes(test::ArtifactBuilder().build());
  auto instance = Instance::instantiate(*sample, nullptr);
  ASSERT_TRUE(instance);
  EXPECT_EQ((*instance)->state().heap, nullptr);
  EXPECT_EQ((*instance)->context()->heap, nullptr);
  auto refused = boxHostValue(**instance, 1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::Unsupported);
}

TEST(StoreHeap, LinkedInstancesShareOne) {
  auto first = instantiate(), second = instantiate();
  EXPECT_NE(first->context()->heap, second->context()->heap);
  auto resolve = [&](std::string_view, std::string_view name, wasm::ExternKind) {
    return (name == "first" ? first : second)->findExport("any");
  };
  auto importer = Instance::instantiate(heapModule({"first"}), resolve);
  ASSERT_TRUE(importer) << importer.error().text;
  EXPECT_EQ((*importer)->context()->heap, first->context()->heap);
  EXPECT_EQ((*importer)->context()->heapBase, first->context()->heapBase);
  // Roots of the importer count for both.
  get<Global>(**importer, "any")->cell->bits[0] = boxHostValue(*first, 1).value();
  EXPECT_EQ(liveBytes(*first), artifact::externBoxBytes);

  auto both = Instance::instantiate(heapModule({"first", "second"}), resolve);
  ASSERT_FALSE(both);
  EXPECT_EQ(both.error().kind, ErrorKind::Link);
  EXPECT_NE(both.error().text.find("different heaps"), std::string::npos) << both.error().text;
}

TEST(StoreHeap, OptionsNameOneForMany) {
  auto heap = StoreHeap::create({.maxBytes = 1 << 20}).value();
  auto first = instantiate({.heap = heap}), second = instantiate({.heap = heap});
  EXPECT_EQ(first->context()->heap, second->context()->heap);
  auto other = instantiate();
  auto resolve = [&](std::string_view, std::string_view, wasm::ExternKind) {
    return other->findExport("any");
  };
  auto refused = Instance::instantiate(heapModule({"any"}), resolve, {.heap = heap});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::Link);
}

TEST(StoreHeap, FaultsOfNullAreTraps) {
  auto heap = StoreHeap::create({}).value();
  const auto base = reinterpret_cast<uintptr_t>(heap->objects().record().base);
  for (uintptr_t offset : {uintptr_t(0), uintptr_t(8), artifact::nullGuardBytes - 1})
    EXPECT_EQ(nullObjectRanges().find(base + offset), heap.get());
  EXPECT_EQ(nullObjectRanges().find(base - 1), nullptr);
  EXPECT_EQ(nullObjectRanges().find(base + artifact::nullGuardBytes), nullptr);
  heap.reset();
  EXPECT_EQ(nullObjectRanges().find(base), nullptr);
}

TEST(StoreHeap, IsLimited) {
  auto instance = instantiate({.limits = {.maxHeapBytes = 64 << 10}});
  auto table = get<Table>(*instance, "table");
  Result<Slot> box = 0;
  uint64_t count = 0;
  for (; box && count < 10'000; ++count) {
    box = boxHostValue(*instance, count + 1);
    if (box) {
      ASSERT_NE(table->grow(1, *box), -1);
    }
  }
  ASSERT_FALSE(box);
  EXPECT_EQ(box.error().text.find("heap limit exceeded"), 0u) << box.error().text;
  EXPECT_GE(count, 3500u);
}

TEST(StoreHeap, NextTenantOfAPoolFindsItEmpty) {
  auto pool = InstancePool::create({.slots = 1}).value();
  auto module = heapModule();
  std::weak_ptr<StoreHeap> kept;
  for (int tenant = 0; tenant < 3; ++tenant) {
    auto instance = Instance::instantiate(module, nullptr, {.pool = pool});
    ASSERT_TRUE(instance) << instance.error().text;
    EXPECT_EQ(heapOf(**instance).stats().allocatedBytes, 0u);
    EXPECT_TRUE(tenant == 0 || kept.lock() == (*instance)->state().heap) << "the slot keeps it";
    kept = (*instance)->state().heap;
    for (uint32_t i = 0; i < 5000; ++i) {
      const auto box = uint32_t(boxHostValue(**instance, i + 1).value());
      ASSERT_EQ(box, artifact::nullGuardBytes + 16 * i);
    }
    instance->reset();
    ASSERT_FALSE(kept.expired());
  }
}

} // namespace
} // namespace w2n::runtime
