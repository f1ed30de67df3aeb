// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/api/wasm/Objects.h"
#include "runtime/core/Link.h"

using namespace w2n;

namespace w2n::standard {

wasm_extern_t *externFor(const std::shared_ptr<Store> &store, const runtime::Extern &found) {
  if (auto *function = std::get_if<wasm_func_t::Pointer>(&found))
    return objectFor<wasm_func_t>(store, *function);
  if (auto *global = std::get_if<wasm_global_t::Pointer>(&found))
    return objectFor<wasm_global_t>(store, *global);
  if (auto *table = std::get_if<wasm_table_t::Pointer>(&found))
    return objectFor<wasm_table_t>(store, *table);
  if (auto *memory = std::get_if<wasm_memory_t::Pointer>(&found))
    return objectFor<wasm_memory_t>(store, *memory);
  return objectFor<wasm_tag_t>(store, std::get<wasm_tag_t::Pointer>(found));
}

} // namespace w2n::standard

namespace {

Result<wasm_instance_t *> makeInstance(const std::shared_ptr<standard::Store> &store,
                                       const wasm_module_t &module,
                                       const wasm_extern_vec_t &imports) {
  // The resolver is asked once for each import, in order.
  size_t next = 0;
  auto resolve = [&](std::string_view, std::string_view,
                     wasm::ExternKind) -> std::optional<runtime::Extern> {
    const size_t index = next++;
    if (index >= imports.size || !imports.data[index])
      return std::nullopt;
    return imports.data[index]->get();
  };
  W2N_TRY(instance, runtime::Instance::instantiate(module.module, resolve));
  std::erase_if(store->instances, [](const auto &known) { return known.expired(); });
  store->instances.push_back(instance);
  return standard::objectFor<wasm_instance_t>(store, std::move(instance));
}

} // namespace

wasm_instance_t *wasm_instance_new(wasm_store_t *store, const wasm_module_t *module,
                                   const wasm_extern_vec_t *imports, wasm_trap_t **trap) {
  auto instance = makeInstance(store->store, *module, imports ? *imports : wasm_extern_vec_t{});
  if (trap)
    *trap = instance ? nullptr : new wasm_trap_t(store->store, instance.error());
  return standard::valueOrNull(std::move(instance));
}

void wasm_instance_exports(const wasm_instance_t *self, wasm_extern_vec_t *out) {
  runtime::Instance &instance = *self->instance;
  wasm_extern_vec_new_uninitialized(out, instance.module().metadata().exports().size());
  for (size_t i = 0; i < out->size; ++i)
    out->data[i] = standard::externFor(self->store, instance.exportAt(uint32_t(i)));
}

wasm_externkind_t wasm_extern_kind(const wasm_extern_t *object) { return object->type()->kind; }

wasm_externtype_t *wasm_extern_type(const wasm_extern_t *object) {
  return object->type().release();
}
