// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/Extern.h"

#include "lib/artifact/HeapLayout.h"
#include "runtime/core/InstanceState.h"

namespace w2n::runtime {

std::span<uint8_t> Caller::memory() const {
  Memory *memory = instance ? instance->memory0() : nullptr;
  return memory ? memory->bytes() : std::span<uint8_t>();
}

std::shared_ptr<Function> makeHostFunction(wasm::FunctionType type, HostCallback body) {
  auto function = std::make_shared<Function>();
  function->held = holdType(type);
  function->typeId = function->held.numbers()[0];
  function->type = std::move(type);
  function->host = std::move(body);
  return function;
}

namespace {

InstanceGroup *groupOf(Table &table) {
  return table.owner ? table.owner->state().group : table.group;
}

InstanceGroup *groupOf(Global &global) {
  return global.owner ? global.owner->state().group : global.group;
}

} // namespace

std::shared_ptr<Global> makeGlobal(wasm::GlobalType type, Slot initial) {
  auto global = std::make_unique<Global>();
  global->type = type;
  global->held = holdType(type.type);
  global->storage = std::make_unique<artifact::GlobalCell>();
  global->cell = global->storage.get();
  *global->cell = {{initial, 0}};
  if (!type.type.isRef())
    return std::shared_ptr<Global>(std::move(global));
  auto group = std::make_shared<InstanceGroup>();
  Global *added = group->add(std::move(global));
  if (holdsFunctions(type.type))
    (void)InstanceGroup::merge(group.get(), groupOfReference(initial)); // a new one has no heap
  return {std::move(group), added};
}

std::shared_ptr<Tag> makeTag(wasm::FunctionType type) {
  auto tag = std::make_shared<Tag>();
  tag->held = holdType(type);
  tag->storage = std::make_unique<artifact::TagRecord>(tag->held.numbers()[0], 0);
  tag->record = tag->storage.get();
  tag->type = std::move(type);
  return tag;
}

Result<std::shared_ptr<Table>> makeTable(wasm::TableType type, Slot initial) {
  W2N_TRY(table, Table::create(type, initial));
  table->held = holdType(type.element);
  auto group = std::make_shared<InstanceGroup>();
  Table *added = group->add(std::move(table));
  if (holdsFunctions(type.element))
    (void)InstanceGroup::merge(group.get(), groupOfReference(initial)); // a new one has no heap
  return std::shared_ptr<Table>(std::move(group), added);
}

std::shared_ptr<Function> functionOf(Slot slot) {
  if (slot == 0)
    return nullptr;
  const auto *reference = reinterpret_cast<const artifact::FunctionReference *>(slot);
  auto function = std::make_shared<Function>();
  function->typeId = reference->typeId;
  function->type = canonicalType(reference->typeId);
  function->reference = reference;
  Instance *instance;
  if (reference->reserved == referenceToHost) {
    auto &record = *reinterpret_cast<HostRecord *>(reference->context);
    instance = record.importer;
    function->host = record.function->host;
    function->definition = record.function;
  } else {
    instance = &instanceOf(reference->context);
    function->entry = instance->module().entryThunkFor(reference->typeId);
    if (Boundary *boundary = instance->boundary())
      boundary->exported(*instance, artifact::noIndex, *function);
  }
  function->owner = instance->state().group->handleOf(*instance);
  return function;
}

Slot referenceTo(const Function &function) { return reinterpret_cast<Slot>(function.reference); }

Result<Slot> referenceFor(const std::shared_ptr<Function> &function, Instance &receiver) {
  if (function->reference)
    return referenceTo(*function);
  return receiver.state().referenceToHostFunction(function);
}

bool isReferenceOf(wasm::ValueType type, Slot reference) {
  if (reference == 0)
    return type.nullable;
  if (type.heap == wasm::HeapKind::Func)
    return true;
  // A value that looks like a heap's reference is refused: the host cannot know that it is valid.
  if (type.heap == wasm::HeapKind::Extern)
    return (reference & artifact::externTagMask) != artifact::externTag;
  if (!holdsFunctions(type))
    return false;
  const auto &function = *reinterpret_cast<const artifact::FunctionReference *>(reference);
  return matches(wasm::ValueType::referenceTo(function.typeId, /*nullable=*/false), type);
}

bool handReference(Instance &receiver, Slot reference) {
  return InstanceGroup::merge(receiver.state().group, groupOfReference(reference));
}

bool setElement(Table &table, uint64_t index, Slot value) {
  if (index >= table.size())
    return false;
  if (holdsFunctions(table.type.element) &&
      !InstanceGroup::merge(groupOf(table), groupOfReference(value)))
    return false;
  table.record->elements[index] = value;
  return true;
}

int64_t growTable(Table &table, uint64_t delta, Slot value) {
  if (holdsFunctions(table.type.element) &&
      !InstanceGroup::merge(groupOf(table), groupOfReference(value)))
    return -1;
  return table.grow(delta, value);
}

bool setGlobal(Global &global, Slot value) {
  if (holdsFunctions(global.type.type) &&
      !InstanceGroup::merge(groupOf(global), groupOfReference(value)))
    return false;
  global.cell->bits[0] = value;
  return true;
}

} // namespace w2n::runtime
