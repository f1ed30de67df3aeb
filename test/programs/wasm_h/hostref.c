// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Objects of the host travel through globals, tables and calls, and are the same afterwards.
#include "program.h"

static own wasm_trap_t *echo(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  wasm_val_copy(&results->data[0], &args->data[0]);
  return NULL;
}

static own wasm_ref_t *pass(const wasm_func_t *func, wasm_valkind_t kind, wasm_ref_t *reference) {
  wasm_val_t arg = {kind, {.ref = reference}}, result = WASM_INIT_VAL;
  wasm_val_vec_t args = {1, &arg}, results = {wasm_func_result_arity(func), &result};
  CHECK(!wasm_func_call(func, &args, &results));
  return result.of.ref;
}

static void check_same(own wasm_ref_t *found, const wasm_ref_t *expected) {
  CHECK(wasm_ref_same(found, expected));
  wasm_ref_delete(found);
}

static void check_object(const wasm_extern_vec_t *exports, wasm_ref_t *object) {
  wasm_global_t *global = wasm_extern_as_global(exports->data[0]);
  wasm_table_t *table = wasm_extern_as_table(exports->data[1]);
  const wasm_func_t *set = wasm_extern_as_func(exports->data[2]);
  pass(set, WASM_EXTERNREF, object);
  wasm_val_t value;
  wasm_global_get(global, &value);
  check_same(value.of.ref, object);
  CHECK(wasm_table_set(table, 3, object));
  check_same(wasm_table_get(table, 3), object);
  wasm_val_t index = WASM_I32_VAL(3), result = WASM_INIT_VAL;
  wasm_val_vec_t args = {1, &index}, results = {1, &result};
  CHECK(!wasm_func_call(wasm_extern_as_func(exports->data[5]), &args, &results));
  check_same(result.of.ref, object);
  check_same(pass(wasm_extern_as_func(exports->data[6]), WASM_EXTERNREF, object), object);
}

void hostref_program(wasm_engine_t *engine, const char *path) {
  wasm_store_t *store = wasm_store_new(engine);
  wasm_module_t *module = compile(store, path);
  wasm_functype_t *type =
      wasm_functype_new_1_1(wasm_valtype_new_externref(), wasm_valtype_new_externref());
  wasm_func_t *func = wasm_func_new(store, type, echo);
  wasm_functype_delete(type);
  wasm_extern_t *imports[] = {wasm_func_as_extern(func)};
  wasm_instance_t *instance = instantiate(store, module, imports, 1);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);

  wasm_foreign_t *foreign = wasm_foreign_new(store);
  wasm_foreign_set_host_info(foreign, &exports);
  wasm_ref_t *reference = wasm_foreign_as_ref(foreign);
  CHECK(wasm_ref_get_host_info(reference) == &exports);
  CHECK(wasm_ref_as_foreign(reference) == foreign && !wasm_ref_as_func(reference));
  check_object(&exports, NULL);
  check_object(&exports, reference);
  check_object(&exports, wasm_func_as_ref(func));
  check_object(&exports, wasm_instance_as_ref(instance));
  // An object that a guest has is still there when the host has nothing else of it.
  wasm_foreign_delete(foreign);
  check_object(&exports, reference);

  const wasm_func_t *function = wasm_extern_as_func(exports.data[7]);
  check_same(pass(function, WASM_FUNCREF, NULL), NULL);
  check_same(pass(function, WASM_FUNCREF, wasm_func_as_ref(func)), wasm_func_as_ref(func));
  wasm_func_t *get = wasm_extern_as_func(exports.data[3]);
  check_same(pass(function, WASM_FUNCREF, wasm_func_as_ref(get)), wasm_func_as_ref(get));

  wasm_func_delete(func);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_store_delete(store);
}
