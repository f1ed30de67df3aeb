// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Functions with an environment, which is finalized once.
#include "program.h"

static int finalized;

static own wasm_trap_t *twice(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  results->data[0].kind = WASM_I32;
  results->data[0].of.i32 = 2 * args->data[0].of.i32;
  return NULL;
}

static own wasm_trap_t *add(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  results->data[0].kind = WASM_I32;
  results->data[0].of.i32 = args->data[0].of.i32 + *(int *)env;
  return NULL;
}

static void finalize(void *env) { finalized += *(int *)env; }

void callback_program(wasm_engine_t *engine, const char *path) {
  int number = 40;
  wasm_store_t *store = wasm_store_new(engine);
  wasm_module_t *module = compile(store, path);
  wasm_functype_t *type = wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32());
  wasm_func_t *twice_func = wasm_func_new(store, type, twice);
  wasm_func_t *add_func = wasm_func_new_with_env(store, type, add, &number, finalize);
  wasm_functype_delete(type);
  wasm_extern_t *imports[] = {wasm_func_as_extern(twice_func), wasm_func_as_extern(add_func)};
  wasm_instance_t *instance = instantiate(store, module, imports, 2);
  wasm_func_delete(twice_func);
  wasm_func_delete(add_func);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  CHECK(result_of(wasm_extern_as_func(exports.data[0]), 2, 1, 1) == 84);
  CHECK(finalized == 0);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  CHECK(finalized == 40);
  wasm_module_delete(module);
  wasm_store_delete(store);
}
