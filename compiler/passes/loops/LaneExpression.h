// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A computation on elements of memory, done for all lanes of a vector.
#pragma once

#include "compiler/passes/loops/ByteSet.h"

#include <llvm/ADT/DenseMap.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/IR/IRBuilder.h>

namespace w2n::compiler {

/// Whether `value` is computed, in `loop`, from `elements` and invariants alone, by a few
/// instructions that have no effects, and on `target` a good vector form of at most 512 bits for
/// `lanes` lanes.
bool isLaneExpression(const llvm::Value *value, const llvm::Loop &loop,
                      llvm::ArrayRef<const llvm::Value *> elements, unsigned lanes,
                      const llvm::TargetTransformInfo &target);

/// Emits lane expressions of a loop, any number of times, with their invariants spread over the
/// lanes only once.
class LaneEmitter {
public:
  /// `invariants` is where everything that is invariant in `loop` is at hand, and dominates the
  /// places at which expressions are emitted.
  LaneEmitter(const llvm::Loop &loop, unsigned lanes, llvm::Instruction *invariants)
      : loop(loop), lanes(lanes), invariants(invariants) {}

  /// `value`, which isLaneExpression, with the vectors that `loaded` has for the elements. Lanes
  /// for which the loop would not compute it may be poison.
  llvm::Value *emit(llvm::IRBuilder<> &builder, llvm::Value *value,
                    const llvm::DenseMap<const llvm::Value *, llvm::Value *> &loaded);

private:
  llvm::Value *emitByteSet(llvm::IRBuilder<> &builder, const ByteSet &set, llvm::Value *bytes);
  llvm::Value *emitOperation(llvm::IRBuilder<> &builder, const llvm::Instruction &instruction,
                             llvm::ArrayRef<llvm::Value *> operands);

  const llvm::Loop &loop;
  unsigned lanes;
  llvm::Instruction *invariants;
  llvm::DenseMap<const llvm::Value *, llvm::Value *> splats;
};

} // namespace w2n::compiler
