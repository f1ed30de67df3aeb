// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Serialized modules are deserialized without a compiler; damaged ones are refused.
#include "program.h"

void serialize_program(wasm_engine_t *engine, const char *path) {
  wasm_store_t *store = wasm_store_new(engine);
  wasm_module_t *module = compile(store, path);
  wasm_byte_vec_t bytes;
  wasm_module_serialize(module, &bytes);
  wasm_module_delete(module);
  CHECK(bytes.size > 0);
  setenv("WASM2NATIVE_COMPILER", "/nowhere", 1);

  wasm_engine_t *other_engine = wasm_engine_new();
  wasm_store_t *other_store = wasm_store_new(other_engine);
  module = wasm_module_deserialize(other_store, &bytes);
  CHECK(module);
  wasm_instance_t *instance = instantiate(other_store, module, NULL, 0);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  CHECK(result_of(wasm_extern_as_func(exports.data[0]), 0, 0, 0) == 42);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_module_delete(module);

  bytes.data[bytes.size / 2] ^= 1;
  CHECK(!wasm_module_deserialize(other_store, &bytes));
  bytes.size = 3;
  CHECK(!wasm_module_deserialize(other_store, &bytes));
  wasm_byte_vec_delete(&bytes);
  wasm_store_delete(other_store);
  wasm_engine_delete(other_engine);
  wasm_store_delete(store);
}
