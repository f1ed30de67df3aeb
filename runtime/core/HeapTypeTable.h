// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The process's table of structure and array types, for heaps and casts; CanonicalTypes.cpp fills
// it.
#pragma once

#include "lib/support/Error.h"
#include "lib/wasm/Types.h"

#include <span>

namespace w2n::heap {
class HeapTypes;
}

namespace w2n::runtime {

/// Describes the type with the canonical number `number`: a structure with `fields`, or an array,
/// which has one. Type indices are canonical numbers. `display`: its supertypes from the topmost
/// on, last its own number. Errors: Limit. Threads: one at a time.
Status defineHeapType(uint32_t number, wasm::CompositeKind kind,
                      std::span<const wasm::FieldType> fields, std::span<const uint32_t> display);
/// Forgets a type; of numbers that have none, nothing. Threads: as above.
void removeHeapType(uint32_t number);

/// The fields of the structure, or the element of the array, with this number; none of other types.
/// Valid as long as the type is held. Threads: any; takes no lock.
std::span<const wasm::FieldType> canonicalFields(uint32_t number);

/// The table. Errors: Limit (no address space for it). Threads: any.
Result<const heap::HeapTypes *> heapTypes();

} // namespace w2n::runtime
