// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Globals, tables and memories, those of guests and the host's own.
#include "runtime/api/wasm/Values.h"

using namespace w2n;

namespace {

wasm::Limits limitsFrom(const wasm_limits_t &limits) {
  wasm::Limits result;
  result.min = limits.min;
  if (limits.max != wasm_limits_max_default)
    result.max = limits.max;
  return result;
}

Result<wasm_global_t *> makeGlobal(const std::shared_ptr<standard::Store> &store,
                                   const wasm_globaltype_t &type, const wasm_val_t &value) {
  const auto valueType = standard::valueTypeOf(type.content.kind);
  if (!valueType)
    return fail(ErrorKind::Invalid, "a global has no known kind of value");
  W2N_TRY(slot, standard::toSlot(store, value, *valueType, nullptr));
  return standard::objectFor<wasm_global_t>(
      store, runtime::makeGlobal({*valueType, type.mutability == WASM_VAR}, slot));
}

Status setGlobal(wasm_global_t &self, const wasm_val_t &value) {
  runtime::Global &global = *self.global;
  if (!global.type.isMutable)
    return fail(ErrorKind::Invalid, "the global is immutable");
  W2N_TRY(slot, standard::toSlot(self.store, value, global.type.type, global.owner.get()));
  if (!runtime::setGlobal(global, slot))
    return fail(ErrorKind::Link, "the function's instance has another heap than the global's");
  return {};
}

Result<wasm_table_t *> makeTable(const std::shared_ptr<standard::Store> &store,
                                 const wasm_tabletype_t &type, wasm_ref_t *init) {
  const auto element = standard::valueTypeOf(type.element.kind);
  if (!element || !element->isRef())
    return fail(ErrorKind::Invalid, "a table has no elements that are references");
  const wasm::Limits limits = limitsFrom(type.limits);
  if (limits.max && *limits.max < limits.min)
    return fail(ErrorKind::Invalid, "a table has a maximum below its minimum");
  W2N_TRY(slot, standard::toSlot(store, init, *element, nullptr));
  W2N_TRY(table, runtime::makeTable({*element, limits}, slot));
  return standard::objectFor<wasm_table_t>(store, std::move(table));
}

/// `reference` as an element of the table. Errors: those of toSlot.
Result<runtime::Slot> elementOf(const wasm_table_t &self, wasm_ref_t *reference) {
  return standard::toSlot(self.store, reference, self.table->type.element, self.table->owner);
}

Status setElement(wasm_table_t &self, uint32_t index, wasm_ref_t *reference) {
  W2N_TRY(slot, elementOf(self, reference));
  if (!runtime::setElement(*self.table, index, slot))
    return fail(ErrorKind::Invalid, "the table has no element " + std::to_string(index) +
                                        ", or another heap than the function's instance");
  return {};
}

Status growTable(wasm_table_t &self, uint32_t delta, wasm_ref_t *init) {
  W2N_TRY(slot, elementOf(self, init));
  if (runtime::growTable(*self.table, delta, slot) < 0)
    return fail(ErrorKind::Limit, "cannot grow a table of " + std::to_string(self.table->size()) +
                                      " elements by " + std::to_string(delta));
  return {};
}

Result<wasm_memory_t *> makeMemory(const std::shared_ptr<standard::Store> &store,
                                   const wasm_memorytype_t &type) {
  const wasm::MemoryType memoryType{limitsFrom(type.limits)};
  auto memory = runtime::makeMemory(memoryType, /*guard=*/true);
  // Modules with explicit checks can use one without guards.
  if (!memory)
    memory = runtime::makeMemory(memoryType, /*guard=*/false);
  if (!memory)
    return std::unexpected(std::move(memory).error());
  return standard::objectFor<wasm_memory_t>(store, std::move(*memory));
}

bool noted(const Status &status) {
  if (!status)
    standard::noteError(status.error());
  return status.has_value();
}

} // namespace

