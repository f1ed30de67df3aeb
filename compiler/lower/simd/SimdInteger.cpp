// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Arithmetic and comparisons on vectors of integers (core specification, section 4.3.7).

#include "compiler/lower/simd/VectorLowering.h"

namespace w2n::compiler {

namespace Intrinsic = llvm::Intrinsic;

void VectorLowering::lowerVectorBinary(const Instruction &, VectorShape shape,
                                       llvm::Instruction::BinaryOps operation) {
  llvm::Value *rhs = popVector(shape);
  llvm::Value *lhs = popVector(shape);
  pushVector(builder.CreateBinOp(operation, lhs, rhs));
}

void VectorLowering::lowerVectorBinaryIntrinsic(const Instruction &, VectorShape shape,
                                                llvm::Intrinsic::ID intrinsic) {
  llvm::Value *rhs = popVector(shape);
  llvm::Value *lhs = popVector(shape);
  pushVector(builder.CreateBinaryIntrinsic(intrinsic, lhs, rhs));
}

void VectorLowering::lowerVectorUnary(const Instruction &, VectorShape shape,
                                      llvm::Intrinsic::ID intrinsic) {
  pushVector(builder.CreateUnaryIntrinsic(intrinsic, popVector(shape)));
}

void VectorLowering::lowerVectorAbs(const Instruction &, VectorShape shape) {
  // The minimum stays as it is.
  pushVector(builder.CreateBinaryIntrinsic(Intrinsic::abs, popVector(shape), builder.getFalse()));
}

void VectorLowering::lowerVectorNegate(const Instruction &, VectorShape shape) {
  pushVector(builder.CreateNeg(popVector(shape)));
}

void VectorLowering::lowerVectorShift(const Instruction &, VectorShape shape,
                                      llvm::Instruction::BinaryOps operation) {
  llvm::Value *amount = pop();
  llvm::Value *vector = popVector(shape);
  llvm::FixedVectorType *type = vectorType(shape);
  // Counts are modulo the width; LLVM gives poison from the width on.
  amount = builder.CreateAnd(amount, type->getScalarSizeInBits() - 1);
  amount = builder.CreateZExtOrTrunc(amount, type->getElementType());
  amount = builder.CreateVectorSplat(type->getNumElements(), amount);
  pushVector(builder.CreateBinOp(operation, vector, amount));
}

// A lane is all ones where the comparison holds.
void VectorLowering::lowerVectorCompare(const Instruction &, VectorShape shape,
                                        llvm::CmpInst::Predicate predicate) {
  llvm::Value *rhs = popVector(shape);
  llvm::Value *lhs = popVector(shape);
  auto *lanes = llvm::VectorType::getInteger(llvm::cast<llvm::VectorType>(lhs->getType()));
  pushVector(builder.CreateSExt(builder.CreateCmp(predicate, lhs, rhs), lanes));
}

// (a + b + 1) / 2, in lanes of twice the width: the form that targets with such an instruction look
// for.
void VectorLowering::lowerAverage(const Instruction &, VectorShape shape) {
  llvm::Value *rhs = extendLanes(popVector(shape), false);
  llvm::Value *lhs = extendLanes(popVector(shape), false);
  llvm::Value *one = llvm::ConstantInt::get(lhs->getType(), 1);
  llvm::Value *sum = builder.CreateNUWAdd(builder.CreateNUWAdd(lhs, rhs), one);
  pushVector(builder.CreateTrunc(builder.CreateLShr(sum, 1), vectorType(shape)));
}

void VectorLowering::lowerExtendMultiply(const Instruction &, VectorShape shape, bool isHigh,
                                         bool isSigned) {
  llvm::Value *rhs = extendHalf(popVector(shape), isHigh, isSigned);
  llvm::Value *lhs = extendHalf(popVector(shape), isHigh, isSigned);
  pushVector(builder.CreateMul(lhs, rhs));
}

llvm::Value *VectorLowering::addPairs(llvm::Value *vector, bool isSigned) {
  llvm::Value *odd = extendLanes(everyOther(vector, 1), isSigned);
  return builder.CreateAdd(extendLanes(everyOther(vector, 0), isSigned), odd);
}

void VectorLowering::lowerPairwiseAdd(const Instruction &, VectorShape shape,
                                      VectorOperation operation, bool isSigned) {
  llvm::Value *vector = popVector(shape);
  llvm::Value *sums = emitVectorOperation(operation, {vector});
  if (!sums)
    sums = addPairs(vector, isSigned);
  pushVector(sums);
}

void VectorLowering::lowerDot(const Instruction &) {
  llvm::Value *rhs = popVector(VectorShape::I16x8);
  llvm::Value *lhs = popVector(VectorShape::I16x8);
  llvm::Value *sums = emitVectorOperation(VectorOperation::DotI16x8, {lhs, rhs});
  pushVector(sums ? sums : dotProduct(lhs, rhs));
}

llvm::Value *VectorLowering::dotProduct(llvm::Value *lhs, llvm::Value *rhs) {
  llvm::Value *products = multiplyWide(lhs, rhs);
  llvm::Value *odd = everyOther(products, 1);
  return builder.CreateAdd(everyOther(products, 0), odd);
}

llvm::Value *VectorLowering::multiplyWide(llvm::Value *lhs, llvm::Value *rhs) {
  llvm::Value *right = extendLanes(rhs, true);
  return builder.CreateMul(extendLanes(lhs, true), right);
}

// (a * b + 2^14) >> 15, saturated.
void VectorLowering::lowerQ15Multiply(const Instruction &, VectorOperation operation) {
  llvm::Value *rhs = popVector(VectorShape::I16x8);
  llvm::Value *lhs = popVector(VectorShape::I16x8);
  llvm::Value *result = emitVectorOperation(operation, {lhs, rhs});
  if (!result) {
    llvm::Value *product = multiplyWide(lhs, rhs);
    auto constant = [&](uint64_t value) {
      return llvm::ConstantInt::get(product->getType(), value);
    };
    llvm::Value *rounded =
        builder.CreateAShr(builder.CreateAdd(product, constant(1 << 14)), constant(15));
    result = builder.CreateTrunc(
        builder.CreateBinaryIntrinsic(Intrinsic::smin, rounded, constant(0x7fff)), lhs->getType());
  }
  pushVector(result);
}

} // namespace w2n::compiler
