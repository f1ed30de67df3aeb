// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// What heaps and casts have to know of the types of objects, by canonical number.
#pragma once

#include "lib/support/Error.h"
#include "lib/wasm/Types.h"

#include <span>

namespace w2n::runtime {

/// Defines a structure or array, whose fields refer to types by canonical number. `display`: its
/// supertypes from the topmost on, and the type itself. Errors: Limit. Threads: one at a time.
Status defineHeapType(uint32_t number, wasm::CompositeKind kind,
                      std::span<const wasm::FieldType> fields, std::span<const uint32_t> display);
/// The number is no type's any longer, if it was one's.
void removeHeapType(uint32_t number);

} // namespace w2n::runtime
