// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Handles to objects of heaps, which the values of the C API of kind W2N_ANYREF have.
#pragma once

#include "include/wasm2native/heap.h"
#include "runtime/api/Handles.h"
#include "runtime/core/StoreHeap.h"

/// Functions that its fields refer to live as long as it does.
struct w2n_object : w2n::api::FunctionHome {
  /// `reference` is not null.
  w2n_object(std::shared_ptr<w2n::runtime::Instance> owner, uint32_t reference);
  ~w2n_object();

  uint32_t reference() const;
  /// The heap of the object; null for an i31.
  w2n::heap::Heap *objects() const { return i31 == 0 ? &heap->objects() : nullptr; }

  /// Kept, so that the heap is nobody else's meanwhile.
  std::shared_ptr<w2n::runtime::Instance> owner;
  /// Null for an i31 of an instance that has no heap.
  std::shared_ptr<w2n::runtime::StoreHeap> heap;

private:
  uint32_t i31 = 0;    ///< the reference, if it is to no object
  uint32_t handle = 0; ///< of the heap, otherwise
};

namespace w2n::api {

/// A handle to `reference` of the heap of `instance`'s group; null for null.
w2n_object *objectOf(runtime::Instance &instance, uint32_t reference);
/// Notes that the host is handed `slot`, an externref that the heap of `owner`, which may be null,
/// has: what w2n_object_from_externref compares.
void noteExternref(runtime::Instance *owner, runtime::Slot slot);
/// The slot of `object`, which may be null, for a value of `type`: of any, or of extern.
runtime::Slot slotOfObject(const w2n_object *object, wasm::ValueType type);
/// Whether `object` is a value of `type`.
bool isObjectOf(wasm::ValueType type, const w2n_object *object);
/// Errors: Link (the object is of another heap than `receiver`; null: of no instance).
Status checkHeap(const w2n_object *object, runtime::Instance *receiver);

} // namespace w2n::api
