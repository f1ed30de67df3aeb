// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The vectors of the standard C API. Their arrays come from malloc, as those that programs in C put
// there themselves.
#include "include/wasm.h"

#include <cstdlib>
#include <cstring>

namespace {

template <typename Vector> void makeZeroed(Vector *out, size_t count) {
  *out = {count, nullptr};
  if (count == 0)
    return;
  out->data = static_cast<decltype(out->data)>(std::calloc(count, sizeof(*out->data)));
  if (!out->data)
    std::abort();
}

template <typename Vector> void clear(Vector *vector) {
  std::free(vector->data);
  *vector = {0, nullptr};
}

} // namespace

// `copy(to, from)` copies an element, `end(element)` ends one.
#define W2N_VECTOR(name, element, copy, end)                                                       \
  void wasm_##name##_vec_new_empty(wasm_##name##_vec_t *out) { *out = {0, nullptr}; }              \
  void wasm_##name##_vec_new_uninitialized(wasm_##name##_vec_t *out, size_t count) {               \
    makeZeroed(out, count);                                                                        \
  }                                                                                                \
  void wasm_##name##_vec_new(wasm_##name##_vec_t *out, size_t count, element const *elements) {    \
    makeZeroed(out, count);                                                                        \
    if (count)                                                                                     \
      std::memcpy(out->data, elements, count * sizeof(*out->data));                                \
  }                                                                                                \
  void wasm_##name##_vec_copy(wasm_##name##_vec_t *out, const wasm_##name##_vec_t *from) {         \
    makeZeroed(out, from->size);                                                                   \
    for (size_t i = 0; i < from->size; ++i)                                                        \
      copy(out->data[i], from->data[i]);                                                           \
  }                                                                                                \
  void wasm_##name##_vec_delete(wasm_##name##_vec_t *vector) {                                     \
    for (size_t i = 0; vector->data && i < vector->size; ++i)                                      \
      end(vector->data[i]);                                                                        \
    clear(vector);                                                                                 \
  }

#define W2N_COPY_BYTE(to, from) to = from
#define W2N_END_BYTE(byte) (void)(byte)
W2N_VECTOR(byte, wasm_byte_t, W2N_COPY_BYTE, W2N_END_BYTE)

#define W2N_COPY_VALUE(to, from) wasm_val_copy(&to, &from)
#define W2N_END_VALUE(value) wasm_val_delete(&value)
W2N_VECTOR(val, wasm_val_t, W2N_COPY_VALUE, W2N_END_VALUE)

#define W2N_POINTER_VECTOR(name, copy, end) W2N_VECTOR(name, wasm_##name##_t *, copy, end)

#define W2N_TYPE_VECTOR(name)                                                                      \
  static void copy_##name(wasm_##name##_t *&to, const wasm_##name##_t *from) {                     \
    to = from ? wasm_##name##_copy(from) : nullptr;                                                \
  }                                                                                                \
  W2N_POINTER_VECTOR(name, copy_##name, wasm_##name##_delete)

W2N_TYPE_VECTOR(valtype)
W2N_TYPE_VECTOR(functype)
W2N_TYPE_VECTOR(globaltype)
W2N_TYPE_VECTOR(tabletype)
W2N_TYPE_VECTOR(memorytype)
W2N_TYPE_VECTOR(tagtype)
W2N_TYPE_VECTOR(externtype)
W2N_TYPE_VECTOR(importtype)
W2N_TYPE_VECTOR(exporttype)
W2N_TYPE_VECTOR(frame)
W2N_TYPE_VECTOR(extern)
