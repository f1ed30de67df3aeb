// The calls of WASI preview 1 as C++ functions, and the table that finds them by name.
#pragma once

#include "runtime/core/Extern.h"
#include "runtime/wasi/Errno.h"
#include "runtime/wasi/GuestMemory.h"
#include "runtime/wasi/Witx.h"

#include <string_view>

namespace w2n::wasi {

class WasiContext;

// The functions behind the calls. Each checks all guest pointers and rights before it has any
// effect.
#define WASI_CALL(name, handler, ...)                                                              \
  Outcome handler(WasiContext &context, GuestMemory memory __VA_OPT__(, ) __VA_ARGS__);
#define WASI_UNSTABLE WASI_CALL
#define WASI_EXIT(name, handler, ...) Status handler(WasiContext &context, __VA_ARGS__);
#include "runtime/wasi/Calls.def"

/// A row of Calls.def.
struct Call {
  std::string_view name;
  /// As the row spells them: "Fd fd, int64_t offset".
  std::string_view parameters;
  wasm::FunctionType (*type)();
  /// Decodes the arguments in `slots`, calls the function, and puts the errno there.
  Status (*invoke)(WasiContext &context, GuestMemory memory, std::span<runtime::Slot> slots);
};

/// The calls of `wasi_snapshot_preview1`.
std::span<const Call> allCalls();

/// Null if there is no such call, or no such module: `wasi_snapshot_preview1` or `wasi_unstable`.
const Call *findCall(std::string_view module, std::string_view name);

} // namespace w2n::wasi
