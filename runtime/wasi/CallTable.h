// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The table of WASI's functions, by module and name.
#pragma once

#include "runtime/core/Extern.h"
#include "runtime/wasi/GuestMemory.h"

#include <string_view>

namespace w2n::wasi {

class WasiContext;
namespace trace {
struct Format;
}

/// A parameter as --trace prints it.
struct CallParameter {
  std::string_view name;
  /// The index of its first slot.
  size_t slot;
  const trace::Format *format;
};

/// A function that guests import.
struct Call {
  std::string_view name;
  /// A letter for each parameter, a colon, and one for each result: i, I for an i32, i64.
  std::string_view signature;
  std::span<const CallParameter> parameters;
  /// Decodes the arguments in `slots`, calls the function, and puts the errno there.
  Status (*invoke)(WasiContext &context, GuestMemory memory, std::span<runtime::Slot> slots);

  wasm::FunctionType type() const;
  bool returns() const { return !signature.ends_with(':'); }
};

struct CallModule {
  std::string_view name;
  std::span<const Call> calls;
};
/// The calls that Calls.h declares, in its order.
std::span<const CallModule> generatedModules();

/// The calls of `wasi_snapshot_preview1`.
std::span<const Call> allCalls();

/// Null if there is no such call, or no such module: `wasi_snapshot_preview1` or `wasi_unstable`.
const Call *findCall(std::string_view module, std::string_view name);

} // namespace w2n::wasi
