// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Exports have the order of the module, and live as long as anything of them is left.
#include "program.h"

void exports_program(wasm_engine_t *engine, const char *path) {
  wasm_store_t *store = wasm_store_new(engine);
  wasm_module_t *module = compile(store, path);
  wasm_instance_t *instance = instantiate(store, module, NULL, 0);
  wasm_module_delete(module);
  wasm_extern_vec_t exports, again;
  wasm_instance_exports(instance, &exports);
  wasm_instance_exports(instance, &again);
  wasm_instance_delete(instance);
  const wasm_externkind_t kinds[] = {WASM_EXTERN_MEMORY, WASM_EXTERN_TABLE, WASM_EXTERN_GLOBAL,
                                     WASM_EXTERN_FUNC};
  CHECK(exports.size == 4);
  for (size_t i = 0; i < 4; ++i) {
    CHECK(wasm_extern_kind(exports.data[i]) == kinds[i]);
    CHECK(wasm_extern_same(exports.data[i], again.data[i]));
    wasm_externtype_t *type = wasm_extern_type(exports.data[i]);
    CHECK(wasm_externtype_kind(type) == kinds[i]);
    wasm_externtype_delete(type);
  }
  wasm_extern_vec_delete(&again);
  wasm_global_t *counter = wasm_global_copy(wasm_extern_as_global(exports.data[2]));
  CHECK(!wasm_extern_as_memory(exports.data[2]));
  wasm_func_t *add = wasm_func_copy(wasm_extern_as_func(exports.data[3]));
  wasm_extern_vec_delete(&exports);
  CHECK(result_of(add, 2, 40, 2) == 42);
  wasm_func_delete(add);
  wasm_val_t value;
  wasm_global_get(counter, &value);
  CHECK(value.of.i32 == 1);
  wasm_global_delete(counter);
  wasm_store_delete(store);
}
