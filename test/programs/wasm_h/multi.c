// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Several results, and more values than registers.
#include "program.h"

static own wasm_trap_t *rotate(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  CHECK(args->size == 2 && results->size == 2);
  wasm_val_copy(&results->data[0], &args->data[1]);
  wasm_val_copy(&results->data[1], &args->data[0]);
  return NULL;
}

static own wasm_functype_t *rotate_type(void) {
  return wasm_functype_new_2_2(wasm_valtype_new_i32(), wasm_valtype_new_f64(),
                               wasm_valtype_new_f64(), wasm_valtype_new_i32());
}

static void check_many(const wasm_func_t *many) {
  wasm_val_t args[12], results[12];
  for (int i = 0; i < 12; i += 4) {
    args[i] = (wasm_val_t)WASM_I32_VAL(-i);
    args[i + 1] = (wasm_val_t)WASM_I64_VAL(INT64_MIN + i);
    args[i + 2] = (wasm_val_t)WASM_F32_VAL((float)i / 2);
    args[i + 3] = (wasm_val_t)WASM_F64_VAL(i / 3.0);
  }
  wasm_val_vec_t in = WASM_ARRAY_VEC(args), out = WASM_ARRAY_VEC(results);
  CHECK(!wasm_func_call(many, &in, &out));
  for (int i = 0; i < 12; ++i) {
    CHECK(results[11 - i].kind == args[i].kind);
    CHECK(args[i].kind == WASM_I32 || args[i].kind == WASM_F32
              ? results[11 - i].of.i32 == args[i].of.i32
              : results[11 - i].of.i64 == args[i].of.i64);
  }
}

void multi_program(wasm_engine_t *engine, const char *path) {
  wasm_store_t *store = wasm_store_new(engine);
  wasm_module_t *module = compile(store, path);
  wasm_functype_t *type = rotate_type();
  wasm_func_t *func = wasm_func_new(store, type, rotate);
  wasm_functype_delete(type);
  wasm_extern_t *imports[] = {wasm_func_as_extern(func)};
  wasm_instance_t *instance = instantiate(store, module, imports, 1);
  wasm_func_delete(func);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  wasm_val_t args[] = {WASM_I32_VAL(7), WASM_F64_VAL(0.25)}, results[2];
  wasm_val_vec_t in = WASM_ARRAY_VEC(args), out = WASM_ARRAY_VEC(results);
  CHECK(!wasm_func_call(wasm_extern_as_func(exports.data[0]), &in, &out));
  CHECK(results[0].kind == WASM_F64 && results[0].of.f64 == 0.25);
  CHECK(results[1].kind == WASM_I32 && results[1].of.i32 == 7);
  check_many(wasm_extern_as_func(exports.data[1]));
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_store_delete(store);
}
