// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Relaxed vector instructions (core specification, section 4.3.6, "Relaxed Operations"): each has a
// few forms, and takes the one that the target is fastest at, the same in the whole program. With
// --deterministic it is the first of them, on every target.

#include "compiler/lower/simd/VectorLowering.h"

#include "compiler/plan/Slice.h"

namespace w2n::compiler {

namespace Intrinsic = llvm::Intrinsic;

void VectorLowering::lowerRelaxedSwizzle(const Instruction &instruction) {
  lowerSwizzle(instruction,
               isDeterministic() ? VectorOperation::Swizzle : VectorOperation::RelaxedSwizzle);
}

void VectorLowering::lowerRelaxedQ15Multiply(const Instruction &instruction) {
  lowerQ15Multiply(instruction, isDeterministic() ? VectorOperation::Q15Multiply
                                                  : VectorOperation::RelaxedQ15Multiply);
}

void VectorLowering::lowerRelaxedTruncate(const Instruction &instruction, VectorShape from,
                                          VectorOperation plain, VectorOperation relaxed) {
  lowerVectorTruncate(instruction, from, isDeterministic() ? plain : relaxed, /*isSigned=*/true);
}

void VectorLowering::lowerRelaxedMultiplyAdd(const Instruction &, VectorShape shape,
                                             bool isNegated) {
  llvm::Value *addend = popVector(shape);
  llvm::Value *rhs = popVector(shape);
  llvm::Value *lhs = popVector(shape);
  if (isNegated)
    lhs = builder.CreateFNeg(lhs);
  if (module.slice.target.vectorTarget.fma && !isDeterministic())
    pushVector(builder.CreateIntrinsic(Intrinsic::fma, {lhs->getType()}, {lhs, rhs, addend}));
  else
    pushVector(floatArithmetic(llvm::Instruction::FAdd,
                               floatArithmetic(llvm::Instruction::FMul, lhs, rhs), addend));
}

// With AVX, x86-64 has instructions that look at the highest bit of each lane; before, their mask
// had to be in one register.
void VectorLowering::lowerRelaxedLaneselect(const Instruction &instruction, VectorShape shape) {
  if (!module.slice.target.vectorTarget.avx || isDeterministic())
    return lowerBitselect(instruction);
  llvm::Value *mask = popVector(shape);
  llvm::Value *otherwise = popVector(shape);
  llvm::Value *value = popVector(shape);
  llvm::Value *isSet = builder.CreateICmpSLT(mask, llvm::Constant::getNullValue(mask->getType()));
  pushVector(builder.CreateSelect(isSet, value, otherwise));
}

void VectorLowering::lowerRelaxedMinMax(const Instruction &instruction, VectorShape shape,
                                        VectorOperation plain, VectorOperation relaxed,
                                        llvm::Intrinsic::ID intrinsic) {
  lowerVectorMinMax(instruction, shape, isDeterministic() ? plain : relaxed, intrinsic);
}

llvm::Value *VectorLowering::relaxedDotProduct() {
  llvm::Value *rhs = popVector(VectorShape::I8x16);
  llvm::Value *lhs = popVector(VectorShape::I8x16);
  if (!isDeterministic())
    if (llvm::Value *sums = emitVectorOperation(VectorOperation::RelaxedDotI8x16, {lhs, rhs}))
      return sums;
  return dotProduct(lhs, rhs);
}

void VectorLowering::lowerRelaxedDot(const Instruction &) { pushVector(relaxedDotProduct()); }

void VectorLowering::lowerRelaxedDotAdd(const Instruction &) {
  llvm::Value *addend = popVector(VectorShape::I32x4);
  llvm::Value *products = relaxedDotProduct();
  llvm::Value *sums = emitVectorOperation(VectorOperation::PairwiseAddI16x8S, {products});
  if (!sums)
    sums = addPairs(products, /*isSigned=*/true);
  pushVector(builder.CreateAdd(sums, addend));
}

} // namespace w2n::compiler
