// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The options about generated code, which `compile` and `run` share.
#pragma once

#include "include/wasm2native/compiler.h"
#include "tools/wasm2native/CommandLine.h"

namespace w2n::tool {

inline constexpr OptionRow codegenOptions[] = {
    {"O", "LEVEL", "optimize: 0, 1, 2, 3, or s (also z) for size (default: 2)", "Code"},
    {"mcpu", "CPU,...",
     "processor to generate code for; 'native' is this machine's; several: the artifact has code "
     "for each, and the last that a machine can run is used ('help' lists them)",
     "Code"},
    {"mattr", "LIST", "processor features to add or remove: +avx2,-bmi ('help' lists them)",
     "Code"},
    {"features", "LIST",
     "WebAssembly proposals to allow: wasm2,+memory64 (default: all; 'help' lists them)", "Code"},
    {"bounds-checks", "HOW",
     "guard: by the memory's 12 GiB reservation (default); explicit: by comparing", "Code"},
    {"strict-trap-state", nullptr, "after a trap, memory holds exactly what the specification says",
     "Code"},
    {"deterministic", nullptr, "the same NaNs and relaxed vector instructions on every target",
     "Code"},
    {"speculation-masks", "WHAT",
     "what stays inside while a processor guesses: tables (default: with br_table), all (also what "
     "is compared with a memory's size), none",
     "Code"},
    {"sign-return-addresses", nullptr,
     "on AArch64, sign return addresses and check them when functions return", "Code"},
    {"g,debug-info", nullptr,
     "translate the module's DWARF, for gdb, lldb and lines in backtraces of traps", "Code"},
    {"meter", "WHAT", "fuel: count instructions, so that 'run --fuel' can limit them", "Code"},
    {"profile-generate", nullptr,
     "make code that counts how often it runs; 'run' writes a profile at the end", "Code"},
    {"profile-use", "FILE", "make code that is fast where a profile says that it runs", "Code"},
    {"time-report", nullptr, "say where the time of compiling goes; with -v also LLVM's passes",
     "Code"},
    {"report", nullptr, "say why the code may be slower than it could be, and the way out", "Code"},
    {"j,jobs", "COUNT", "threads to compile with (default: one for each core)", "Code"},
    {"progress", "HOW",
     "how far a long compile is: auto (default: a bar on a terminal, lines elsewhere), bar, lines, "
     "or none",
     "Code"},
    {"max-compile-time", "DURATION", "give up compiling after so long: 500ms, 2s, 5m",
     "Limits of compiling"},
    {"max-compile-memory", "BYTES",
     "give up compiling when it takes more memory; K, M or G may follow", "Limits of compiling"},
    {"max-artifact", "BYTES", "give up compiling when the artifact gets larger",
     "Limits of compiling"},
    {"v,verbose", nullptr, "say what is being done", "Code"},
};

/// The texts that the options name live as long as the process. Errors: for usageError.
std::expected<w2n_compile_options, std::string> readCodegenOptions(const CommandLine &line);

} // namespace w2n::tool
