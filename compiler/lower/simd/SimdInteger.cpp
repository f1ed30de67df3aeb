// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Arithmetic and comparisons on vectors of integers (core specification, section 4.3.7).

#include "compiler/lower/function/BodyLowering.h"

namespace w2n::compiler {

namespace Intrinsic = llvm::Intrinsic;

void BodyLowering::lowerVectorBinary(const Instruction &, VectorShape shape,
                                     llvm::Instruction::BinaryOps operation) {
  llvm::Value *rhs = popVector(shape);
  llvm::Value *lhs = popVector(shape);
  pushVector(builder.CreateBinOp(operation, lhs, rhs));
}

void BodyLowering::lowerVectorBinaryIntrinsic(const Instruction &, VectorShape shape,
                                              llvm::Intrinsic::ID intrinsic) {
  llvm::Value *rhs = popVector(shape);
  llvm::Value *lhs = popVector(shape);
  pushVector(builder.CreateBinaryIntrinsic(intrinsic, lhs, rhs));
}

void BodyLowering::lowerVectorUnary(const Instruction &, VectorShape shape,
                                    llvm::Intrinsic::ID intrinsic) {
  pushVector(builder.CreateUnaryIntrinsic(intrinsic, popVector(shape)));
}

void BodyLowering::lowerVectorAbs(const Instruction &, VectorShape shape) {
  // The minimum stays as it is.
  pushVector(builder.CreateBinaryIntrinsic(Intrinsic::abs, popVector(shape), builder.getFalse()));
}

void BodyLowering::lowerVectorNegate(const Instruction &, VectorShape shape) {
  pushVector(builder.CreateNeg(popVector(shape)));
}

void BodyLowering::lowerVectorShift(const Instruction &, VectorShape shape,
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
void BodyLowering::lowerVectorCompare(const Instruction &, VectorShape shape,
                                      llvm::CmpInst::Predicate predicate) {
  llvm::Value *rhs = popVector(shape);
  llvm::Value *lhs = popVector(shape);
  auto *lanes = llvm::VectorType::getInteger(llvm::cast<llvm::VectorType>(lhs->getType()));
  pushVector(builder.CreateSExt(builder.CreateCmp(predicate, lhs, rhs), lanes));
}

// (a + b + 1) / 2, in lanes of twice the width: the form that targets with such an instruction look
// for.
void BodyLowering::lowerAverage(const Instruction &, VectorShape shape) {
  llvm::Value *rhs = extendLanes(popVector(shape), false);
  llvm::Value *lhs = extendLanes(popVector(shape), false);
  llvm::Value *one = llvm::ConstantInt::get(lhs->getType(), 1);
  llvm::Value *sum = builder.CreateNUWAdd(builder.CreateNUWAdd(lhs, rhs), one);
  pushVector(builder.CreateTrunc(builder.CreateLShr(sum, 1), vectorType(shape)));
}

void BodyLowering::lowerExtendMultiply(const Instruction &, VectorShape shape, bool isHigh,
                                       bool isSigned) {
  llvm::Value *rhs = extendHalf(popVector(shape), isHigh, isSigned);
  llvm::Value *lhs = extendHalf(popVector(shape), isHigh, isSigned);
  pushVector(builder.CreateMul(lhs, rhs));
}

void BodyLowering::lowerPairwiseAdd(const Instruction &, VectorShape shape,
                                    VectorOperation operation, bool isSigned) {
  llvm::Value *vector = popVector(shape);
  llvm::Value *sums = emitVectorOperation(operation, {vector});
  if (!sums)
    sums = builder.CreateAdd(extendLanes(everyOther(vector, 0), isSigned),
                             extendLanes(everyOther(vector, 1), isSigned));
  pushVector(sums);
}

void BodyLowering::lowerDot(const Instruction &) {
  llvm::Value *rhs = popVector(VectorShape::I16x8);
  llvm::Value *lhs = popVector(VectorShape::I16x8);
  llvm::Value *sums = emitVectorOperation(VectorOperation::DotI16x8, {lhs, rhs});
  pushVector(sums ? sums : dotProduct(lhs, rhs));
}

llvm::Value *BodyLowering::dotProduct(llvm::Value *lhs, llvm::Value *rhs) {
  llvm::Value *products = builder.CreateMul(extendLanes(lhs, true), extendLanes(rhs, true));
  return builder.CreateAdd(everyOther(products, 0), everyOther(products, 1));
}

// (a * b + 2^14) >> 15, saturated.
void BodyLowering::lowerQ15Multiply(const Instruction &, VectorOperation operation) {
  llvm::Value *rhs = popVector(VectorShape::I16x8);
  llvm::Value *lhs = popVector(VectorShape::I16x8);
  llvm::Value *result = emitVectorOperation(operation, {lhs, rhs});
  if (!result) {
    llvm::Value *product = builder.CreateMul(extendLanes(lhs, true), extendLanes(rhs, true));
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
