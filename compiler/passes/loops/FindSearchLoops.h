// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Which loops are searches: chains of blocks without effects that walk over memory and leave at
// what they find there.
#pragma once

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/Instructions.h>

namespace w2n::compiler {

/// Taken if `subject` is one of `values`, or if it is none of them.
struct ValueExit {
  llvm::Value *subject;
  llvm::SmallVector<llvm::ConstantInt *, 4> values;
  bool leavesIfEqual;
};

/// A phi of a search and what it advances by.
struct SearchCounter {
  llvm::PHINode *phi;
  llvm::Value *start;
  llvm::APInt step;
};

/// A load of the next element, by one of the pointers.
struct SearchLoad {
  llvm::LoadInst *load;
  llvm::PHINode *carried = nullptr;    ///< of the load, for the next iteration; may be null
  bool isAhead = false;                ///< loads the element of the next iteration
  llvm::Value *firstAddress = nullptr; ///< of the first element
};

/// A loop that can be stepped ahead, and what its preheader computes for that. Elements are as wide
/// for all loads, and one goes on to the next in each iteration, up or down.
struct SearchLoop {
  llvm::Loop *loop;
  /// The first is the one whose element every complete iteration loads before it can leave because
  /// of an element.
  llvm::SmallVector<SearchLoad, 2> loads;
  unsigned elementBytes = 0;
  unsigned vectorBytes = 0;
  bool isDescending = false;
  llvm::SmallVector<ValueExit, 4> valueExits; ///< in the order in which they are taken
  llvm::SmallVector<SearchCounter, 4> counters;
  llvm::SmallVector<llvm::Instruction *, 8> expanded; ///< in the preheader, for what follows
  llvm::Value *limitBytes = nullptr; ///< from the first element; others are the loop's; i64
};

/// Whether `loop` is a search for which vectors of `vectorBytes` can be used. If so, has computed
/// in its preheader what the result says.
std::optional<SearchLoop> findSearchLoop(llvm::Loop &loop, llvm::ScalarEvolution &evolution,
                                         const llvm::DominatorTree &dominators,
                                         const llvm::TargetTransformInfo &target,
                                         unsigned vectorBytes);

} // namespace w2n::compiler
