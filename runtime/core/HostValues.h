// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Values of the host as references of the hierarchy of any, which any.convert_extern makes of them:
// boxes in the heap.
#pragma once

#include "runtime/core/Instance.h"
#include "runtime/heap/Heap.h"

namespace w2n::runtime {

/// The result of an allocation for the host, or its error: the heap is full, or Interrupted.
Result<uint32_t> madeByHost(std::expected<uint32_t, heap::HeapError> made, heap::Heap &heap);
/// `value`, an externref that is not null, in a box of the heap of `instance`. Nothing keeps the
/// box until a guest has it. Errors: Unsupported (the instance has no heap), Limit.
Result<Slot> boxHostValue(Instance &instance, Slot value);
/// The value in the box that `reference` of the heap of `instance` refers to; 0 if it is no box.
Slot hostValueIn(Instance &instance, Slot reference);

} // namespace w2n::runtime
