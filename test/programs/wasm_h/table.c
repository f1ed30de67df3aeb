// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A table of functions: of the guest, and of the host, although the module imports none.
#include "program.h"

static own wasm_trap_t *negate(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  results->data[0] = (wasm_val_t)WASM_I32_VAL(-args->data[0].of.i32);
  return NULL;
}

static void check_trap(wasm_trap_t *trap) {
  CHECK(trap);
  wasm_trap_delete(trap);
}

static void check_element(const wasm_table_t *table, uint32_t index, const wasm_func_t *expected) {
  wasm_ref_t *found = wasm_table_get(table, index);
  CHECK(expected ? wasm_ref_same(found, wasm_func_as_ref_const(expected)) : !found);
  wasm_ref_delete(found);
}

static own wasm_table_t *make_table(wasm_store_t *store, wasm_ref_t *init) {
  const wasm_limits_t limits = {5, 5};
  wasm_tabletype_t *type = wasm_tabletype_new(wasm_valtype_new_funcref(), &limits);
  wasm_table_t *table = wasm_table_new(store, type, init);
  CHECK(table);
  wasm_tabletype_delete(type);
  return table;
}

void table_program(wasm_engine_t *engine, const char *path) {
  wasm_store_t *store = wasm_store_new(engine);
  wasm_module_t *module = compile(store, path);
  wasm_instance_t *instance = instantiate(store, module, NULL, 0);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  wasm_table_t *table = wasm_extern_as_table(exports.data[0]);
  const wasm_func_t *call_element = wasm_extern_as_func(exports.data[1]);
  wasm_func_t *f = wasm_extern_as_func(exports.data[2]), *g = wasm_extern_as_func(exports.data[3]);
  wasm_functype_t *type = wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32());
  wasm_func_t *h = wasm_func_new(store, type, negate);
  wasm_functype_delete(type);

  CHECK(wasm_table_size(table) == 2);
  check_element(table, 0, NULL);
  check_element(table, 1, f);
  check_trap(call(call_element, 2, 1, 0, NULL));
  CHECK(result_of(call_element, 2, 7, 1) == 21);

  CHECK(wasm_table_set(table, 0, wasm_func_as_ref(g)) && wasm_table_set(table, 1, NULL));
  CHECK(!wasm_table_set(table, 2, wasm_func_as_ref(f)));
  check_element(table, 0, g);
  CHECK(result_of(call_element, 2, 7, 0) == 6);
  check_trap(call(call_element, 2, 1, 1, NULL));

  CHECK(wasm_table_grow(table, 3, wasm_func_as_ref(f)) && wasm_table_size(table) == 5);
  CHECK(result_of(call_element, 2, 7, 4) == 21);
  CHECK(wasm_table_set(table, 3, wasm_func_as_ref(h)));
  wasm_func_t *h_again = h;
  check_element(table, 3, h_again);
  CHECK(result_of(call_element, 2, 7, 3) == -7);
  CHECK(wasm_table_grow(table, 5, NULL) && !wasm_table_grow(table, 1, NULL));
  check_element(table, 9, NULL);

  wasm_table_t *own_table = make_table(store, wasm_func_as_ref(f));
  check_element(own_table, 4, f);
  CHECK(wasm_table_set(own_table, 0, wasm_func_as_ref(h)));
  check_element(own_table, 0, h);
  CHECK(!wasm_table_grow(own_table, 1, NULL));
  wasm_table_delete(own_table);

  wasm_func_delete(h);
  CHECK(result_of(call_element, 2, 8, 3) == -8);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_store_delete(store);
}
