// Values of the C API, and the slots that calls and globals hold.
#pragma once

#include "runtime/api/Handles.h"

#include <span>

namespace w2n::api {

/// `kind` as the text format calls it; "unknown kind" if it is none.
const char *kindName(w2n_value_kind kind);
w2n_value_kind kindOf(wasm::ValueType type);
/// Whether `value`, which has the kind of `type`, is a value of it: references may be of types that
/// have no kind of their own.
bool isValueOf(wasm::ValueType type, const w2n_value &value);
std::vector<w2n_value_kind> kindsOf(std::span<const wasm::ValueType> types);
/// `kind` must be one of the enumerators.
wasm::ValueType typeOf(w2n_value_kind kind);

/// `home` keeps the function that a reference points to.
w2n_value fromSlot(runtime::Slot slot, w2n_value_kind kind, w2n_instance &home);
/// The same where the slot holds no reference to a function.
w2n_value fromPlainSlot(runtime::Slot slot, w2n_value_kind kind);
/// Not for vectors, which do not fit.
runtime::Slot toSlot(const w2n_value &value);
/// toSlot for a value that the host hands to `receiver`, which may keep it.
runtime::Slot handOver(const w2n_value &value, runtime::Instance &receiver);

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
