// From a C++ function's type to a wasm signature and the decoding of its arguments.
#include "runtime/wasi/Calls.h"

#include <utility>

namespace w2n::wasi {

namespace {

using runtime::Slot;

// A parameter of 64 bits is an i64; smaller numbers and pointers are an i32.
template <typename T> constexpr wasm::ValueType valueType() {
  return sizeof(T) == 8 ? wasm::ValueType::i64() : wasm::ValueType::i32();
}

template <typename T> struct Decode {
  static T from(Slot slot) { return T(slot); }
};
template <typename T> struct Decode<GuestPointer<T>> {
  static GuestPointer<T> from(Slot slot) { return {uint32_t(slot)}; }
};

template <auto handler> struct Bound;

template <typename... Params, Outcome (*handler)(WasiContext &, GuestMemory, Params...)>
struct Bound<handler> {
  static wasm::FunctionType type() { return {{valueType<Params>()...}, {wasm::ValueType::i32()}}; }
  static Status invoke(WasiContext &context, GuestMemory memory, std::span<Slot> slots) {
    return [&]<size_t... index>(std::index_sequence<index...>) -> Status {
      Outcome outcome = handler(context, memory, Decode<Params>::from(slots[index])...);
      slots[0] = uint16_t(outcome ? Errno::Success : outcome.error());
      return {};
    }(std::index_sequence_for<Params...>());
  }
};

template <Status (*handler)(WasiContext &, uint32_t)> struct Bound<handler> {
  static wasm::FunctionType type() { return {{wasm::ValueType::i32()}, {}}; }
  static Status invoke(WasiContext &context, GuestMemory, std::span<Slot> slots) {
    return handler(context, uint32_t(slots[0]));
  }
};

constexpr Call calls[] = {
#define WASI_CALL(name, handler, ...)                                                              \
  {#name, #__VA_ARGS__, Bound<handler>::type, Bound<handler>::invoke},
#include "runtime/wasi/Calls.def"
};
static_assert(std::size(calls) == 46);

constexpr Call unstableCalls[] = {
#define WASI_CALL(name, handler, ...)
#define WASI_UNSTABLE(name, handler, ...)                                                          \
  {#name, #__VA_ARGS__, Bound<handler>::type, Bound<handler>::invoke},
#include "runtime/wasi/Calls.def"
};

const Call *find(std::span<const Call> among, std::string_view name) {
  for (const Call &call : among)
    if (call.name == name)
      return &call;
  return nullptr;
}

} // namespace

std::span<const Call> allCalls() { return calls; }

const Call *findCall(std::string_view module, std::string_view name) {
  if (module == "wasi_snapshot_preview1")
    return find(calls, name);
  if (module != "wasi_unstable")
    return nullptr;
  const Call *older = find(unstableCalls, name);
  return older ? older : find(calls, name);
}

} // namespace w2n::wasi
