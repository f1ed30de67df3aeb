// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Vector operations on AArch64, where most have an instruction that does what wasm says.

#include "compiler/targets/SimdTarget.h"

#include <llvm/IR/IntrinsicsAArch64.h>

namespace w2n::compiler {

namespace Intrinsic = llvm::Intrinsic;

namespace {

llvm::Value *truncateF64(llvm::IRBuilder<> &builder, llvm::Value *vector,
                         llvm::Intrinsic::ID convert, llvm::Intrinsic::ID narrow) {
  auto *wide = llvm::FixedVectorType::get(builder.getInt64Ty(), 2);
  auto *half = llvm::FixedVectorType::get(builder.getInt32Ty(), 2);
  llvm::Value *integers = builder.CreateIntrinsic(convert, {wide, vector->getType()}, {vector});
  llvm::Value *narrowed = builder.CreateIntrinsic(narrow, {half}, {integers});
  return builder.CreateShuffleVector(narrowed, llvm::Constant::getNullValue(half), {0, 1, 2, 3});
}

} // namespace

llvm::Value *emitAArch64VectorOperation(llvm::IRBuilder<> &builder, VectorOperation operation,
                                        llvm::ArrayRef<llvm::Value *> operands) {
  llvm::Type *type = operands[0]->getType();
  auto intrinsic = [&](llvm::Intrinsic::ID id, llvm::ArrayRef<llvm::Type *> types) {
    return builder.CreateIntrinsic(id, types, operands);
  };
  /// The type with lanes of twice the width and half the number.
  auto wideType = [&] {
    auto *vector = llvm::cast<llvm::FixedVectorType>(type);
    return llvm::FixedVectorType::get(builder.getIntNTy(2 * vector->getScalarSizeInBits()),
                                      vector->getNumElements() / 2);
  };
  switch (operation) {
  case VectorOperation::Swizzle:
  case VectorOperation::RelaxedSwizzle:
    return intrinsic(Intrinsic::aarch64_neon_tbl1, {type});
  case VectorOperation::Q15Multiply:
  case VectorOperation::RelaxedQ15Multiply:
    return intrinsic(Intrinsic::aarch64_neon_sqrdmulh, {type});
  case VectorOperation::PairwiseAddI8x16S:
  case VectorOperation::PairwiseAddI16x8S:
    return intrinsic(Intrinsic::aarch64_neon_saddlp, {wideType(), type});
  case VectorOperation::PairwiseAddI8x16U:
  case VectorOperation::PairwiseAddI16x8U:
    return intrinsic(Intrinsic::aarch64_neon_uaddlp, {wideType(), type});
  // fmin and fmax order zeros as wasm does and make every NaN quiet.
  case VectorOperation::Min:
  case VectorOperation::RelaxedMin:
    return intrinsic(Intrinsic::aarch64_neon_fmin, {type});
  case VectorOperation::Max:
  case VectorOperation::RelaxedMax:
    return intrinsic(Intrinsic::aarch64_neon_fmax, {type});
  // Two saturations, to 64 bits and to 32, are one to 32.
  case VectorOperation::TruncateF64x2S:
  case VectorOperation::RelaxedTruncateF64x2S:
    return truncateF64(builder, operands[0], Intrinsic::fptosi_sat, Intrinsic::aarch64_neon_sqxtn);
  case VectorOperation::TruncateF64x2U:
    return truncateF64(builder, operands[0], Intrinsic::fptoui_sat, Intrinsic::aarch64_neon_uqxtn);
  case VectorOperation::AnyTrue:
    return builder.CreateIsNotNull(builder.CreateIntMaxReduce(
        builder.CreateBitCast(operands[0], llvm::FixedVectorType::get(builder.getInt32Ty(), 4))));
  case VectorOperation::NarrowI32x4U:
  case VectorOperation::SplatI16x8:
  case VectorOperation::PseudoMin:
  case VectorOperation::PseudoMax:
  case VectorOperation::DotI16x8:
  case VectorOperation::RelaxedDotI8x16:
  case VectorOperation::Ceil:
  case VectorOperation::Floor:
  case VectorOperation::Trunc:
  case VectorOperation::Nearest:
  case VectorOperation::TruncateF32x4S:
  case VectorOperation::TruncateF32x4U:
  case VectorOperation::RelaxedTruncateF32x4S:
    return nullptr;
  }
  return nullptr;
}

} // namespace w2n::compiler
