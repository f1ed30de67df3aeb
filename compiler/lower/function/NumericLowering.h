// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Arithmetic on scalars: Numeric.cpp and WideArithmetic.cpp.
#pragma once

#include "compiler/lower/function/BodyState.h"
#include "compiler/lower/simd/VectorShape.h"
#include "compiler/targets/SimdTarget.h"

namespace w2n::compiler {

class NumericLowering : protected virtual BodyState {
public:
  // Numeric.cpp
  void lowerConstant(const Instruction &, wasm::ValueKind kind);
  void lowerUnary(const Instruction &, llvm::Intrinsic::ID intrinsic);
  void lowerFloatUnary(const Instruction &, llvm::Intrinsic::ID intrinsic);
  void lowerFloatRound(const Instruction &, VectorOperation operation,
                       llvm::Intrinsic::ID intrinsic);
  void lowerPromote(const Instruction &);
  void lowerCountZeros(const Instruction &, llvm::Intrinsic::ID intrinsic);
  void lowerBinary(const Instruction &, llvm::Instruction::BinaryOps operation);
  void lowerBinaryIntrinsic(const Instruction &, llvm::Intrinsic::ID intrinsic);
  void lowerShift(const Instruction &, llvm::Instruction::BinaryOps operation);
  void lowerRotate(const Instruction &, llvm::Intrinsic::ID intrinsic);
  void lowerCompare(const Instruction &, llvm::CmpInst::Predicate predicate);
  void lowerEqz(const Instruction &);
  void lowerDivide(const Instruction &, llvm::Instruction::BinaryOps operation);
  void lowerFloatArithmetic(const Instruction &, llvm::Instruction::BinaryOps operation);
  void lowerFloatNegate(const Instruction &);
  void lowerMinMax(const Instruction &, llvm::Intrinsic::ID intrinsic);
  void lowerCast(const Instruction &, llvm::Instruction::CastOps operation, wasm::ValueKind to);
  void lowerSignExtend(const Instruction &, unsigned fromBits);
  void lowerDemote(const Instruction &);
  void lowerTruncate(const Instruction &, bool isSigned, wasm::ValueKind to);
  void lowerTruncateSaturating(const Instruction &, llvm::Intrinsic::ID intrinsic,
                               wasm::ValueKind to);

  // WideArithmetic.cpp
  void lowerBinary128(const Instruction &, llvm::Instruction::BinaryOps operation);
  void lowerMultiplyWide(const Instruction &, llvm::Instruction::CastOps extension);

protected:
  // of scalars and vectors.
  llvm::Value *floatArithmetic(llvm::Instruction::BinaryOps operation, llvm::Value *lhs,
                               llvm::Value *rhs);
  llvm::Value *floatMinMax(llvm::Intrinsic::ID intrinsic, llvm::Value *lhs, llvm::Value *rhs);
  /// `value`, the result of arithmetic; with --deterministic the one NaN in place of any.
  llvm::Value *chosenNan(llvm::Value *value);
  /// Null if the generic operations are best.
  llvm::Value *emitVectorOperation(VectorOperation operation,
                                   llvm::ArrayRef<llvm::Value *> operands);
  llvm::Value *floatUnary(llvm::Intrinsic::ID intrinsic, llvm::Value *value);

private:
  // WideArithmetic.cpp
  llvm::Value *pop128();
  void push128(llvm::Value *value);
};

} // namespace w2n::compiler