std::unique_ptr<wasm_externtype_t> wasm_global_t::type() const {
  return std::make_unique<wasm_globaltype_t>(wasm_valtype_t{standard::kindOf(global->type.type)},
                                             global->type.isMutable ? WASM_VAR : WASM_CONST);
}

std::unique_ptr<wasm_externtype_t> wasm_table_t::type() const {
  return std::make_unique<wasm_tabletype_t>(wasm_valtype_t{standard::kindOf(table->type.element)},
                                            standard::limitsOf(table->type.limits));
}

std::unique_ptr<wasm_externtype_t> wasm_memory_t::type() const {
  return std::make_unique<wasm_memorytype_t>(standard::limitsOf(memory->type.limits));
}

std::unique_ptr<wasm_externtype_t> wasm_tag_t::type() const {
  return std::make_unique<wasm_tagtype_t>(*standard::typeOf(tag->type));
}

wasm_global_t *wasm_global_new(wasm_store_t *store, const wasm_globaltype_t *type,
                               const wasm_val_t *value) {
  return standard::valueOrNull(makeGlobal(store->store, *type, *value));
}

wasm_globaltype_t *wasm_global_type(const wasm_global_t *global) {
  return static_cast<wasm_globaltype_t *>(global->type().release());
}

void wasm_global_get(const wasm_global_t *self, wasm_val_t *out) {
  const runtime::Global &global = *self->global;
  auto value = standard::fromSlot(self->store, global.cell->bits[0], global.type.type);
  if (!value)
    standard::noteError(value.error());
  *out = value ? *value : wasm_val_t WASM_INIT_VAL;
}

void wasm_global_set(wasm_global_t *global, const wasm_val_t *value) {
  (void)noted(setGlobal(*global, *value));
}

wasm_table_t *wasm_table_new(wasm_store_t *store, const wasm_tabletype_t *type, wasm_ref_t *init) {
  return standard::valueOrNull(makeTable(store->store, *type, init));
}

wasm_tabletype_t *wasm_table_type(const wasm_table_t *table) {
  return static_cast<wasm_tabletype_t *>(table->type().release());
}

wasm_ref_t *wasm_table_get(const wasm_table_t *self, wasm_table_size_t index) {
  const runtime::Table &table = *self->table;
  if (index >= table.size())
    return nullptr;
  auto value = standard::fromSlot(self->store, table.record->elements[index], table.type.element);
  if (!value)
    standard::noteError(value.error());
  return value ? value->of.ref : nullptr;
}

bool wasm_table_set(wasm_table_t *table, wasm_table_size_t index, wasm_ref_t *reference) {
  return noted(setElement(*table, index, reference));
}

wasm_table_size_t wasm_table_size(const wasm_table_t *table) {
  return wasm_table_size_t(table->table->size());
}

bool wasm_table_grow(wasm_table_t *table, wasm_table_size_t delta, wasm_ref_t *init) {
  return noted(growTable(*table, delta, init));
}

wasm_memory_t *wasm_memory_new(wasm_store_t *store, const wasm_memorytype_t *type) {
  return standard::valueOrNull(makeMemory(store->store, *type));
}

wasm_memorytype_t *wasm_memory_type(const wasm_memory_t *memory) {
  return static_cast<wasm_memorytype_t *>(memory->type().release());
}

byte_t *wasm_memory_data(wasm_memory_t *memory) {
  return reinterpret_cast<byte_t *>(memory->memory->bytes().data());
}

size_t wasm_memory_data_size(const wasm_memory_t *memory) { return memory->memory->bytes().size(); }

wasm_memory_pages_t wasm_memory_size(const wasm_memory_t *memory) {
  return wasm_memory_pages_t(memory->memory->pages());
}

bool wasm_memory_grow(wasm_memory_t *memory, wasm_memory_pages_t delta) {
  return memory->memory->grow(delta) >= 0;
}
