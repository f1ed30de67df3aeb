// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Checks of every pass, LLVM's and our own, while a pipeline runs.
#pragma once

#include <llvm/IR/PassInstrumentation.h>

namespace w2n::compiler {

/// After each pass over a function or a loop, ends the process with a message that names the pass
/// and the function, unless
///  - LLVM's verifier accepts the function;
///  - each guest load that was volatile, or that an assumption named (ir/Contract.h), is there, has
///    been replaced by another value, or cannot be reached any more; volatile ones are volatile.
/// Blocks that passes delete take their loads with them: whether a block was reached is not
/// checked. What is registered works as long as `hooks`, and is not for several threads at once.
void addPassChecks(llvm::PassInstrumentationCallbacks &hooks);

} // namespace w2n::compiler
