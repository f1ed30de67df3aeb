// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Loads and stores of vectors that are more than 16 bytes as they are; see Memory.cpp.

#include "compiler/lower/simd/VectorLowering.h"

namespace w2n::compiler {

void VectorLowering::lowerVectorLoadExtend(const Instruction &instruction, VectorShape shape,
                                           bool isSigned) {
  llvm::Type *half = llvm::VectorType::getHalfElementsVectorType(vectorType(shape));
  pushVector(extendLanes(loadGuest(instruction, pop(), half), isSigned));
}

void VectorLowering::lowerVectorLoadSplat(const Instruction &instruction, VectorShape shape) {
  llvm::FixedVectorType *type = vectorType(shape);
  llvm::Value *lane = loadGuest(instruction, pop(), type->getElementType());
  pushVector(builder.CreateVectorSplat(type->getNumElements(), lane));
}

void VectorLowering::lowerVectorLoadZero(const Instruction &instruction, VectorShape shape) {
  llvm::FixedVectorType *type = vectorType(shape);
  llvm::Value *lane = loadGuest(instruction, pop(), type->getElementType());
  pushVector(builder.CreateInsertElement(llvm::Constant::getNullValue(type), lane, uint64_t(0)));
}

void VectorLowering::lowerVectorLoadLane(const Instruction &instruction, VectorShape shape) {
  llvm::Value *vector = popVector(shape);
  llvm::Value *lane = loadGuest(instruction, pop(), vector->getType()->getScalarType());
  pushVector(builder.CreateInsertElement(vector, lane, instruction.lane));
}

void VectorLowering::lowerVectorStoreLane(const Instruction &instruction, VectorShape shape) {
  llvm::Value *lane = builder.CreateExtractElement(popVector(shape), instruction.lane);
  llvm::Value *address =
      effectiveAddress(instruction, pop(), unsigned(lane->getType()->getPrimitiveSizeInBits() / 8));
  llvm::StoreInst *store = builder.CreateAlignedStore(lane, address, llvm::Align(1));
  module.setAliasClass(store, AliasClass::Memory);
}

} // namespace w2n::compiler
