// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The compiler, found when something must be compiled and not before: it brings LLVM with it, which
// costs a process 28 ms to start.
#pragma once

#include "include/wasm2native/compiler.h"
#include "lib/support/Error.h"
#include "lib/support/Hash.h"

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace w2n::cache {

/// Threads: any, for every member.
class CompilerLibrary {
public:
  /// The library at `path`; if that is empty, the one that WASM2NATIVE_COMPILER names, else the one
  /// of the installation that this code is part of. Nothing is opened yet, so there may be none.
  explicit CompilerLibrary(const std::string &path = "");

  /// The path of the library; empty if there is none.
  const std::string &path() const { return filePath; }

  /// For processes that can end: has `handler` called if a compilation is still beyond its limits
  /// when it should have noticed (CompileWatchdog). Before the first compilation.
  void onOverrun(std::function<void(const Error &)> handler) {
    overrunHandler = std::move(handler);
  }

  /// The address of a function that it exports. Loads it, once for the process: unloading LLVM
  /// would cost more than the end of the process. Errors: Io.
  Result<void *> symbol(const char *name) const;

  /// w2n_compile. Errors: those of the compiler, or of `symbol`.
  Result<std::vector<uint8_t>> compile(std::span<const uint8_t> wasm,
                                       const w2n_compile_options &options) const;

  /// w2n_compile_targets: an output for each target. Errors: those of `symbol`; the compiler's are
  /// in the outputs.
  Result<std::vector<Result<std::vector<uint8_t>>>>
  compileTargets(std::span<const uint8_t> wasm, const w2n_compile_options &options,
                 std::span<const char *const> targets) const;

  /// w2n_list. Errors: those of the compiler, or of `symbol`.
  Result<std::string> list(const char *target, uint32_t list) const;

  /// w2n_disassemble. Errors: those of the compiler, or of `symbol`.
  Status disassemble(const w2n_disassembly &request) const;

  /// "wasm2native 0.1.0 (LLVM 22.1.8)". Errors: Io.
  Result<std::string> version() const;

  struct Identity {
    /// Another one for every build of the compiler or of LLVM that may make other code.
    Digest digest;
    /// The file of LLVM, or the compiler's own if LLVM is in it.
    std::string llvmPath;
  };
  /// Loads it to look at what it is. Errors: Io.
  Result<Identity> identity() const;

private:
  /// Takes over what `result` has. Errors: what it says, or those of `symbol`.
  Result<std::vector<uint8_t>> take(w2n_compile_result &result) const;

  std::string filePath;
  std::function<void(const Error &)> overrunHandler;
};

} // namespace w2n::cache
