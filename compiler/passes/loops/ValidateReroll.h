// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Proves that a loop that has been rolled up does what it did, by LLVM's own transformations.
#pragma once

#include <llvm/ADT/MapVector.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/PassManager.h>

namespace w2n::compiler {

/// A loop of one block, and a block that is to take its place: one of several copies that the body
/// consists of, to be run as often as all of them together.
struct RerolledLoop {
  llvm::Loop &loop;
  llvm::BasicBlock &body;  ///< the new block, not yet reached from anywhere
  unsigned copies;         ///< of the new body that the old one consists of
  llvm::Value *iterations; ///< of the new body, 64 bits wide, in the preheader
  /// The old phi for each of the new ones, but for the one that counts iterations.
  llvm::SmallMapVector<llvm::PHINode *, llvm::PHINode *, 8> oldPhis;
  /// The new value for each old one behind the loop.
  llvm::MapVector<llvm::Instruction *, llvm::Value *> liveOuts;
};

/// Whether running the new body `copies` times is the same as running the old body once, from every
/// state that the old loop can be in, and whether it is run as often. Shares no code with what
/// finds copies. Changes nothing but functions that it makes and removes.
bool isSameLoop(const RerolledLoop &rerolled, llvm::ScalarEvolution &evolution,
                llvm::FunctionAnalysisManager &analyses);

} // namespace w2n::compiler
