// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Wrong arguments are traps or null, never undefined.
#include "program.h"

static own wasm_trap_t *leave_kind(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  (void)args, (void)results; // a null reference stays in the result
  return NULL;
}

static void check_trap(own wasm_trap_t *trap) {
  CHECK(trap);
  wasm_trap_delete(trap);
}

static void check_imports(wasm_store_t *store, const wasm_module_t *module) {
  wasm_extern_vec_t none = WASM_EMPTY_VEC;
  wasm_trap_t *trap = NULL;
  CHECK(!wasm_instance_new(store, module, &none, &trap));
  check_trap(trap);
  CHECK(!wasm_instance_new(store, module, &none, NULL));
  wasm_functype_t *type = wasm_functype_new_0_0();
  wasm_func_t *func = wasm_func_new(store, type, leave_kind);
  wasm_functype_delete(type);
  wasm_extern_t *imports[] = {wasm_func_as_extern(func)};
  wasm_extern_vec_t wrong = WASM_ARRAY_VEC(imports);
  CHECK(!wasm_instance_new(store, module, &wrong, NULL));
  wasm_func_delete(func);
}

static void check_binary(wasm_store_t *store) {
  char bytes[] = {0, 'a', 's', 'm', 1, 0, 0, 0, 99, 0};
  wasm_byte_vec_t binary = WASM_ARRAY_VEC(bytes);
  CHECK(!wasm_module_validate(store, &binary) && !wasm_module_new(store, &binary));
  wasm_byte_vec_t empty = WASM_EMPTY_VEC;
  CHECK(!wasm_module_validate(store, &empty) && !wasm_module_new(store, &empty));
  CHECK(!wasm_module_deserialize(store, &empty));
}

void misuse_program(wasm_engine_t *engine, const char *path) {
  wasm_store_t *store = wasm_store_new(engine);
  wasm_module_t *module = compile(store, path);
  check_imports(store, module);
  check_binary(store);
  wasm_functype_t *type = wasm_functype_new_1_1(wasm_valtype_new_i64(), wasm_valtype_new_i64());
  wasm_func_t *func = wasm_func_new(store, type, leave_kind);
  wasm_functype_delete(type);
  wasm_extern_t *imports[] = {wasm_func_as_extern(func)};
  wasm_instance_t *instance = instantiate(store, module, imports, 1);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  const wasm_func_t *f = wasm_extern_as_func(exports.data[0]);
  check_trap(call(f, 0, 0, 0, NULL)); // no argument
  check_trap(call(f, 1, 1, 0, NULL)); // of type i32
  wasm_val_t arg = WASM_I64_VAL(1), result = WASM_INIT_VAL;
  wasm_val_vec_t args = {1, &arg}, results = {1, &result}, none = WASM_EMPTY_VEC;
  check_trap(wasm_func_call(f, &args, &none));
  check_trap(wasm_func_call(f, &args, &results)); // the host leaves no i64
  wasm_func_delete(NULL);
  // Objects outlive their store.
  wasm_store_delete(store);
  wasm_func_delete(func);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
}
