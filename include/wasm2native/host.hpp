// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/// Host functions in C++: annotated functions, from which `wasm2native-bindgen` makes what
/// runtime.h wants. docs/embedding.md shows one. C++23.
///
/// The parameters of an annotated function, and what the guest passes for each:
/// - a number, an enumeration, bool: an i32, i64, f32 or f64; what is narrower than 32 bits is an
///   i32;
/// - std::string_view: an address and a length in bytes. UTF-8 by custom, not checked;
/// - std::span<T>, std::span<const T>: an address and a number of elements;
/// - const T &, T &: an address. The function gets a copy, which for T & goes back to the guest
///   after it has returned without an error;
/// - w2n_caller *: nothing.
///
/// `T` is a number other than bool, or a structure of numbers, arrays and such structures without
/// padding between its fields, little-endian as the guest's: use the types of <cstdint>.
///
/// Every address and length is checked before the function is called: what lies outside the guest's
/// memory, and a span whose address is not a multiple of its element's alignment, is a trap. Views
/// point into the guest's memory: they are valid as long as the call, and change if the guest is
/// called or has other threads.
///
/// The result is void, a number, an enumeration, bool, a `w2n_error *` (an error or null), or a
/// std::expected<number or void, std::string>, whose error becomes a trap.
#ifndef WASM2NATIVE_HOST_HPP
#define WASM2NATIVE_HOST_HPP

#include "runtime.h"

#include <cstring>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

/// Before a function or a member function: guests import it as `module`.`name`, two string
/// literals.
#ifdef __clang__
#define W2N_IMPORT(module, name) [[clang::annotate("wasm2native.import", module, name)]]
#else
#define W2N_IMPORT(module, name)
#endif

/// Support for generated code.
namespace w2n::host {

/// One call from a guest. The first argument that does not fit makes it fail.
class Call {
public:
  Call(const char *name, w2n_caller *caller, const w2n_value *args, w2n_value *results)
      : function(name), guest(caller), arguments(args), result(results) {}

  w2n_caller *caller() const { return guest; }

  template <typename T> T number(unsigned index) const {
    if constexpr (std::is_enum_v<T>)
      return static_cast<T>(number<std::underlying_type_t<T>>(index));
    else if constexpr (std::is_same_v<T, bool>)
      return arguments[index].of.i32 != 0;
    else if constexpr (std::is_same_v<T, float>)
      return arguments[index].of.f32;
    else if constexpr (std::is_same_v<T, double>)
      return arguments[index].of.f64;
    else if constexpr (sizeof(T) == 8)
      return static_cast<T>(arguments[index].of.i64);
    else
      return static_cast<T>(arguments[index].of.i32);
  }

  /// Arguments `index` and the next.
  std::string_view text(unsigned index, const char *parameter) {
    const uint32_t bytes = address(index + 1);
    return {static_cast<const char *>(bytesAt(index, bytes, parameter)), error ? 0 : bytes};
  }

  /// Arguments `index` and the next.
  template <typename T> std::span<T> span(unsigned index, const char *parameter) {
    const uint32_t count = address(index + 1);
    void *bytes = bytesAt(index, uint64_t(count) * sizeof(T), parameter);
    if (reinterpret_cast<uintptr_t>(bytes) % alignof(T) != 0)
      fail(parameter, "is misaligned");
    return {static_cast<T *>(bytes), error ? 0 : count};
  }

  template <typename T> T load(unsigned index, const char *parameter) {
    T value{};
    if (const void *bytes = bytesAt(index, sizeof(T), parameter))
      std::memcpy(&value, bytes, sizeof(T));
    return value;
  }
  /// Writes back what `load` read at the same index.
  template <typename T> void store(unsigned index, const T &value) const {
    std::memcpy(w2n_memory_at(w2n_caller_memory(guest), address(index), sizeof(T)), &value,
                sizeof(T));
  }

  bool failed() const { return error != nullptr; }
  /// To be returned to the runtime if the call has failed.
  w2n_error *takeError() { return std::exchange(error, nullptr); }

  // The result as the runtime wants it.
  template <typename T>
    requires std::is_arithmetic_v<T> || std::is_enum_v<T>
  w2n_error *finish(T value) {
    if constexpr (std::is_enum_v<T>)
      return finish(static_cast<std::underlying_type_t<T>>(value));
    else if constexpr (std::is_same_v<T, float>)
      result->of.f32 = value;
    else if constexpr (std::is_same_v<T, double>)
      result->of.f64 = value;
    else if constexpr (sizeof(T) == 8)
      result->of.i64 = static_cast<int64_t>(value);
    else
      result->of.i32 = static_cast<int32_t>(value);
    return nullptr;
  }
  w2n_error *finish(w2n_error *fromFunction) { return fromFunction; }
  template <typename T> w2n_error *finish(const std::expected<T, std::string> &outcome) {
    if (!outcome)
      return w2n_error_new(outcome.error().c_str());
    if constexpr (!std::is_void_v<T>)
      return finish(*outcome);
    else
      return nullptr;
  }

private:
  uint32_t address(unsigned index) const { return static_cast<uint32_t>(arguments[index].of.i32); }

  void *bytesAt(unsigned index, uint64_t bytes, const char *parameter) {
    w2n_memory *memory = w2n_caller_memory(guest);
    void *found = memory ? w2n_memory_at(memory, address(index), bytes) : nullptr;
    if (!found)
      fail(parameter, "lies outside the memory");
    return found;
  }

  void fail(const char *parameter, const char *what) {
    if (!error)
      error = w2n_error_new((std::string(function) + ": '" + parameter + "' " + what).c_str());
  }

  const char *function;
  w2n_caller *guest;
  const w2n_value *arguments;
  w2n_value *result;
  w2n_error *error = nullptr;
};

} // namespace w2n::host

#endif
