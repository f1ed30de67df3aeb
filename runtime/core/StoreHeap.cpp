// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/StoreHeap.h"

#include "runtime/core/HeapTypeTable.h"
#include "runtime/core/InstanceState.h"
#include "runtime/core/Interrupt.h"
#include "runtime/core/Pieces.h"
#include "runtime/core/StackRoots.h"
#include "runtime/core/ValueTypes.h"

namespace w2n::runtime {

namespace {

using heap::RootVisitor;

bool isExternal(wasm::ValueType type) {
  return type.isRef() &&
         (type.heap == wasm::HeapKind::Extern || type.heap == wasm::HeapKind::NoExtern);
}

/// Visits `count` values of `type`, each `stride` words after the one before.
void visitValues(RootVisitor &visitor, wasm::ValueType type, const uint64_t *values, uint64_t count,
                 uint64_t stride = 1) {
  const bool isReference = isHeapReference(type);
  if (!isReference && !isExternal(type))
    return;
  // The collection is given up as well where this is.
  inPieces(count, pieceElements, [&](uint64_t first, uint64_t pieceCount) {
    for (uint64_t i = first; i < first + pieceCount; ++i) {
      if (isReference)
        visitor.reference(uint32_t(values[i * stride]));
      else
        visitor.external(values[i * stride]);
    }
  });
}

void visitGlobals(RootVisitor &visitor, Instance::State &state, std::span<const uint32_t> typeIds) {
  const auto globals = state.metadata->globals();
  // Without cells are imports of an instance whose linking has failed.
  for (uint32_t i = 0; i < globals.size(); ++i)
    if (const artifact::GlobalCell *cell = state.globalCell(i))
      visitValues(visitor, globalTypeOf(globals[i], typeIds).type, cell->bits, 1);
}

} // namespace

Result<std::shared_ptr<StoreHeap>> StoreHeap::create(const heap::HeapOptions &options) {
  W2N_TRY(types, heapTypes());
  std::shared_ptr<StoreHeap> store(new StoreHeap);
  store->limitBytes = options.maxBytes;
  W2N_TRY(made, heap::Heap::create(*types, *store, options));
  store->heap = std::move(made);
  const auto base = reinterpret_cast<uintptr_t>(store->heap->record().base);
  store->nullRange = nullObjectRanges().add(base, base + artifact::nullGuardBytes, store.get());
  return store;
}

StoreHeap::~StoreHeap() { nullObjectRanges().remove(nullRange); }

void StoreHeap::add(Instance::State &state, std::shared_ptr<const Module> module) {
  members.insert(&state);
  const Module *key = module.get();
  modules.try_emplace(key, std::move(module));
}

bool StoreHeap::reset(uint64_t residentBytes) {
  const bool isReset = heap->reset(residentBytes);
  modules.clear();
  return isReset;
}

bool StoreHeap::isInterrupted() { return runtime::isInterrupted(); }

void StoreHeap::visitRoots(RootVisitor &visitor) {
  visitGuestStack([&](std::span<const uint64_t> words) { visitor.conservative(words); });
  ++visits;
  // Not the members alone: a module without types of objects has no heap, and may hold what others
  // have given it in globals, tables and parameters of externref or anyref.
  for (Instance::State *member : members) {
    InstanceGroup &group = *member->group;
    if (std::exchange(group.heapVisit, visits) == visits)
      continue;
    group.visitInstances([&](Instance &instance) { visitInstance(visitor, instance.state()); });
    group.exceptions.visitPayloads(
        [&](std::span<const uint64_t> words) { visitor.conservative(words); });
  }
}

void StoreHeap::visitInstance(RootVisitor &visitor, Instance::State &state) {
  Instance &instance = instanceOf(state.at<artifact::InstanceContext>(0));
  visitGlobals(visitor, state, instance.module().typeIds());
  for (const Table *table : state.tables)
    if (table)
      visitValues(visitor, table->type.element, table->record->elements, table->record->count);
  visitor.conservative({state.argumentBuffer, instance.module().argumentSlots()});
  // The elements that `initialize` has set, of any type.
  for (const auto &values : state.elementValues)
    visitor.conservative(values);
}

Status joinHeap(Instance &instance, const InstanceOptions &options) {
  Instance::State &state = instance.state();
  std::shared_ptr<StoreHeap> &ofGroup = state.group->heap;
  if (options.heap && ofGroup && options.heap != ofGroup)
    return fail(ErrorKind::Link,
                "the imports are of instances with another heap than the one that is given");
  if (!instance.module().usesHeap())
    return {};
  if (!ofGroup)
    ofGroup = options.heap;
  // The slot's may have been made with another tenant's limit.
  if (!ofGroup && state.slot && state.slot.heap() &&
      state.slot.heap()->limit() == options.limits.maxHeapBytes)
    ofGroup = state.slot.heap();
  if (!ofGroup) {
    W2N_TRY(made, StoreHeap::create({.maxBytes = options.limits.maxHeapBytes}));
    ofGroup = made;
    if (state.slot)
      state.slot.heap() = std::move(made);
  }
  state.heap = ofGroup;
  state.heap->add(state, instance.sharedModule());
  artifact::InstanceContext &context = *state.at<artifact::InstanceContext>(0);
  context.heap = &state.heap->objects().record();
  context.heapBase = context.heap->base;
  return {};
}

} // namespace w2n::runtime
