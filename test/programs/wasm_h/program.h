// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Helpers of all programs. They use the standard header alone, so that any engine's would do.
#ifndef WASM_H_PROGRAM_H
#define WASM_H_PROGRAM_H

#include "wasm.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define own

#define PROGRAM(name) void name##_program(wasm_engine_t *engine, const char *path);
#include "programs.def"
#undef PROGRAM

#define CHECK(claim)                                                                               \
  do                                                                                               \
    if (!(claim)) {                                                                                \
      printf("%s:%d: not so: %s\n", __FILE__, __LINE__, #claim);                                   \
      exit(EXIT_FAILURE);                                                                          \
    }                                                                                              \
  while (0)

/// The bytes of the file at `path`.
own wasm_byte_vec_t read_file(const char *path);
/// An instance of `module`, which must succeed.
own wasm_instance_t *instantiate(wasm_store_t *store, const wasm_module_t *module,
                                 wasm_extern_t **imports, size_t count);
/// The module in the file at `path`, compiled.
own wasm_module_t *compile(wasm_store_t *store, const char *path);
/// Calls a function with up to two arguments of type i32.
own wasm_trap_t *call(const wasm_func_t *func, size_t count, int32_t first, int32_t second,
                      int32_t *result);
/// The same for one that must succeed, and has one result.
int32_t result_of(const wasm_func_t *func, size_t count, int32_t first, int32_t second);

#endif
