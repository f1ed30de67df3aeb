// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The compiler library and its options, as the command uses them.
#pragma once

#include "include/wasm2native/compiler.h"
#include "runtime/cache/CompilerLibrary.h"

namespace w2n::tool {

/// As w2n_compile_options_init makes them.
w2n_compile_options defaultCompileOptions();

/// A text that the options name, or do not.
inline std::string_view orEmpty(const char *text) { return text ? text : ""; }

/// `text` for a field of the options; null if it is empty.
inline const char *orNull(const std::string &text) { return text.empty() ? nullptr : text.c_str(); }

/// The same of a text that is kept until the process ends. Threads: one at a time.
const char *keepText(std::string text);

/// The library that all compilations of this process use.
cache::CompilerLibrary findCompiler();

/// Has `handler` called, on another thread, when a compilation is far beyond its limits in the
/// middle of a step (CompileWatchdog). It must end the process.
void onCompileOverrun(std::function<void(const Error &)> handler);

/// w2n_compile_targets of libwasm2native-compiler.so. Errors of the module are in every output.
/// Errors: Io if there is no such library or it cannot be loaded.
Result<std::vector<Result<std::vector<uint8_t>>>>
compileWithLibrary(std::span<const uint8_t> wasm, const w2n_compile_options &options,
                   std::span<const std::string> targets);

/// The same for options.target.
Result<std::vector<uint8_t>> compileWithLibrary(std::span<const uint8_t> wasm,
                                                const w2n_compile_options &options);

/// w2n_list. Errors: as there; Io.
Result<std::string> listWithLibrary(const std::string &target, uint32_t list);

/// The names of targets, one to a line. Errors: Io.
Result<std::string> targetsOfLibrary();

/// The name and version that the library reports: "wasm2native 0.1.0 (LLVM 22.1.8)". Errors: Io.
Result<std::string> compilerVersion();

} // namespace w2n::tool
