// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Runs one of the programs: main NAME MODULE.
#include "program.h"

own wasm_byte_vec_t read_file(const char *path) {
  FILE *file = fopen(path, "rb");
  CHECK(file);
  fseek(file, 0, SEEK_END);
  wasm_byte_vec_t bytes;
  wasm_byte_vec_new_uninitialized(&bytes, (size_t)ftell(file));
  rewind(file);
  CHECK(fread(bytes.data, 1, bytes.size, file) == bytes.size);
  fclose(file);
  return bytes;
}

own wasm_module_t *compile(wasm_store_t *store, const char *path) {
  wasm_byte_vec_t bytes = read_file(path);
  CHECK(wasm_module_validate(store, &bytes));
  wasm_module_t *module = wasm_module_new(store, &bytes);
  CHECK(module);
  wasm_byte_vec_delete(&bytes);
  return module;
}

own wasm_instance_t *instantiate(wasm_store_t *store, const wasm_module_t *module,
                                 wasm_extern_t **imports, size_t count) {
  wasm_extern_vec_t vector = {count, imports};
  wasm_trap_t *trap = NULL;
  wasm_instance_t *instance = wasm_instance_new(store, module, &vector, &trap);
  CHECK(!trap);
  CHECK(instance);
  return instance;
}

own wasm_trap_t *call(const wasm_func_t *func, size_t count, int32_t first, int32_t second,
                      int32_t *result) {
  wasm_val_t values[2] = {WASM_I32_VAL(first), WASM_I32_VAL(second)}, out[1] = {WASM_INIT_VAL};
  wasm_val_vec_t args = {count, values}, results = {wasm_func_result_arity(func), out};
  wasm_trap_t *trap = wasm_func_call(func, &args, &results);
  if (!trap && result)
    *result = out[0].of.i32;
  return trap;
}

int32_t result_of(const wasm_func_t *func, size_t count, int32_t first, int32_t second) {
  int32_t result = 0;
  CHECK(wasm_func_result_arity(func) == 1);
  CHECK(!call(func, count, first, second, &result));
  return result;
}

typedef struct {
  const char *name;
  void (*run)(wasm_engine_t *engine, const char *path);
} program;

static const program programs[] = {
#define PROGRAM(name) {#name, name##_program},
#include "programs.def"
#undef PROGRAM
};

int main(int argc, char **argv) {
  CHECK(argc == 3);
  for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); ++i)
    if (strcmp(programs[i].name, argv[1]) == 0) {
      wasm_engine_t *engine = wasm_engine_new();
      programs[i].run(engine, argv[2]);
      wasm_engine_delete(engine);
      return EXIT_SUCCESS;
    }
  printf("no program %s\n", argv[1]);
  return EXIT_FAILURE;
}
