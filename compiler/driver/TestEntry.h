// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Entries of libwasm2native-compiler.so for tests of the compiler. Not installed; they may change
// at any time.
#pragma once

#include "include/wasm2native/compiler.h"

extern "C" {

/// The counts of each way of each pass in this process, as text (compiler/passes/
/// PassCounts.h). Returns whether there was memory for it. Threads: any.
W2N_API bool w2n_compiler_pass_counts(w2n_compile_result *result);
}
