// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Globals of the host, shared with a guest, and of the guest.
#include "program.h"

static own wasm_global_t *make_global(wasm_store_t *store, own wasm_valtype_t *type,
                                      wasm_mutability_t mutability, wasm_val_t value) {
  wasm_globaltype_t *global_type = wasm_globaltype_new(type, mutability);
  wasm_global_t *global = wasm_global_new(store, global_type, &value);
  CHECK(global);
  wasm_globaltype_delete(global_type);
  return global;
}

static wasm_val_t value_of(const wasm_func_t *func) {
  wasm_val_t value = WASM_INIT_VAL;
  wasm_val_vec_t args = WASM_EMPTY_VEC, results = {1, &value};
  CHECK(!wasm_func_call(func, &args, &results));
  return value;
}

void global_program(wasm_engine_t *engine, const char *path) {
  wasm_store_t *store = wasm_store_new(engine);
  wasm_module_t *module = compile(store, path);
  const wasm_val_t half = WASM_F32_VAL(0.5f), three = WASM_I64_VAL(3);
  wasm_global_t *constant = make_global(store, wasm_valtype_new_f32(), WASM_CONST, half);
  wasm_global_t *variable = make_global(store, wasm_valtype_new_i64(), WASM_VAR, three);
  wasm_extern_t *imports[] = {wasm_global_as_extern(constant), wasm_global_as_extern(variable)};
  wasm_instance_t *instance = instantiate(store, module, imports, 2);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  wasm_global_t *own_global = wasm_extern_as_global(exports.data[0]);
  CHECK(wasm_global_same(wasm_extern_as_global(exports.data[4]), constant));

  CHECK(value_of(wasm_extern_as_func(exports.data[1])).of.f32 == 0.5f);
  CHECK(value_of(wasm_extern_as_func(exports.data[2])).of.i64 == 3);
  wasm_val_t value = WASM_I64_VAL(INT64_C(1) << 40), found;
  wasm_global_set(variable, &value);
  CHECK(value_of(wasm_extern_as_func(exports.data[2])).of.i64 == INT64_C(1) << 40);
  wasm_val_t minus[] = {WASM_I64_VAL(-1)};
  wasm_val_vec_t args = WASM_ARRAY_VEC(minus), results = WASM_EMPTY_VEC;
  CHECK(!wasm_func_call(wasm_extern_as_func(exports.data[3]), &args, &results));
  wasm_global_get(variable, &found);
  CHECK(found.kind == WASM_I64 && found.of.i64 == -1);
  wasm_global_get(own_global, &found);
  CHECK(found.kind == WASM_F64 && found.of.f64 == 7);

  // A value that does not fit changes nothing.
  wasm_global_set(variable, &half);
  wasm_global_set(constant, &half);
  wasm_global_get(variable, &found);
  CHECK(found.of.i64 == -1);

  wasm_global_delete(constant);
  wasm_global_delete(variable);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_store_delete(store);
}
