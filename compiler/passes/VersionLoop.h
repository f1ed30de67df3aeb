// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Two versions of a loop.
#pragma once

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/IR/Dominators.h>

namespace w2n::compiler {

/// Makes a copy of `loop`, which runs where `condition`, computed in the preheader, is false; the
/// loop itself gets a preheader of its own and runs where it is true. The copy is marked as cold
/// and is neither unrolled nor vectorized. `loop` is innermost, in simplified form with dedicated
/// exits, and in LCSSA form. Keeps `loops` and `dominators` up to date; exits are no longer
/// dedicated.
void versionLoop(llvm::Loop &loop, llvm::Value &condition, llvm::LoopInfo &loops,
                 llvm::DominatorTree &dominators);

} // namespace w2n::compiler
