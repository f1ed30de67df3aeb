// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A module calls a function of the host.
#include "program.h"

static int greetings;

static own wasm_trap_t *hello(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  CHECK(args->size == 0 && results->size == 0);
  ++greetings;
  return NULL;
}

void hello_program(wasm_engine_t *engine, const char *path) {
  wasm_store_t *store = wasm_store_new(engine);
  wasm_module_t *module = compile(store, path);
  wasm_functype_t *type = wasm_functype_new_0_0();
  wasm_func_t *func = wasm_func_new(store, type, hello);
  wasm_functype_delete(type);
  wasm_extern_t *imports[] = {wasm_func_as_extern(func)};
  wasm_instance_t *instance = instantiate(store, module, imports, 1);
  wasm_func_delete(func);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  CHECK(exports.size == 1);
  wasm_instance_delete(instance);
  const wasm_func_t *run = wasm_extern_as_func(exports.data[0]);
  CHECK(run && !call(run, 0, 0, 0, NULL) && greetings == 1);
  wasm_extern_vec_delete(&exports);
  wasm_module_delete(module);
  wasm_store_delete(store);
}
