// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The layouts that programs compiled against another engine's copy of the header rely on.
#include "program.h"
#include <stddef.h>

_Static_assert(sizeof(byte_t) == 1 && sizeof(float32_t) == 4 && sizeof(float64_t) == 8,
               "machine types");
_Static_assert(sizeof(wasm_valkind_t) == 1 && sizeof(wasm_externkind_t) == 1 &&
                   sizeof(wasm_mutability_t) == 1,
               "kinds");
_Static_assert(WASM_I32 == 0 && WASM_I64 == 1 && WASM_F32 == 2 && WASM_F64 == 3,
               "kinds of numbers");
_Static_assert(WASM_EXTERNREF == 128 && WASM_FUNCREF == 129, "kinds of references");
_Static_assert(WASM_EXTERN_FUNC == 0 && WASM_EXTERN_GLOBAL == 1 && WASM_EXTERN_TABLE == 2 &&
                   WASM_EXTERN_MEMORY == 3 && WASM_EXTERN_TAG == 4,
               "kinds of externals");
_Static_assert(WASM_CONST == 0 && WASM_VAR == 1, "mutability");
_Static_assert(sizeof(wasm_limits_t) == 8 && offsetof(wasm_limits_t, max) == 4, "limits");
_Static_assert(sizeof(wasm_val_t) == 16 && offsetof(wasm_val_t, of) == 8, "values");
_Static_assert(offsetof(wasm_val_t, kind) == 0 && sizeof(((wasm_val_t *)0)->of) == 8, "values");
#define CHECK_VECTOR(name)                                                                         \
  _Static_assert(sizeof(wasm_##name##_vec_t) == 16 && offsetof(wasm_##name##_vec_t, size) == 0 &&  \
                     offsetof(wasm_##name##_vec_t, data) == 8,                                     \
                 "vectors")
CHECK_VECTOR(byte);
CHECK_VECTOR(val);
CHECK_VECTOR(valtype);
CHECK_VECTOR(frame);
CHECK_VECTOR(extern);
CHECK_VECTOR(importtype);

void abi_program(wasm_engine_t *engine, const char *path) {
  (void)engine, (void)path;
  CHECK(MEMORY_PAGE_SIZE == 65536 && wasm_limits_max_default == UINT32_MAX);
  wasm_val_t value;
  wasm_val_init_ptr(&value, &value);
  CHECK(wasm_val_ptr(&value) == &value);
}
