// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// Objects of garbage collection, part of libwasm2native-runtime: structures, arrays, i31 and
/// objects of the host as handles. C11 and C++. What runtime.h says of every function holds here.
///
/// A w2n_object is a handle to an object: a root, which keeps it and what it refers to until
/// w2n_object_free, and its instance, with a pool's slot. Several handles may be to the same
/// object. It is handed to instances that share its heap alone: those that are linked with each
/// other. Handles are used and freed on the thread of the instance.
#ifndef WASM2NATIVE_HEAP_H
#define WASM2NATIVE_HEAP_H

#include "runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum w2n_object_kind {
  W2N_OBJECT_I31,
  W2N_OBJECT_STRUCT,
  W2N_OBJECT_ARRAY,
  /// An object of the host, or a value of the host that any.convert_extern has put into a box.
  W2N_OBJECT_HOST
} w2n_object_kind;

/// Frees the handle; null is ignored.
W2N_API void w2n_object_free(w2n_object *object);
/// A second handle to the same object.
W2N_API w2n_object *w2n_object_copy(const w2n_object *object);
W2N_API w2n_object_kind w2n_object_kind_of(const w2n_object *object);
/// ref.eq: whether both are the same object, or the same i31.
W2N_API bool w2n_object_same(const w2n_object *left, const w2n_object *right);
/// ref.test: whether the object is of the type with this index in the module of `instance`, or of
/// one below it.
W2N_API bool w2n_object_is(const w2n_object *object, const w2n_instance *instance, uint32_t type);

/// Makes an i31 of the low 31 bits of `number`.
W2N_API w2n_object *w2n_object_new_i31(w2n_instance *instance, int32_t number);
/// The number of an i31, with its sign; 0 of other objects.
W2N_API int32_t w2n_object_i31(const w2n_object *object);

/// Makes a structure of the type with index `type` in the module of `instance`. `fields` are
/// `count` values, one for each; null with 0 is their defaults. Errors: INVALID (no such type, or
/// other values), UNSUPPORTED (a field is a function or an exception, and not null), LINK (an
/// object of another heap), TRAP (the heap is full), INTERRUPTED.
W2N_API w2n_error *w2n_object_new_struct(w2n_instance *instance, uint32_t type,
                                         const w2n_value *fields, size_t count, w2n_object **out);
/// The same for an array of `length` elements, all of which are `initial`; null is their default.
W2N_API w2n_error *w2n_object_new_array(w2n_instance *instance, uint32_t type, uint32_t length,
                                        const w2n_value *initial, w2n_object **out);

/// The number of a structure's fields, or of an array's elements; 0 of other objects.
W2N_API uint32_t w2n_object_length(const w2n_object *object);
/// Stores field or element `index`. Packed ones are I32 without sign. A reference to an object is a
/// new handle; one to a function lives as long as the handle `object`. Errors: INVALID (there is
/// none), UNSUPPORTED (an exception).
W2N_API w2n_error *w2n_object_get(w2n_object *object, uint32_t index, w2n_value *out);
/// Errors: INVALID (there is none, it is immutable, or of another type), UNSUPPORTED (a function or
/// an exception, and not null), LINK (an object of another heap).
W2N_API w2n_error *w2n_object_set(w2n_object *object, uint32_t index, const w2n_value *value);
/// Copies `count` elements of an array of numbers from `first` on to `out`, as they lie in memory:
/// little-endian, packed ones in their bytes. Errors: INVALID (no such elements).
W2N_API w2n_error *w2n_object_read(const w2n_object *array, uint32_t first, uint32_t count,
                                   void *out);
/// The same from `data` to the array. Errors: INVALID (no such elements, or immutable ones).
W2N_API w2n_error *w2n_object_write(w2n_object *array, uint32_t first, uint32_t count,
                                    const void *data);

/// Makes an object of the host, which a guest keeps and hands back as an externref or anyref.
/// `finalizer`, unless it is null, is called with `data` once: after a collection that found no
/// reference to the object, or when the heap ends; on the thread of the instance. It must use
/// nothing of this library. Errors: UNSUPPORTED (the instance has no heap), TRAP (it is
/// full), INTERRUPTED.
W2N_API w2n_error *w2n_object_new_host(w2n_instance *instance, void *data, w2n_finalizer finalizer,
                                       w2n_object **out);
/// The data of an object of the host, or the value in a box; null of other objects.
W2N_API void *w2n_object_host_data(const w2n_object *object);
/// Makes a handle of an externref that a guest of the heap of `instance` has just handed out,
/// before anything else is called. Errors: INVALID (a value of the host, and no object), LINK (an
/// object of another heap).
W2N_API w2n_error *w2n_object_from_externref(w2n_instance *instance, void *externref,
                                             w2n_object **out);

/// The state of a heap.
typedef struct w2n_heap_stats {
  /// sizeof(w2n_heap_stats), set by the caller: fields that a newer header has are not stored.
  size_t size;
  uint64_t allocated_bytes; ///< ever
  uint64_t live_bytes;      ///< found by the last collection
  uint64_t used_bytes;      ///< of blocks that are not free
  uint64_t max_bytes;       ///< the limit of used_bytes
  uint64_t collections;
  uint64_t total_pause_ns, max_pause_ns;
} w2n_heap_stats;

/// False, and nothing is stored, if the instance has no heap.
W2N_API bool w2n_instance_heap_stats(const w2n_instance *instance, w2n_heap_stats *out);
/// Collects garbage now. Errors: INTERRUPTED. An instance without a heap has none.
W2N_API w2n_error *w2n_instance_collect(w2n_instance *instance);

#ifdef __cplusplus
}
#endif

#endif // WASM2NATIVE_HEAP_H
