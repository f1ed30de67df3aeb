// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The wide-arithmetic proposal: i128 in LLVM, which every target has two instructions for.

#include "compiler/lower/function/NumericLowering.h"

namespace w2n::compiler {

llvm::Value *NumericLowering::pop128() {
  llvm::Type *i128 = builder.getInt128Ty();
  llvm::Value *high = builder.CreateZExt(pop(), i128);
  llvm::Value *low = builder.CreateZExt(pop(), i128);
  return builder.CreateOr(builder.CreateShl(high, 64), low);
}

void NumericLowering::push128(llvm::Value *value) {
  push(builder.CreateTrunc(value, module.i64));
  push(builder.CreateTrunc(builder.CreateLShr(value, 64), module.i64));
}

void NumericLowering::lowerBinary128(const Instruction &, llvm::Instruction::BinaryOps operation) {
  llvm::Value *rhs = pop128();
  llvm::Value *lhs = pop128();
  push128(builder.CreateBinOp(operation, lhs, rhs));
}

void NumericLowering::lowerMultiplyWide(const Instruction &, llvm::Instruction::CastOps extension) {
  llvm::Type *i128 = builder.getInt128Ty();
  llvm::Value *rhs = builder.CreateCast(extension, pop(), i128);
  llvm::Value *lhs = builder.CreateCast(extension, pop(), i128);
  push128(builder.CreateMul(lhs, rhs));
}

} // namespace w2n::compiler
