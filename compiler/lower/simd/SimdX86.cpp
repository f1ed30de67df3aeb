// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Vector operations on x86-64.

#include "compiler/ir/SpeculationMasks.h"
#include "compiler/targets/SimdTarget.h"

#include <llvm/IR/IntrinsicsX86.h>

namespace w2n::compiler {

namespace Intrinsic = llvm::Intrinsic;

namespace {

class X86Emitter {
public:
  X86Emitter(llvm::IRBuilder<> &builder, llvm::ArrayRef<llvm::Value *> operands)
      : builder(builder), first(operands[0]), second(operands.back()), type(first->getType()) {}

  /// lhs < rhs ? lhs : rhs, so that NaNs and two zeros give rhs. As a selection it would be taken
  /// apart where the lanes are cast to integers of the same number.
  llvm::Value *smallerOf(llvm::Value *lhs, llvm::Value *rhs) {
    return call(isF32() ? Intrinsic::x86_sse_min_ps : Intrinsic::x86_sse2_min_pd, lhs, rhs);
  }
  /// lhs > rhs ? lhs : rhs.
  llvm::Value *greaterOf(llvm::Value *lhs, llvm::Value *rhs) {
    return call(isF32() ? Intrinsic::x86_sse_max_ps : Intrinsic::x86_sse2_max_pd, lhs, rhs);
  }
  llvm::Value *swizzle();
  llvm::Value *narrowUnsigned();
  llvm::Value *splatI16();
  llvm::Value *pairwiseAddUnsigned();
  llvm::Value *q15Multiply();
  llvm::Value *minMax(bool isMin);
  llvm::Value *round(VectorOperation operation);
  llvm::Value *truncateF32(bool isSigned);
  llvm::Value *truncateF64(bool isSigned);
  llvm::Value *call(llvm::Intrinsic::ID id, llvm::Value *lhs, llvm::Value *rhs) {
    return builder.CreateIntrinsic(id, {}, {lhs, rhs});
  }
  llvm::Value *call(llvm::Intrinsic::ID id, llvm::Value *operand) {
    return builder.CreateIntrinsic(id, {}, {operand});
  }
  llvm::Constant *integer(uint64_t value) { return llvm::ConstantInt::get(type, value); }
  llvm::Constant *real(double value) { return llvm::ConstantFP::get(type, value); }

private:
  bool isF32() const { return type->getScalarType()->isFloatTy(); }
  llvm::Value *zeroIfNan(llvm::Value *value) {
    return builder.CreateSelect(builder.CreateFCmpORD(value, value), value, real(0));
  }

