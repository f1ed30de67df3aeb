// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// One module, shared with threads that have a store each.
#include "program.h"
#include <pthread.h>

enum { threads = 4, runs = 20 };

typedef struct {
  wasm_engine_t *engine;
  const wasm_shared_module_t *module;
  int32_t number;
  int32_t noted;
} worker;

static own wasm_trap_t *note(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  (void)results;
  ((worker *)env)->noted += args->data[0].of.i32;
  return NULL;
}

static void run_once(worker *self) {
  wasm_store_t *store = wasm_store_new(self->engine);
  wasm_module_t *module = wasm_module_obtain(store, self->module);
  CHECK(module);
  wasm_functype_t *type = wasm_functype_new_1_0(wasm_valtype_new_i32());
  wasm_func_t *func = wasm_func_new_with_env(store, type, note, self, NULL);
  wasm_functype_delete(type);
  wasm_globaltype_t *global_type = wasm_globaltype_new(wasm_valtype_new_i32(), WASM_CONST);
  const wasm_val_t value = WASM_I32_VAL(self->number);
  wasm_global_t *global = wasm_global_new(store, global_type, &value);
  wasm_globaltype_delete(global_type);
  wasm_extern_t *imports[] = {wasm_func_as_extern(func), wasm_global_as_extern(global)};
  wasm_instance_t *instance = instantiate(store, module, imports, 2);
  wasm_func_delete(func);
  wasm_global_delete(global);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  wasm_instance_delete(instance);
  CHECK(!call(wasm_extern_as_func(exports.data[0]), 0, 0, 0, NULL));
  wasm_extern_vec_delete(&exports);
  wasm_module_delete(module);
  wasm_store_delete(store);
}

static void *run(void *self) {
  for (int i = 0; i < runs; ++i)
    run_once((worker *)self);
  return NULL;
}

void threads_program(wasm_engine_t *engine, const char *path) {
  wasm_store_t *store = wasm_store_new(engine);
  wasm_module_t *module = compile(store, path);
  wasm_shared_module_t *shared = wasm_module_share(module);
  wasm_module_delete(module);
  wasm_store_delete(store);
  pthread_t ids[threads];
  worker workers[threads];
  for (int i = 0; i < threads; ++i) {
    workers[i] = (worker){engine, shared, i + 1, 0};
    CHECK(pthread_create(&ids[i], NULL, run, &workers[i]) == 0);
  }
  for (int i = 0; i < threads; ++i) {
    pthread_join(ids[i], NULL);
    CHECK(workers[i].noted == runs * (i + 1));
  }
  wasm_shared_module_delete(shared);
}
