// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Vector instructions on bits and lanes (core specification, section 4.3.7): constants, shuffles,
// lane access, bitwise operations, tests, and the conversions that widen or narrow lanes.
//
// A vector on the operand stack is a <2 x i64>; each instruction sees it with its own lanes. The
// casts are no instructions.

#include "compiler/lower/simd/VectorLowering.h"

#include <llvm/Analysis/ConstantFolding.h>

namespace w2n::compiler {

namespace Intrinsic = llvm::Intrinsic;

namespace {

struct ShapeInfo {
  unsigned laneBits;
  bool isFloat;
};
// In the order of VectorShape.
constexpr ShapeInfo shapeInfos[] = {{8, false},  {16, false}, {32, false},
                                    {64, false}, {32, true},  {64, true}};

constexpr unsigned vectorBits = 128;

/// 0, 1, 2 ... or, with a stride of 2, every other lane.
llvm::SmallVector<int, 16> lanesFrom(unsigned begin, unsigned count, unsigned stride = 1) {
  llvm::SmallVector<int, 16> lanes;
  for (unsigned i = 0; i < count; ++i)
    lanes.push_back(int(begin + stride * i));
  return lanes;
}

unsigned laneCount(llvm::Value *vector) {
  return llvm::cast<llvm::FixedVectorType>(vector->getType())->getNumElements();
}

} // namespace

llvm::FixedVectorType *VectorLowering::vectorType(VectorShape shape) {
  const ShapeInfo &info = shapeInfos[size_t(shape)];
  llvm::Type *lane = builder.getIntNTy(info.laneBits);
  if (info.isFloat)
    lane = info.laneBits == 32 ? module.f32 : module.f64;
  return llvm::FixedVectorType::get(lane, vectorBits / info.laneBits);
}

llvm::Value *VectorLowering::castVector(llvm::Value *value, llvm::Type *type) {
  // A constant keeps its lanes, so that identities stay visible.
  if (auto *constant = llvm::dyn_cast<llvm::Constant>(value))
    if (llvm::Constant *folded = llvm::ConstantFoldCastOperand(llvm::Instruction::BitCast, constant,
                                                               type, module.module.getDataLayout()))
      return folded;
  if (auto *cast = llvm::dyn_cast<llvm::BitCastInst>(value))
    if (cast->getSrcTy() == type)
      return cast->getOperand(0);
  return builder.CreateBitCast(value, type);
}

llvm::Value *VectorLowering::popVector(VectorShape shape) {
  return castVector(pop(), vectorType(shape));
}

void VectorLowering::pushVector(llvm::Value *value) {
  push(castVector(value, typeOf(wasm::ValueKind::V128)));
}

llvm::Value *VectorLowering::everyOther(llvm::Value *vector, unsigned first) {
  return builder.CreateShuffleVector(vector, lanesFrom(first, laneCount(vector) / 2, 2));
}

llvm::Value *VectorLowering::extendHalf(llvm::Value *vector, bool isHigh, bool isSigned) {
  unsigned lanes = laneCount(vector);
  llvm::Value *half =
      builder.CreateShuffleVector(vector, lanesFrom(isHigh ? lanes / 2 : 0, lanes / 2));
  return extendLanes(half, isSigned);
}

llvm::Value *VectorLowering::extendLanes(llvm::Value *vector, bool isSigned) {
  llvm::Type *wide = llvm::VectorType::getExtendedElementVectorType(
      llvm::cast<llvm::VectorType>(vector->getType()));
  return isSigned ? builder.CreateSExt(vector, wide) : builder.CreateZExt(vector, wide);
}

llvm::Value *VectorLowering::appendZeros(llvm::Value *vector) {
  return builder.CreateShuffleVector(vector, llvm::Constant::getNullValue(vector->getType()),
                                     lanesFrom(0, 2 * laneCount(vector)));
}

void VectorLowering::lowerVectorConstant(const Instruction &instruction) {
  pushVector(llvm::ConstantDataVector::get(module.context, llvm::ArrayRef(instruction.bytes)));
}

void VectorLowering::lowerShuffle(const Instruction &instruction) {
  llvm::Value *second = popVector(VectorShape::I8x16);
  llvm::Value *first = popVector(VectorShape::I8x16);
  llvm::SmallVector<int, 16> lanes(instruction.bytes.begin(), instruction.bytes.end());
  pushVector(builder.CreateShuffleVector(first, second, lanes));
}

void VectorLowering::lowerSwizzle(const Instruction &, VectorOperation operation) {
  llvm::Value *indices = popVector(VectorShape::I8x16);
  llvm::Value *bytes = popVector(VectorShape::I8x16);
  llvm::Value *result = emitVectorOperation(operation, {bytes, indices});
  if (!result) {
    // Lane by lane; what is out of range gives zero.
    result = llvm::PoisonValue::get(bytes->getType());
    for (unsigned i = 0; i < laneCount(bytes); ++i) {
      llvm::Value *index = builder.CreateExtractElement(indices, i);
      llvm::Value *byte = builder.CreateExtractElement(
          bytes, builder.CreateZExt(builder.CreateAnd(index, 15), module.i32));
      llvm::Value *inRange = builder.CreateICmpULT(index, builder.getInt8(16));
      result = builder.CreateInsertElement(
          result, builder.CreateSelect(inRange, byte, builder.getInt8(0)), i);
    }
  }
  pushVector(result);
}

void VectorLowering::lowerSplat(const Instruction &, VectorShape shape) {
  llvm::Value *value = pop();
  if (shape == VectorShape::I16x8)
    if (llvm::Value *vector = emitVectorOperation(VectorOperation::SplatI16x8, {value}))
      return pushVector(vector);
  llvm::FixedVectorType *type = vectorType(shape);
  if (value->getType() != type->getElementType())
    value = builder.CreateTrunc(value, type->getElementType());
  pushVector(builder.CreateVectorSplat(type->getNumElements(), value));
}

void VectorLowering::lowerExtractLane(const Instruction &instruction, VectorShape shape,
                                      bool isSigned) {
  llvm::Value *lane = builder.CreateExtractElement(popVector(shape), instruction.lane);
  if (lane->getType()->getPrimitiveSizeInBits() < 32)
    lane = isSigned ? builder.CreateSExt(lane, module.i32) : builder.CreateZExt(lane, module.i32);
  push(lane);
}

void VectorLowering::lowerReplaceLane(const Instruction &instruction, VectorShape shape) {
  llvm::Value *value = pop();
  llvm::Value *vector = popVector(shape);
  llvm::Type *lane = vector->getType()->getScalarType();
  if (value->getType() != lane)
    value = builder.CreateTrunc(value, lane);
  pushVector(builder.CreateInsertElement(vector, value, instruction.lane));
}

void VectorLowering::lowerVectorNot(const Instruction &) { push(builder.CreateNot(pop())); }

void VectorLowering::lowerVectorAndNot(const Instruction &) {
  llvm::Value *rhs = pop();
  llvm::Value *lhs = pop();
  push(builder.CreateAnd(lhs, builder.CreateNot(rhs)));
}

void VectorLowering::lowerBitselect(const Instruction &) {
  llvm::Value *mask = pop();
  llvm::Value *otherwise = pop();
  llvm::Value *value = pop();
  llvm::Value *rest = builder.CreateAnd(otherwise, builder.CreateNot(mask));
  push(builder.CreateOr(builder.CreateAnd(value, mask), rest));
}

void VectorLowering::lowerAnyTrue(const Instruction &) {
  llvm::Value *vector = pop();
  llvm::Value *isAny = emitVectorOperation(VectorOperation::AnyTrue, {vector});
  if (!isAny)
    isAny = builder.CreateIsNotNull(builder.CreateBitCast(vector, builder.getIntNTy(vectorBits)));
  push(builder.CreateZExt(isAny, module.i32));
}

void VectorLowering::lowerAllTrue(const Instruction &, VectorShape shape) {
  llvm::Value *lanes = builder.CreateIsNotNull(popVector(shape));
  push(builder.CreateZExt(builder.CreateAndReduce(lanes), module.i32));
}

void VectorLowering::lowerBitmask(const Instruction &, VectorShape shape) {
  llvm::Value *vector = popVector(shape);
  llvm::Value *signs =
      builder.CreateICmpSLT(vector, llvm::Constant::getNullValue(vector->getType()));
  push(builder.CreateZExt(builder.CreateBitCast(signs, builder.getIntNTy(laneCount(vector))),
                          module.i32));
}

// Out of two vectors, with lanes that are signed whatever the result is.
void VectorLowering::lowerNarrow(const Instruction &, VectorShape shape, bool isSigned) {
  llvm::Value *high = popVector(shape);
  llvm::Value *low = popVector(shape);
  if (shape == VectorShape::I32x4 && !isSigned)
    if (llvm::Value *narrow = emitVectorOperation(VectorOperation::NarrowI32x4U, {low, high}))
      return pushVector(narrow);
  unsigned lanes = laneCount(low), bits = low->getType()->getScalarSizeInBits() / 2;
  llvm::Value *both = builder.CreateShuffleVector(low, high, lanesFrom(0, 2 * lanes));
  llvm::APInt least = isSigned ? llvm::APInt::getSignedMinValue(bits).sext(2 * bits)
                               : llvm::APInt::getZero(2 * bits);
  llvm::APInt max = isSigned ? llvm::APInt::getSignedMaxValue(bits).zext(2 * bits)
                             : llvm::APInt::getMaxValue(bits).zext(2 * bits);
  llvm::Type *type = both->getType();
  both = builder.CreateBinaryIntrinsic(Intrinsic::smax, both, llvm::ConstantInt::get(type, least));
  both = builder.CreateBinaryIntrinsic(Intrinsic::smin, both, llvm::ConstantInt::get(type, max));
  pushVector(
      builder.CreateTrunc(both, llvm::FixedVectorType::get(builder.getIntNTy(bits), 2 * lanes)));
}

void VectorLowering::lowerExtendHalf(const Instruction &, VectorShape shape, bool isHigh,
                                     bool isSigned) {
  pushVector(extendHalf(popVector(shape), isHigh, isSigned));
}
} // namespace w2n::compiler
