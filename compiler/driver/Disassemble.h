// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Machine code as text.
#pragma once

#include "include/wasm2native/compiler.h"
#include "lib/support/Error.h"

namespace w2n::compiler {

/// Calls request.instruction for each instruction in turn; see w2n_disassemble. Linear. Errors:
/// Unsupported (target).
Status disassemble(const w2n_disassembly &request);

} // namespace w2n::compiler
