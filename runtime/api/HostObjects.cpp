// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Objects that the host makes for guests to import: functions, memories, tables, globals, tags.
#include "runtime/api/HostFunction.h"
#include "runtime/api/SizedStruct.h"
#include "runtime/api/Value.h"
#include "runtime/core/Memory.h"
#include "runtime/core/Table.h"

#include <bit>

using namespace w2n;

namespace {

/// A handle that the host owns, with the home that it needs.
template <typename Handle> struct Owned : api::FunctionHome, Handle {
  template <typename Object>
  explicit Owned(std::shared_ptr<Object> object) : Handle{std::move(object), *this} {}
};

template <typename Handle> void freeOwned(Handle *handle) {
  delete static_cast<Owned<Handle> *>(handle);
}

/// Stores what was made, or the error.
template <typename T> w2n_error *store(Result<T *> made, T **out) {
  if (!made)
    return new w2n_error{std::move(made).error()};
  *out = *made;
  return nullptr;
}

Result<wasm::Limits> limitsOf(uint64_t min, uint64_t max, bool is64, const char *what) {
  wasm::Limits limits{min, max == UINT64_MAX ? std::nullopt : std::optional(max), is64};
  if (limits.max && *limits.max < min)
    return fail(ErrorKind::Invalid, std::string("a ") + what + " has a maximum below its minimum");
  return limits;
}

Result<w2n_memory *> makeMemory(const w2n_memory_config &config) {
  W2N_TRY(limits, limitsOf(config.min, config.max, config.is_64, "memory"));
  limits.shared = config.is_shared;
  const uint32_t pageBytes = config.page_bytes ? config.page_bytes : 65536;
  if (pageBytes != 65536 && pageBytes != 1)
    return fail(ErrorKind::Invalid, "a memory has pages of " + std::to_string(pageBytes) +
                                        " bytes, must be 65536 or 1");
  if (limits.shared && !limits.max)
    return fail(ErrorKind::Invalid, "a shared memory has no maximum");
  const uint64_t maxBytes = config.max_bytes ? config.max_bytes : UINT64_MAX;
  W2N_TRY(memory, runtime::makeMemory({limits, uint8_t(std::countr_zero(pageBytes))},
                                      /*guard=*/!config.without_guards, maxBytes));
  return new w2n_memory{std::move(memory)};
}

Result<wasm::ValueType> typeOf(w2n_value_kind kind) {
  if (kind > W2N_EXTERNREF)
    return fail(ErrorKind::Invalid, "a kind of value is " + std::to_string(kind) + ", most is " +
                                        std::to_string(W2N_EXTERNREF));
  return api::typeOf(kind);
}

Result<w2n_global *> makeGlobal(bool isMutable, const w2n_value &value) {
  W2N_TRY(type, typeOf(value.kind));
  W2N_TRY(slot, api::toSlotFor(value, type, nullptr));
  auto global = runtime::makeGlobal({type, isMutable}, slot);
  if (value.kind == W2N_V128)
    global->cell->bits[1] = value.of.v128[1];
  return new Owned<w2n_global>(std::move(global));
}

Result<w2n_table *> makeTable(const w2n_table_config &config, const w2n_value *initial) {
  W2N_TRY(type, typeOf(config.element));
  if (!type.isRef())
    return fail(ErrorKind::Invalid, "a table has elements that are no references");
  W2N_TRY(limits, limitsOf(config.min, config.max, config.is_64, "table"));
  runtime::Slot slot = 0;
  if (initial) {
    W2N_TRY(found, api::toSlotFor(*initial, type, nullptr));
    slot = found;
  }
  W2N_TRY(table, runtime::makeTable({type, limits}, slot));
  return new Owned<w2n_table>(std::move(table));
}

Result<w2n_tag *> makeTag(const w2n_function_type &type) {
  wasm::FunctionType function;
  if (type.result_count)
    return fail(ErrorKind::Invalid, "a tag has results");
  for (size_t i = 0; i < type.param_count; ++i) {
    W2N_TRY(param, typeOf(type.params[i]));
    function.params.push_back(param);
  }
  return new w2n_tag(runtime::makeTag(std::move(function)));
}

Result<w2n_function *> makeFunction(const w2n_function_type &type,
                                    const api::HostCallback &callback) {
  W2N_TRY(function, api::makeHostFunction("of the host", type, callback));
  return new Owned<w2n_function>(std::move(function));
}

Result<runtime::Slot> elementOf(const w2n_table &self, const w2n_value &value) {
  return api::toSlotFor(value, self.table->type.element, self.table->owner);
}

Status setElement(w2n_table &self, uint64_t index, const w2n_value &value) {
  W2N_TRY(slot, elementOf(self, value));
  if (index >= self.table->size())
    return fail(ErrorKind::Invalid, "a table of " + std::to_string(self.table->size()) +
                                        " elements has no element " + std::to_string(index));
  if (!runtime::setElement(*self.table, index, slot))
    return fail(ErrorKind::Link, "the function's instance has another heap than the table's");
  return {};
}

Status growTable(w2n_table &self, uint64_t delta, const w2n_value &value) {
  W2N_TRY(slot, elementOf(self, value));
  if (runtime::growTable(*self.table, delta, slot) < 0)
    return fail(ErrorKind::Limit, "cannot grow a table of " + std::to_string(self.table->size()) +
                                      " elements by " + std::to_string(delta));
  return {};
}

} // namespace

w2n_error *w2n_memory_new(const w2n_memory_config *config, w2n_memory **out) {
  return store(makeMemory(api::readSized(config)), out);
}
void w2n_memory_free(w2n_memory *memory) { delete memory; }

w2n_error *w2n_global_new(bool isMutable, const w2n_value *value, w2n_global **out) {
  return store(makeGlobal(isMutable, *value), out);
}
void w2n_global_free(w2n_global *global) { freeOwned(global); }

w2n_error *w2n_table_new(const w2n_table_config *config, const w2n_value *initial,
                         w2n_table **out) {
  return store(makeTable(api::readSized(config), initial), out);
}
void w2n_table_free(w2n_table *table) { freeOwned(table); }

w2n_error *w2n_table_set(w2n_table *table, uint64_t index, const w2n_value *value) {
  return api::toC(setElement(*table, index, *value));
}

w2n_error *w2n_table_grow(w2n_table *table, uint64_t delta, const w2n_value *value) {
  return api::toC(growTable(*table, delta, *value));
}

w2n_error *w2n_tag_new(const w2n_function_type *type, w2n_tag **out) {
  return store(makeTag(*type), out);
}

w2n_error *w2n_function_new(const w2n_function_type *type, w2n_callback callback, void *user,
                            w2n_finalizer finalizer, w2n_function **out) {
  return store(makeFunction(*type, {callback, user, finalizer}), out);
}
void w2n_function_free(w2n_function *function) { freeOwned(function); }
