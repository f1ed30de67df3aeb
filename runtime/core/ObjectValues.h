// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Structures and arrays as the host sees them: whether one is of a type, where its fields are, and
// what extern.convert_any makes of it. Everything takes references that something keeps.
#pragma once

#include "lib/wasm/Types.h"
#include "runtime/core/Extern.h"
#include "runtime/heap/Heap.h"

namespace w2n::runtime {

/// Whether `reference` is a value of `type`, of the hierarchy of any, with a canonical number.
/// `heap` has its object, and may be null for null and i31.
bool isObjectOf(wasm::ValueType type, uint32_t reference, heap::Heap *heap);

/// A field or an element in the heap.
struct FieldPlace {
  wasm::FieldType type;
  uint32_t bytes;
  uint8_t *address;
};
/// The number of fields of a structure, or of elements of an array; 0 of everything else.
uint32_t fieldCount(heap::Heap &heap, uint32_t reference);
/// `index` must be below the count.
FieldPlace fieldOf(heap::Heap &heap, uint32_t reference, uint32_t index);
/// The value in `place`, packed ones without sign; `slots` has two.
void readField(const FieldPlace &place, Slot *slots);
void writeField(const FieldPlace &place, const Slot *slots);

/// extern.convert_any: the externref of a reference.
Slot externOf(heap::Heap *heap, uint32_t reference);

} // namespace w2n::runtime
