// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Calls by the standard C API, in nanoseconds, the least of several rounds: with any engine's
// library.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "wasm.h"

enum { rounds = 15, calls = 300000 };

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static wasm_trap_t *add(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  results->data[0].kind = WASM_I32;
  results->data[0].of.i32 = args->data[0].of.i32 + args->data[1].of.i32;
  return NULL;
}

static wasm_func_t *make_add(wasm_store_t *store) {
  wasm_valtype_t *params[] = {wasm_valtype_new_i32(), wasm_valtype_new_i32()},
                 *results[] = {wasm_valtype_new_i32()};
  wasm_valtype_vec_t paramVec, resultVec;
  wasm_valtype_vec_new(&paramVec, 2, params);
  wasm_valtype_vec_new(&resultVec, 1, results);
  wasm_functype_t *type = wasm_functype_new(&paramVec, &resultVec);
  wasm_func_t *func = wasm_func_new(store, type, add);
  wasm_functype_delete(type);
  return func;
}

static double time_calls(const wasm_func_t *func) {
  double least = 1e30;
  for (int round = 0; round < rounds; ++round) {
    const double begin = now();
    for (int i = 0; i < calls; ++i) {
      wasm_val_t values[2] = {WASM_I32_VAL(i), WASM_I32_VAL(1)}, result[1] = {WASM_INIT_VAL};
      wasm_val_vec_t args = WASM_ARRAY_VEC(values), results = WASM_ARRAY_VEC(result);
      if (wasm_func_call(func, &args, &results))
        abort();
    }
    const double took = (now() - begin) / calls;
    least = took < least ? took : least;
  }
  return least;
}

static double time_host(const wasm_func_t *func) {
  double least = 1e30;
  for (int round = 0; round < rounds; ++round) {
    wasm_val_t values[1] = {WASM_I32_VAL(calls)}, result[1] = {WASM_INIT_VAL};
    wasm_val_vec_t args = WASM_ARRAY_VEC(values), results = WASM_ARRAY_VEC(result);
    const double begin = now();
    if (wasm_func_call(func, &args, &results))
      abort();
    const double took = (now() - begin) / calls;
    least = took < least ? took : least;
  }
  return least;
}

int main(int argc, char **argv) {
  static char bytes[1 << 16];
  FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
  if (!file)
    return EXIT_FAILURE;
  wasm_byte_vec_t binary = {fread(bytes, 1, sizeof(bytes), file), bytes};
  fclose(file);
  wasm_engine_t *engine = wasm_engine_new();
  wasm_store_t *store = wasm_store_new(engine);
  wasm_module_t *module = wasm_module_new(store, &binary);
  wasm_extern_t *externs[] = {wasm_func_as_extern(make_add(store))};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(externs), exports;
  wasm_instance_t *instance = module ? wasm_instance_new(store, module, &imports, NULL) : NULL;
  if (!instance)
    return EXIT_FAILURE;
  wasm_instance_exports(instance, &exports);
  printf("wasm_func_call\t%.2f\n", time_calls(wasm_extern_as_func(exports.data[0])));
  printf("wasm.h host function\t%.2f\n", time_host(wasm_extern_as_func(exports.data[1])));
  return EXIT_SUCCESS;
}
