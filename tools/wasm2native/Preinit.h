// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// compile --preinit: what a module does when it starts is done now, and the module becomes one that
// has done it.
#pragma once

#include "include/wasm2native/compiler.h"
#include "runtime/wasi/WasiContext.h"

namespace w2n::tool {

struct PreinitRequest {
  /// The export to call; empty: wizer-initialize, wizer.initialize or _initialize, the first that
  /// there is.
  std::string exportName;
  /// The sandbox of the guest while it initializes.
  wasi::WasiOptions wasi;
};

/// Compiles `wasm` without optimization, runs its start function, _initialize if it has one and the
/// export of the request, and returns a module that begins with what is then in memories, tables
/// and globals. Errors: those of decoding, validation, compiling and linking; Trap; Unsupported,
/// for a program that ends with another status than 0 and for what cannot be in a module (imported
/// memories, references of the host, open files).
Result<std::vector<uint8_t>> preinitialize(std::span<const uint8_t> wasm,
                                           const PreinitRequest &request,
                                           const w2n_compile_options &options);

} // namespace w2n::tool
