// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The compiler as the command's own options know it.
#pragma once

#include "compiler/Options.h"
#include "runtime/cache/CompilerLibrary.h"

namespace w2n::tool {

/// `options` for the compiler's C entry; refers to them.
w2n_compile_options optionsInC(const compiler::CompileOptions &options);

/// The library that all compilations of this process use.
cache::CompilerLibrary findCompiler();

/// Has `handler` called, on another thread, when a compilation is far beyond its limits in the
/// middle of a step (CompileWatchdog). It must end the process.
void onCompileOverrun(std::function<void(const Error &)> handler);

/// compiler::compileForTargets through libwasm2native-compiler.so. Errors of the module are in
/// every output. Errors: Io if there is no such library or it cannot be loaded.
Result<std::vector<Result<std::vector<uint8_t>>>>
compileWithLibrary(std::span<const uint8_t> wasm, const compiler::CompileOptions &options,
                   std::span<const std::string> targets);

/// The same for options.target.
Result<std::vector<uint8_t>> compileWithLibrary(std::span<const uint8_t> wasm,
                                                const compiler::CompileOptions &options);

/// compiler::listFor. Errors: as there; Io.
Result<std::string> listWithLibrary(const std::string &target, compiler::List list);

/// The names of targets, one to a line. Errors: Io.
Result<std::string> targetsOfLibrary();

/// The name and version that the library reports: "wasm2native 0.1.0 (LLVM 22.1.8)". Errors: Io.
Result<std::string> compilerVersion();

} // namespace w2n::tool
