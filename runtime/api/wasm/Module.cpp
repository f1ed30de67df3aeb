// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/wasm/Module.h"
#include "include/wasm2native/wasm_extensions.h"
#include "runtime/api/wasm/Objects.h"

using namespace w2n;

namespace {

std::span<const uint8_t> bytesOf(const wasm_byte_vec_t &vector) {
  return {reinterpret_cast<const uint8_t *>(vector.data), vector.size};
}

wasm_module_t *moduleOrNull(wasm_store_t *store,
                            Result<std::shared_ptr<const runtime::Module>> module) {
  if (module)
    return standard::objectFor<wasm_module_t>(store->store, std::move(*module));
  standard::noteError(module.error());
  return nullptr;
}

Status validate(std::span<const uint8_t> bytes) {
  W2N_TRY(module, wasm::decodeModule(bytes));
  return wasm::validateModule(module);
}

} // namespace

wasm_module_t *wasm_module_new(wasm_store_t *store, const wasm_byte_vec_t *binary) {
  return moduleOrNull(store, store->store->engine->compile(bytesOf(*binary)));
}

bool wasm_module_validate(wasm_store_t *, const wasm_byte_vec_t *binary) {
  const Status valid = validate(bytesOf(*binary));
  if (!valid)
    standard::noteError(valid.error());
  return valid.has_value();
}

void wasm_module_imports(const wasm_module_t *self, wasm_importtype_vec_t *out) {
  const artifact::Metadata &metadata = self->module->metadata();
  wasm_importtype_vec_new_uninitialized(out, metadata.imports().size());
  for (size_t i = 0; i < out->size; ++i) {
    w2n_import import;
    (void)w2n_module_import(&self->described, i, &import);
    const artifact::ImportRecord &record = metadata.imports()[i];
    wasm_name_t module = standard::nameOf(metadata.string(record.module));
    wasm_name_t name = standard::nameOf(metadata.string(record.name));
    out->data[i] = wasm_importtype_new(&module, &name, standard::typeOf(import.type).release());
  }
}

void wasm_module_exports(const wasm_module_t *self, wasm_exporttype_vec_t *out) {
  const artifact::Metadata &metadata = self->module->metadata();
  wasm_exporttype_vec_new_uninitialized(out, metadata.exports().size());
  for (size_t i = 0; i < out->size; ++i) {
    w2n_export found;
    (void)w2n_module_export(&self->described, i, &found);
    wasm_name_t name = standard::nameOf(metadata.string(metadata.exports()[i].name));
    out->data[i] = wasm_exporttype_new(&name, standard::typeOf(found.type).release());
  }
}

void wasm_module_serialize(const wasm_module_t *self, wasm_byte_vec_t *out) {
  const std::span<const uint8_t> file = self->module->file();
  wasm_byte_vec_new(out, file.size(), reinterpret_cast<const char *>(file.data()));
}

wasm_module_t *wasm_module_deserialize(wasm_store_t *store, const wasm_byte_vec_t *bytes) {
  return moduleOrNull(store, runtime::Module::loadBytes(bytesOf(*bytes), "serialized module"));
}

wasm_shared_module_t *wasm_module_share(const wasm_module_t *module) {
  return new wasm_shared_module_t{module->module};
}

wasm_module_t *wasm_module_obtain(wasm_store_t *store, const wasm_shared_module_t *shared) {
  return standard::objectFor<wasm_module_t>(store->store, shared->module);
}

void wasm_shared_module_delete(wasm_shared_module_t *shared) { delete shared; }

w2n_module *w2n_module_from_wasm(const wasm_module_t *module) {
  return new w2n_module(module->module);
}

wasm_module_t *w2n_module_to_wasm(const w2n_module *module, wasm_store_t *store) {
  return standard::objectFor<wasm_module_t>(store->store, module->module);
}
