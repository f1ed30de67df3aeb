// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/InstanceGroup.h"

#include "runtime/core/InstanceState.h"

#include <algorithm>

namespace w2n::runtime {

/// Deleter of handles: the last one gives the instance back to its group.
struct InstanceGroup::ReleaseHandle {
  std::shared_ptr<InstanceGroup> group;
  void operator()(Instance *instance) {
    // An instance that stays has a weak pointer to itself, which keeps this deleter: it must not
    // keep the group.
    const auto released = std::move(group);
    instance->state().group->release(*instance);
  }
};

InstanceGroup::~InstanceGroup() {
  // The exceptions are given back to the budgets of instances.
  exceptions.clear();
  // Before the instance that it has a pool's slot with.
  heap.reset();
  for (Instance *instance : instances)
    delete instance;
}

std::shared_ptr<Instance> InstanceGroup::add(std::unique_ptr<Instance> instance) {
  instance->state().group = this;
  instances.push_back(instance.get());
  return std::shared_ptr<Instance>(instance.release(), ReleaseHandle{shared_from_this()});
}

Table *InstanceGroup::add(std::unique_ptr<Table> table) {
  table->group = this;
  return tables.emplace_back(std::move(table)).get();
}

Global *InstanceGroup::add(std::unique_ptr<Global> global) {
  global->group = this;
  return globals.emplace_back(std::move(global)).get();
}

std::shared_ptr<Instance> InstanceGroup::handleOf(Instance &instance) {
  if (auto handle = instance.weak_from_this().lock())
    return handle;
  return std::shared_ptr<Instance>(&instance, ReleaseHandle{shared_from_this()});
}

void InstanceGroup::release(Instance &instance) {
  if (instance.state().pinned)
    return;
  auto found = std::find(instances.begin(), instances.end(), &instance);
  *found = instances.back();
  instances.pop_back();
  if (instances.empty())
    heap.reset();
  delete &instance;
}

void InstanceGroup::absorb(InstanceGroup &other) {
  for (Instance *instance : other.instances) {
    instance->state().group = this;
    instances.push_back(instance);
  }
  exceptions.absorb(other.exceptions);
  if (!heap)
    heap = std::move(other.heap);
  other.heap.reset();
  for (auto &table : other.tables)
    add(std::move(table));
  for (auto &global : other.globals)
    add(std::move(global));
  other.instances.clear();
  other.tables.clear();
  other.globals.clear();
  other.mergedInto = shared_from_this();
}

bool InstanceGroup::merge(InstanceGroup *first, InstanceGroup *second) {
  if (!first || !second || first == second)
    return true;
  if (first->heap && second->heap && first->heap != second->heap)
    return false;
  if (first->instances.size() < second->instances.size())
    std::swap(first, second);
  first->absorb(*second);
  return true;
}

namespace {

bool holdsExceptions(wasm::ValueType type) {
  return type.isRef() && (type.heap == wasm::HeapKind::Exn || type.heap == wasm::HeapKind::NoExn);
}

void markTable(ExceptionHeap::Collection &collection, const Table &table) {
  if (holdsExceptions(table.type.element))
    collection.markFrom({table.record->elements, table.record->count});
}

} // namespace

// Values of any type are taken for references where there are few.
void InstanceGroup::markExceptions(ExceptionHeap::Collection &collection) {
  if (heap)
    heap->objects().visitMemory(
        [&](std::span<const uint64_t> words) { collection.markFrom(words); });
  for (Instance *instance : instances) {
    auto &state = instance->state();
    const auto *cells = state.at<artifact::GlobalCell>(state.layout.globalCells());
    collection.markFrom({cells->bits, 2ull * state.layout.definedGlobals});
    // Without cells are imports of an instance whose linking has failed.
    for (uint32_t i = 0; i < state.layout.importedGlobals; ++i)
      if (const artifact::GlobalCell *cell = state.importedGlobal(i))
        collection.markFrom(cell->bits);
    collection.markFrom({state.argumentBuffer, instance->module().argumentSlots()});
    for (const auto &values : state.elementValues)
      collection.markFrom(values);
    for (const auto &table : state.definedTables)
      markTable(collection, *table);
  }
  for (const auto &table : tables)
    markTable(collection, *table);
  for (const auto &global : globals)
    collection.markFrom(global->cell->bits);
}

InstanceGroup *groupOfReference(Slot reference) {
  if (reference == 0)
    return nullptr;
  const auto &function = *reinterpret_cast<const artifact::FunctionReference *>(reference);
  Instance &instance = function.reserved == referenceToHost
                           ? *reinterpret_cast<HostRecord *>(function.context)->importer
                           : instanceOf(function.context);
  instance.state().pinned = true;
  return instance.state().group;
}

} // namespace w2n::runtime
