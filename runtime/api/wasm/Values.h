// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Values of the standard C API, and the slots that calls, globals and tables hold.
#pragma once

#include "runtime/api/wasm/Objects.h"

namespace w2n::standard {

/// `value` for something of type `type`, which `receiver` gets: an instance, or null where the host
/// keeps it; then a function of the host needs some instance of the store that can call it. Errors:
/// Invalid (it is no value of this type), Unsupported (such a function), Link.
Result<runtime::Slot> toSlot(const std::shared_ptr<Store> &store, const wasm_val_t &value,
                             wasm::ValueType type, runtime::Instance *receiver);
/// The same for a reference.
Result<runtime::Slot> toSlot(const std::shared_ptr<Store> &store, wasm_ref_t *reference,
                             wasm::ValueType type, runtime::Instance *receiver);
/// A value of its own. Errors: Unsupported (a vector, an exception, an object of a guest).
Result<wasm_val_t> fromSlot(const std::shared_ptr<Store> &store, runtime::Slot slot,
                            wasm::ValueType type);

} // namespace w2n::standard
