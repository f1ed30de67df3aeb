// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Typed references: null and not null (core specification, section 3.4.4).

#include "compiler/lower/function/TableLowering.h"

namespace w2n::compiler {

void TableLowering::lowerRefAsNonNull(const Instruction &) {
  llvm::Value *reference = pop();
  trapIf(builder.CreateIsNull(reference), artifact::TrapKind::NullReference);
  push(reference);
}

void TableLowering::lowerBrOnNull(const Instruction &instruction) {
  llvm::Value *reference = pop();
  Frame &frame = frameAt(instruction.index);
  llvm::BasicBlock *target = passOperandsOnEdge(frame);
  llvm::BasicBlock *next = makeBlock("not.null");
  branchIf(builder.CreateIsNull(reference), target, next);
  builder.SetInsertPoint(next);
  push(reference);
}

void TableLowering::lowerBrOnNonNull(const Instruction &instruction) {
  Frame &frame = frameAt(instruction.index);
  // The label takes the reference, too.
  llvm::BasicBlock *target = passOperandsOnEdge(frame);
  llvm::BasicBlock *next = makeBlock("null");
  branchIf(builder.CreateIsNotNull(pop()), target, next);
  builder.SetInsertPoint(next);
}

} // namespace w2n::compiler
