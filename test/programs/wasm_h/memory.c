// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A memory of the host that a guest imports.
#include "program.h"

void memory_program(wasm_engine_t *engine, const char *path) {
  wasm_store_t *store = wasm_store_new(engine);
  wasm_module_t *module = compile(store, path);
  const wasm_limits_t limits = {2, 3};
  wasm_memorytype_t *type = wasm_memorytype_new(&limits);
  wasm_memory_t *memory = wasm_memory_new(store, type);
  CHECK(memory);
  wasm_memorytype_delete(type);
  wasm_extern_t *imports[] = {wasm_memory_as_extern(memory)};
  wasm_instance_t *instance = instantiate(store, module, imports, 1);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  const wasm_func_t *load = wasm_extern_as_func(exports.data[0]),
                    *put = wasm_extern_as_func(exports.data[1]);

  CHECK(wasm_memory_size(memory) == 2 && wasm_memory_data_size(memory) == 2 * MEMORY_PAGE_SIZE);
  byte_t *data = wasm_memory_data(memory);
  data[0x1003] = 5;
  CHECK(result_of(load, 1, 0x1003, 0) == 5 && result_of(load, 1, 0x1ffff, 0) == 0);
  CHECK(result_of(put, 2, 0x1002, -6) == 0 && data[0x1002] == -6);
  wasm_trap_t *trap = call(load, 1, 0x20000, 0, NULL);
  CHECK(trap);
  wasm_trap_delete(trap);

  CHECK(wasm_memory_grow(memory, 1) && wasm_memory_size(memory) == 3);
  CHECK(wasm_memory_data(memory) == data && !wasm_memory_grow(memory, 1) &&
        wasm_memory_grow(memory, 0));
  CHECK(result_of(load, 1, 0x20000, 0) == 0);
  CHECK(result_of(wasm_extern_as_func(exports.data[2]), 0, 0, 0) == 3);

  type = wasm_memory_type(memory);
  CHECK(wasm_memorytype_limits(type)->max == 3);
  wasm_memorytype_delete(type);
  wasm_memory_delete(memory);
  CHECK(result_of(load, 1, 0x1003, 0) == 5);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_store_delete(store);
}
