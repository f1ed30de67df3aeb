// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Values of the C API, and the slots that calls and globals hold.
#pragma once

#include "runtime/api/Handles.h"

#include <span>

namespace w2n::api {

/// `kind` as the text format calls it; "unknown kind" if it is none.
const char *kindName(w2n_value_kind kind);
w2n_value_kind kindOf(wasm::ValueType type);
/// The same of a type as metadata has it (lib/artifact/TypeCodes.h).
w2n_value_kind kindOfCode(uint32_t code);
/// Whether `value` has the kind of `type`, or one that is taken for it.
bool isOfKind(const w2n_value &value, wasm::ValueType type);
/// Whether `value`, which is of the kind of `type`, is a value of it: references may be of types
/// that have no kind of their own.
bool isValueOf(wasm::ValueType type, const w2n_value &value);
std::vector<w2n_value_kind> kindsOf(std::span<const wasm::ValueType> types);
/// `kind` must be one of the enumerators.
wasm::ValueType typeOf(w2n_value_kind kind);

/// Slots that a value takes: two for a vector.
size_t slotsOf(w2n_value_kind kind);
size_t slotsOf(std::span<const w2n_value_kind> kinds);
/// The value in `slots`. `home` keeps the function that a reference points to; a reference to an
/// object becomes a new handle to what `owner`, which is not null then, has in its heap.
w2n_value fromSlots(const runtime::Slot *slots, w2n_value_kind kind, FunctionHome &home,
                    runtime::Instance *owner);
/// The same where it is no reference to a function or an object.
w2n_value fromPlainSlots(const runtime::Slot *slots, w2n_value_kind kind);
/// The slot of a value of `type`; of a vector its low half. 0 for a host function without a
/// reference yet.
runtime::Slot toSlot(const w2n_value &value, wasm::ValueType type);
/// The same, for `receiver`; null where the host keeps it. Errors: Invalid (no value of `type`),
/// Unsupported (a function of the host that `receiver` has no code to call).
Result<runtime::Slot> toSlotFor(const w2n_value &value, wasm::ValueType type,
                                runtime::Instance *receiver);
/// Writes to `slots` a value of `type` that the host hands to `receiver`, which may keep it.
Status handOver(const w2n_value &value, wasm::ValueType type, runtime::Instance &receiver,
                runtime::Slot *slots);

/// `count` elements, on the stack if they are few.
template <typename T, size_t few> class Buffer {
public:
  explicit Buffer(size_t count) : count(count) {
    if (count > few)
      many.resize(count);
  }
  T *data() { return count > few ? many.data() : local; }
  T &operator[](size_t index) { return data()[index]; }
  std::span<T> span() { return {data(), count}; }

private:
  size_t count;
  T local[few];
  std::vector<T> many;
};

} // namespace w2n::api
