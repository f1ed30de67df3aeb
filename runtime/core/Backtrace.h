// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Backtraces of traps.
#pragma once

#include "runtime/arch/Arch.h"

#include <string>

namespace w2n::runtime {

/// Appends to `notes` a line for each wasm frame of `activation`, which was left on a trap and
/// whose stack is still as it was: "  at $name (wasm-function[N])". `notes` may hold the frames of
/// an activation above; there are at most 64 lines in all, and one that counts the rest.
void appendBacktrace(const Activation &activation, std::string &notes);

} // namespace w2n::runtime
