// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Host information: of each kind of object, shared by copies, finalized once and in time.
#include "program.h"

enum { count = 300 };
static int live;

static void finalize(void *data) {
  CHECK(*(int *)data == 1);
  *(int *)data = 0;
  --live;
}

static void *next(int *data) {
  *data = 1;
  ++live;
  return data;
}

static void check_instances(wasm_store_t *store, const wasm_module_t *module) {
  static int data[count];
  for (int i = 0; i < count; ++i) {
    wasm_instance_t *instance = instantiate(store, module, NULL, 0);
    wasm_instance_set_host_info_with_finalizer(instance, next(&data[i]), finalize);
    wasm_instance_t *copy = wasm_instance_copy(instance);
    wasm_instance_delete(instance);
    CHECK(live == 1 && wasm_instance_same(instance, copy) &&
          wasm_instance_get_host_info(copy) == &data[i]);
    wasm_instance_delete(copy);
    CHECK(live == 0);
  }
}

// The host information of exports stays with the instance.
static void check_exports(wasm_store_t *store, const wasm_module_t *module) {
  int data[4];
  wasm_instance_t *instance = instantiate(store, module, NULL, 0);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  for (size_t i = 0; i < exports.size; ++i)
    wasm_extern_set_host_info_with_finalizer(exports.data[i], next(&data[i]), finalize);
  wasm_extern_vec_delete(&exports);
  CHECK(live == 4);
  wasm_instance_exports(instance, &exports);
  for (size_t i = 0; i < exports.size; ++i)
    CHECK(wasm_extern_get_host_info(exports.data[i]) == &data[i]);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  CHECK(live == 0);
}

static own wasm_trap_t *nothing(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  (void)args, (void)results;
  return NULL;
}

static void check_own(wasm_store_t *store, wasm_module_t *module) {
  // The module has the last one when this returns.
  static int data[5];
  wasm_functype_t *type = wasm_functype_new_0_0();
  wasm_func_t *func = wasm_func_new(store, type, nothing);
  wasm_functype_delete(type);
  wasm_func_set_host_info_with_finalizer(func, next(&data[0]), finalize);
  wasm_func_delete(func);
  wasm_foreign_t *foreign = wasm_foreign_new(store);
  wasm_foreign_set_host_info_with_finalizer(foreign, next(&data[1]), finalize);
  // Replaced.
  wasm_foreign_set_host_info_with_finalizer(foreign, next(&data[2]), finalize);
  wasm_foreign_delete(foreign);
  wasm_message_t message = WASM_EMPTY_VEC;
  wasm_trap_t *trap = wasm_trap_new(store, &message);
  wasm_trap_set_host_info_with_finalizer(trap, next(&data[3]), finalize);
  wasm_trap_delete(trap);
  CHECK(live == 0);
  wasm_module_set_host_info_with_finalizer(module, next(&data[4]), finalize);
  CHECK(live == 1);
}

void finalize_program(wasm_engine_t *engine, const char *path) {
  wasm_store_t *store = wasm_store_new(engine);
  wasm_module_t *module = compile(store, path);
  check_instances(store, module);
  check_exports(store, module);
  check_own(store, module);
  wasm_module_delete(module);
  CHECK(live == 0);
  wasm_store_delete(store);
}
