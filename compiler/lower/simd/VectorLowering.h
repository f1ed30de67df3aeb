// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Vectors: the files Simd*.cpp.
#pragma once

#include "compiler/lower/function/MemoryLowering.h"
#include "compiler/lower/function/NumericLowering.h"

namespace w2n::compiler {

class VectorLowering : protected virtual MemoryLowering, protected virtual NumericLowering {
public:
  // Simd.cpp
  void lowerVectorConstant(const Instruction &);
  void lowerShuffle(const Instruction &);
  void lowerSwizzle(const Instruction &, VectorOperation operation);
  void lowerSplat(const Instruction &, VectorShape shape);
  void lowerExtractLane(const Instruction &, VectorShape shape, bool isSigned);
  void lowerReplaceLane(const Instruction &, VectorShape shape);
  void lowerVectorNot(const Instruction &);
  void lowerVectorAndNot(const Instruction &);
  void lowerBitselect(const Instruction &);
  void lowerAnyTrue(const Instruction &);
  void lowerAllTrue(const Instruction &, VectorShape shape);
  void lowerBitmask(const Instruction &, VectorShape shape);
  void lowerNarrow(const Instruction &, VectorShape shape, bool isSigned);
  void lowerExtendHalf(const Instruction &, VectorShape shape, bool isHigh, bool isSigned);

  // SimdMemory.cpp
  void lowerVectorLoadExtend(const Instruction &, VectorShape shape, bool isSigned);
  void lowerVectorLoadSplat(const Instruction &, VectorShape shape);
  void lowerVectorLoadZero(const Instruction &, VectorShape shape);
  void lowerVectorLoadLane(const Instruction &, VectorShape shape);
  void lowerVectorStoreLane(const Instruction &, VectorShape shape);

  // SimdInteger.cpp
  void lowerVectorBinary(const Instruction &, VectorShape shape,
                         llvm::Instruction::BinaryOps operation);
  void lowerVectorBinaryIntrinsic(const Instruction &, VectorShape shape,
                                  llvm::Intrinsic::ID intrinsic);
  void lowerVectorUnary(const Instruction &, VectorShape shape, llvm::Intrinsic::ID intrinsic);
  void lowerVectorAbs(const Instruction &, VectorShape shape);
  void lowerVectorNegate(const Instruction &, VectorShape shape);
  void lowerVectorShift(const Instruction &, VectorShape shape,
                        llvm::Instruction::BinaryOps operation);
  void lowerVectorCompare(const Instruction &, VectorShape shape,
                          llvm::CmpInst::Predicate predicate);
  void lowerAverage(const Instruction &, VectorShape shape);
  void lowerExtendMultiply(const Instruction &, VectorShape shape, bool isHigh, bool isSigned);
  void lowerPairwiseAdd(const Instruction &, VectorShape shape, VectorOperation operation,
                        bool isSigned);
  void lowerDot(const Instruction &);
  void lowerQ15Multiply(const Instruction &, VectorOperation operation);

  // SimdFloat.cpp
  void lowerVectorFloatArithmetic(const Instruction &, VectorShape shape,
                                  llvm::Instruction::BinaryOps operation);
  void lowerVectorFloatUnary(const Instruction &, VectorShape shape, llvm::Intrinsic::ID intrinsic);
  void lowerVectorRound(const Instruction &, VectorShape shape, VectorOperation operation,
                        llvm::Intrinsic::ID intrinsic);
  void lowerVectorFloatNegate(const Instruction &, VectorShape shape);
  void lowerVectorMinMax(const Instruction &, VectorShape shape, VectorOperation operation,
                         llvm::Intrinsic::ID intrinsic);
  void lowerPseudoMinMax(const Instruction &, VectorShape shape, bool isMin);
  void lowerVectorDemote(const Instruction &);
  void lowerVectorPromote(const Instruction &);
  void lowerVectorConvert(const Instruction &, VectorShape to, bool isSigned);
  void lowerVectorTruncate(const Instruction &, VectorShape from, VectorOperation operation,
                           bool isSigned);

  // SimdRelaxed.cpp
  void lowerRelaxedSwizzle(const Instruction &);
  void lowerRelaxedQ15Multiply(const Instruction &);
  void lowerRelaxedTruncate(const Instruction &, VectorShape from, VectorOperation plain,
                            VectorOperation relaxed);
  void lowerRelaxedMultiplyAdd(const Instruction &, VectorShape shape, bool isNegated);
  void lowerRelaxedLaneselect(const Instruction &, VectorShape shape);
  void lowerRelaxedMinMax(const Instruction &, VectorShape shape, VectorOperation plain,
                          VectorOperation relaxed, llvm::Intrinsic::ID intrinsic);
  void lowerRelaxedDot(const Instruction &);
  void lowerRelaxedDotAdd(const Instruction &);

private:
  // Simd.cpp
  llvm::FixedVectorType *vectorType(VectorShape shape);
  llvm::Value *castVector(llvm::Value *value, llvm::Type *type);
  llvm::Value *popVector(VectorShape shape);
  void pushVector(llvm::Value *value);
  /// Lanes `first`, `first` + 2 and so on.
  llvm::Value *everyOther(llvm::Value *vector, unsigned first);
  /// To twice the width: half of the lanes, or all.
  llvm::Value *extendHalf(llvm::Value *vector, bool isHigh, bool isSigned);
  llvm::Value *extendLanes(llvm::Value *vector, bool isSigned);
  llvm::Value *appendZeros(llvm::Value *vector);

  // SimdInteger.cpp
  llvm::Value *dotProduct(llvm::Value *lhs, llvm::Value *rhs);
  /// The products of signed lanes, in twice the width.
  llvm::Value *multiplyWide(llvm::Value *lhs, llvm::Value *rhs);
  /// The sums of neighboring lanes, in twice the width.
  llvm::Value *addPairs(llvm::Value *vector, bool isSigned);

  // SimdRelaxed.cpp
  llvm::Value *relaxedDotProduct();
};

} // namespace w2n::compiler
