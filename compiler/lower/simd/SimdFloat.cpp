// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Arithmetic and conversions on vectors of floats (core specification, section 4.3.7). About NaNs
// see Numeric.cpp.

#include "compiler/lower/simd/VectorLowering.h"

namespace w2n::compiler {

namespace Intrinsic = llvm::Intrinsic;

void VectorLowering::lowerVectorFloatArithmetic(const Instruction &, VectorShape shape,
                                                llvm::Instruction::BinaryOps operation) {
  llvm::Value *rhs = popVector(shape);
  llvm::Value *lhs = popVector(shape);
  pushVector(floatArithmetic(operation, lhs, rhs));
}

void VectorLowering::lowerVectorFloatUnary(const Instruction &, VectorShape shape,
                                           llvm::Intrinsic::ID intrinsic) {
  pushVector(chosenNan(builder.CreateUnaryIntrinsic(intrinsic, popVector(shape))));
}

void VectorLowering::lowerVectorRound(const Instruction &, VectorShape shape,
                                      VectorOperation operation, llvm::Intrinsic::ID intrinsic) {
  llvm::Value *vector = popVector(shape);
  llvm::Value *rounded = emitVectorOperation(operation, {vector});
  pushVector(rounded ? chosenNan(rounded) : floatUnary(intrinsic, vector));
}

void VectorLowering::lowerVectorFloatNegate(const Instruction &, VectorShape shape) {
  pushVector(builder.CreateFNeg(popVector(shape)));
}

void VectorLowering::lowerVectorMinMax(const Instruction &, VectorShape shape,
                                       VectorOperation operation, llvm::Intrinsic::ID intrinsic) {
  llvm::Value *rhs = popVector(shape);
  llvm::Value *lhs = popVector(shape);
  llvm::Value *result = emitVectorOperation(operation, {lhs, rhs});
  pushVector(chosenNan(result ? result : floatMinMax(intrinsic, lhs, rhs)));
}

// pmin(a, b) is b < a ? b : a, and pmax(a, b) is a < b ? b : a, whatever the operands are.
void VectorLowering::lowerPseudoMinMax(const Instruction &, VectorShape shape, bool isMin) {
  llvm::Value *rhs = popVector(shape);
  llvm::Value *lhs = popVector(shape);
  llvm::Value *result = emitVectorOperation(
      isMin ? VectorOperation::PseudoMin : VectorOperation::PseudoMax, {lhs, rhs});
  if (!result) {
    llvm::Value *takesRight =
        isMin ? builder.CreateFCmpOLT(rhs, lhs) : builder.CreateFCmpOLT(lhs, rhs);
    // As integers: of a comparison and a selection of floats with a constant that has a zero in
    // some lane, LLVM makes a minimum that does not tell zeros apart.
    llvm::Type *bits =
        vectorType(shape == VectorShape::F64x2 ? VectorShape::I64x2 : VectorShape::I32x4);
    llvm::Value *left = builder.CreateBitCast(lhs, bits);
    result = builder.CreateSelect(takesRight, builder.CreateBitCast(rhs, bits), left);
  }
  pushVector(result);
}

void VectorLowering::lowerVectorDemote(const Instruction &) {
  llvm::Value *vector = popVector(VectorShape::F64x2);
  llvm::Value *narrow;
  if (auto *promoted = llvm::dyn_cast<llvm::FPExtInst>(vector))
    narrow = builder.CreateUnaryIntrinsic(Intrinsic::canonicalize, promoted->getOperand(0));
  else
    narrow = builder.CreateFPTrunc(vector, llvm::FixedVectorType::get(module.f32, 2));
  pushVector(appendZeros(chosenNan(narrow)));
}

void VectorLowering::lowerVectorPromote(const Instruction &) {
  llvm::Value *low = builder.CreateShuffleVector(popVector(VectorShape::F32x4), {0, 1});
  pushVector(chosenNan(builder.CreateFPExt(low, vectorType(VectorShape::F64x2))));
}

void VectorLowering::lowerVectorConvert(const Instruction &, VectorShape to, bool isSigned) {
  llvm::Value *vector = popVector(VectorShape::I32x4);
  // Only the lower half has room in f64x2.
  if (to == VectorShape::F64x2)
    vector = builder.CreateShuffleVector(vector, {0, 1});
  pushVector(isSigned ? builder.CreateSIToFP(vector, vectorType(to))
                      : builder.CreateUIToFP(vector, vectorType(to)));
}

void VectorLowering::lowerVectorTruncate(const Instruction &, VectorShape from,
                                         VectorOperation operation, bool isSigned) {
  llvm::Value *vector = popVector(from);
  llvm::Value *result = emitVectorOperation(operation, {vector});
  if (!result) {
    auto intrinsic = isSigned ? Intrinsic::fptosi_sat : Intrinsic::fptoui_sat;
    auto *type = llvm::FixedVectorType::get(
        module.i32, llvm::cast<llvm::FixedVectorType>(vector->getType())->getNumElements());
    result = builder.CreateIntrinsic(intrinsic, {type, vector->getType()}, {vector});
    if (from == VectorShape::F64x2)
      result = appendZeros(result);
  }
  pushVector(result);
}

} // namespace w2n::compiler