  llvm::IRBuilder<> &builder;
  llvm::Value *first, *second;
  llvm::Type *type;
};

// pshufb gives zero only for indices from 128 on.
llvm::Value *X86Emitter::swizzle() {
  llvm::Value *index = builder.CreateBinaryIntrinsic(Intrinsic::uadd_sat, second, integer(0x70));
  return call(Intrinsic::x86_ssse3_pshuf_b_128, first, index);
}

// packusdw came with SSE4.1. packssdw saturates signed lanes, so they are moved down by 2^15 and
// the result up again; first negative ones become zero, so that nothing overflows.
llvm::Value *X86Emitter::narrowUnsigned() {
  auto moveDown = [&](llvm::Value *lanes) {
    llvm::Constant *zero = llvm::Constant::getNullValue(type);
    return builder.CreateSub(builder.CreateBinaryIntrinsic(Intrinsic::smax, lanes, zero),
                             integer(1 << 15));
  };
  llvm::Value *high = moveDown(second);
  llvm::Value *packed = call(Intrinsic::x86_sse2_packssdw_128, moveDown(first), high);
  return builder.CreateXor(packed, llvm::ConstantInt::get(packed->getType(), 1 << 15));
}

// LLVM 22 splats the 16 signs of a vector of bytes from a mask register that it never wrote if they
// go to a general register as well. An empty piece of assembly hides where the number is from.
llvm::Value *X86Emitter::splatI16() {
  llvm::Value *number = first;
  if (!llvm::isa<llvm::Constant>(number))
    number = hideValue(builder, number);
  return builder.CreateVectorSplat(8, builder.CreateTrunc(number, builder.getInt16Ty()));
}

llvm::Value *X86Emitter::pairwiseAddUnsigned() {
  auto *wide = llvm::FixedVectorType::get(builder.getInt32Ty(), 4);
  llvm::Value *pairs = builder.CreateBitCast(first, wide);
  llvm::Value *odd = builder.CreateLShr(pairs, 16);
  return builder.CreateAdd(builder.CreateAnd(pairs, llvm::ConstantInt::get(wide, 0xffff)), odd);
}

// pmulhrsw wraps for the one product that overflows, of two minima.
llvm::Value *X86Emitter::q15Multiply() {
  llvm::Value *product = call(Intrinsic::x86_ssse3_pmul_hr_sw_128, first, second);
  llvm::Value *wrapped = builder.CreateICmpEQ(product, integer(0x8000));
  return builder.CreateXor(product, builder.CreateSExt(wrapped, type));
}

// minps gives its second operand for two zeros; with the operands both ways, the bits say which.
llvm::Value *X86Emitter::minMax(bool isMin) {
  auto *bits = llvm::VectorType::getInteger(llvm::cast<llvm::VectorType>(type));
  auto pick = [&](llvm::Value *lhs, llvm::Value *rhs) {
    return builder.CreateBitCast(isMin ? smallerOf(lhs, rhs) : greaterOf(lhs, rhs), bits);
  };
  llvm::Value *swapped = pick(second, first);
  llvm::Value *ordered = builder.CreateBinOp(isMin ? llvm::Instruction::Or : llvm::Instruction::And,
                                             pick(first, second), swapped);
  llvm::Value *number = builder.CreateBitCast(ordered, type);
  return builder.CreateSelect(builder.CreateFCmpUNO(first, second), llvm::ConstantFP::getNaN(type),
                              number);
}

// roundps came with SSE4.1. Adding and subtracting 2^23 (2^52) rounds to nearest, ties to even;
// what is not smaller than that is an integer, and adding zero makes a NaN quiet.
llvm::Value *X86Emitter::round(VectorOperation operation) {
  llvm::Constant *magnitude = real(isF32() ? 0x1p23 : 0x1p52);
  llvm::Value *absolute = builder.CreateUnaryIntrinsic(Intrinsic::fabs, first);
  llvm::Value *nearest = builder.CreateFSub(builder.CreateFAdd(absolute, magnitude), magnitude);
  auto withSign = [&](llvm::Value *value) {
    return builder.CreateBinaryIntrinsic(Intrinsic::copysign, value, first);
  };
  auto oneIf = [&](llvm::Value *condition) {
    return builder.CreateSelect(condition, real(1), real(0));
  };
  llvm::Value *rounded;
  if (operation == VectorOperation::Trunc)
    rounded =
        withSign(builder.CreateFSub(nearest, oneIf(builder.CreateFCmpOGT(nearest, absolute))));
  else
    rounded = withSign(nearest);
  if (operation == VectorOperation::Floor)
    rounded = withSign(builder.CreateFSub(rounded, oneIf(builder.CreateFCmpOGT(rounded, first))));
  else if (operation == VectorOperation::Ceil)
    rounded = withSign(builder.CreateFAdd(rounded, oneIf(builder.CreateFCmpOLT(rounded, first))));
  llvm::Value *quiet = builder.CreateFAdd(first, real(0));
  return builder.CreateSelect(builder.CreateFCmpOLT(absolute, magnitude), rounded, quiet);
}

// cvttps2dq gives 0x80000000 for all that does not fit.
llvm::Value *X86Emitter::truncateF32(bool isSigned) {
  constexpr double two31 = 0x1p31;
  auto convert = [&](llvm::Value *value) { return call(Intrinsic::x86_sse2_cvttps2dq, value); };
  auto isTooLarge = [&](llvm::Value *value, llvm::Type *integers) {
    return builder.CreateSExt(builder.CreateFCmpOGE(value, real(two31)), integers);
  };
  if (isSigned) {
    llvm::Value *result = convert(zeroIfNan(first));
    return builder.CreateXor(result, isTooLarge(first, result->getType()));
  }
  // The part above 2^31 is converted on its own. maxps gives its second operand for a NaN.
  llvm::Value *positive = greaterOf(first, real(0));
  llvm::Value *low = convert(positive);
  llvm::Value *above = builder.CreateFSub(positive, real(two31));
  llvm::Value *correction = isTooLarge(above, low->getType());
  llvm::Value *high = builder.CreateXor(convert(above), correction);
  llvm::Constant *zero = llvm::Constant::getNullValue(low->getType());
  return builder.CreateAdd(low, builder.CreateBinaryIntrinsic(Intrinsic::smax, high, zero));
}

// cvttpd2dq gives 0x80000000 for all that does not fit, which is right below the minimum.
llvm::Value *X86Emitter::truncateF64(bool isSigned) {
  auto convert = [&](llvm::Value *value) { return call(Intrinsic::x86_sse2_cvttpd2dq, value); };
  if (isSigned)
    return convert(smallerOf(zeroIfNan(first), real(2147483647.0)));
  llvm::Value *bounded = smallerOf(greaterOf(first, real(0)), real(4294967295.0));
  llvm::Value *low = convert(bounded);
  llvm::Value *high = convert(builder.CreateFSub(bounded, real(0x1p31)));
  // The upper halves are zero: those of `low`, and of `high` too.
  llvm::Constant *zero = llvm::Constant::getNullValue(low->getType());
  return builder.CreateAdd(low, builder.CreateBinaryIntrinsic(Intrinsic::smax, high, zero));
}

} // namespace

llvm::Value *emitX86VectorOperation(llvm::IRBuilder<> &builder, const VectorTarget &target,
                                    VectorOperation operation,
                                    llvm::ArrayRef<llvm::Value *> operands) {
  X86Emitter emitter(builder, operands);
  llvm::Value *first = operands[0], *second = operands.back();
  switch (operation) {
  case VectorOperation::Swizzle:
    return target.ssse3 ? emitter.swizzle() : nullptr;
  case VectorOperation::RelaxedSwizzle:
    return target.ssse3 ? emitter.call(Intrinsic::x86_ssse3_pshuf_b_128, first, second) : nullptr;
  case VectorOperation::Q15Multiply:
    return target.ssse3 ? emitter.q15Multiply() : nullptr;
  case VectorOperation::RelaxedQ15Multiply:
    return target.ssse3 ? emitter.call(Intrinsic::x86_ssse3_pmul_hr_sw_128, first, second)
                        : nullptr;
  case VectorOperation::DotI16x8:
    return emitter.call(Intrinsic::x86_sse2_pmadd_wd, first, second);
  // pmaddubsw takes its first operand as unsigned: the one with seven bits.
  case VectorOperation::RelaxedDotI8x16:
    return target.ssse3 ? emitter.call(Intrinsic::x86_ssse3_pmadd_ub_sw_128, second, first)
                        : nullptr;
  case VectorOperation::PairwiseAddI8x16S:
    return target.ssse3
               ? emitter.call(Intrinsic::x86_ssse3_pmadd_ub_sw_128, emitter.integer(1), first)
               : nullptr;
  case VectorOperation::PairwiseAddI8x16U:
    return target.ssse3
               ? emitter.call(Intrinsic::x86_ssse3_pmadd_ub_sw_128, first, emitter.integer(1))
               : nullptr;
  case VectorOperation::PairwiseAddI16x8S:
    return emitter.call(Intrinsic::x86_sse2_pmadd_wd, first, emitter.integer(1));
  case VectorOperation::PairwiseAddI16x8U:
    return emitter.pairwiseAddUnsigned();
  case VectorOperation::NarrowI32x4U:
    return target.sse41 ? nullptr : emitter.narrowUnsigned();
  case VectorOperation::SplatI16x8:
    return target.avx512bw ? emitter.splatI16() : nullptr;
  case VectorOperation::AnyTrue:
    return nullptr;
  // pmin(a, b) is b < a ? b : a.
  case VectorOperation::PseudoMin:
    return emitter.smallerOf(second, first);
  case VectorOperation::PseudoMax:
    return emitter.greaterOf(second, first);
  case VectorOperation::RelaxedMin:
    return emitter.smallerOf(first, second);
  case VectorOperation::RelaxedMax:
    return emitter.greaterOf(first, second);
  case VectorOperation::Min:
  case VectorOperation::Max:
    return emitter.minMax(operation == VectorOperation::Min);
  case VectorOperation::Ceil:
  case VectorOperation::Floor:
  case VectorOperation::Trunc:
  case VectorOperation::Nearest:
    return target.sse41 ? nullptr : emitter.round(operation);
  case VectorOperation::TruncateF32x4S:
  case VectorOperation::TruncateF32x4U:
    return emitter.truncateF32(operation == VectorOperation::TruncateF32x4S);
  case VectorOperation::TruncateF64x2S:
  case VectorOperation::TruncateF64x2U:
    return emitter.truncateF64(operation == VectorOperation::TruncateF64x2S);
  case VectorOperation::RelaxedTruncateF32x4S:
    return emitter.call(Intrinsic::x86_sse2_cvttps2dq, first);
  case VectorOperation::RelaxedTruncateF64x2S:
    return emitter.call(Intrinsic::x86_sse2_cvttpd2dq, first);
  }
  return nullptr;
}

} // namespace w2n::compiler
