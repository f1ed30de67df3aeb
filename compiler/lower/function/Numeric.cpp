// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Numeric instructions (core specification, section 4.3).
//
// LLVM's floating-point operations may return a signaling NaN unchanged where it folds an identity
// (x * 1, x - 0, a promotion followed by a demotion); wasm wants it quiet (4.3.3, "nan
// propagation"), so identities that are visible here become llvm.canonicalize.

#include "compiler/lower/function/NumericLowering.h"

#include "compiler/plan/Slice.h"

#include <llvm/ADT/APFloat.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/PatternMatch.h>

namespace w2n::compiler {

using artifact::TrapKind;

void NumericLowering::lowerConstant(const Instruction &instruction, wasm::ValueKind kind) {
  llvm::Type *type = typeOf(kind);
  unsigned bits = type->getScalarSizeInBits();
  llvm::APInt value(64, instruction.bits);
  llvm::Constant *constant = llvm::ConstantInt::get(module.context, value.zextOrTrunc(bits));
  if (type->isFloatingPointTy())
    constant = llvm::ConstantFP::get(
        module.context, llvm::APFloat(type->getFltSemantics(), value.zextOrTrunc(bits)));
  push(constant);
}

void NumericLowering::lowerUnary(const Instruction &, llvm::Intrinsic::ID intrinsic) {
  push(builder.CreateUnaryIntrinsic(intrinsic, pop()));
}

void NumericLowering::lowerFloatUnary(const Instruction &, llvm::Intrinsic::ID intrinsic) {
  push(floatUnary(intrinsic, pop()));
}

// LLVM calls a function where a target has no instruction for it, around which all vector
// registers are spilled; as for vectors, a few operations do the same.
void NumericLowering::lowerFloatRound(const Instruction &, VectorOperation operation,
                                      llvm::Intrinsic::ID intrinsic) {
  const OptimizationLevel level = module.plan.options.level;
  llvm::Value *value = pop(), *rounded = nullptr;
  if (level == OptimizationLevel::O2 || level == OptimizationLevel::O3)
    rounded = emitVectorOperation(operation, {value});
  push(rounded ? chosenNan(rounded) : floatUnary(intrinsic, value));
}

// RISC-V rounds by a conversion to integers and back, and leads around it whatever is
// too large for them, and NaNs.
llvm::Value *NumericLowering::emitVectorOperation(VectorOperation operation,
                                                  llvm::ArrayRef<llvm::Value *> operands) {
  return compiler::emitVectorOperation(builder, module.slice.target.vectorTarget, operation,
                                       operands);
}

llvm::Value *NumericLowering::floatUnary(llvm::Intrinsic::ID intrinsic, llvm::Value *value) {
  value = builder.CreateUnaryIntrinsic(intrinsic, value);
  if (module.slice.traits().roundingKeepsNans && intrinsic != llvm::Intrinsic::sqrt)
    value = builder.CreateUnaryIntrinsic(llvm::Intrinsic::canonicalize, value);
  return chosenNan(value);
}

void NumericLowering::lowerPromote(const Instruction &) {
  push(chosenNan(builder.CreateFPExt(pop(), module.f64)));
}

void NumericLowering::lowerCountZeros(const Instruction &, llvm::Intrinsic::ID intrinsic) {
  push(builder.CreateBinaryIntrinsic(intrinsic, pop(), builder.getFalse()));
}

void NumericLowering::lowerBinary(const Instruction &, llvm::Instruction::BinaryOps operation) {
  llvm::Value *rhs = pop();
  llvm::Value *lhs = pop();
  push(builder.CreateBinOp(operation, lhs, rhs));
}

void NumericLowering::lowerBinaryIntrinsic(const Instruction &, llvm::Intrinsic::ID intrinsic) {
  llvm::Value *rhs = pop();
  llvm::Value *lhs = pop();
  push(builder.CreateBinaryIntrinsic(intrinsic, lhs, rhs));
}

void NumericLowering::lowerShift(const Instruction &, llvm::Instruction::BinaryOps operation) {
  llvm::Value *amount = pop();
  llvm::Value *value = pop();
  // Counts are modulo the width; LLVM gives poison from the width on.
  unsigned mask = value->getType()->getIntegerBitWidth() - 1;
  amount = builder.CreateAnd(amount, llvm::ConstantInt::get(amount->getType(), mask));
  push(builder.CreateBinOp(operation, value, amount));
}

void NumericLowering::lowerRotate(const Instruction &, llvm::Intrinsic::ID intrinsic) {
  llvm::Value *amount = pop();
  llvm::Value *value = pop();
  push(builder.CreateIntrinsic(intrinsic, {value->getType()}, {value, value, amount}));
}

void NumericLowering::lowerCompare(const Instruction &, llvm::CmpInst::Predicate predicate) {
  llvm::Value *rhs = pop();
  llvm::Value *lhs = pop();
  push(builder.CreateZExt(builder.CreateCmp(predicate, lhs, rhs), module.i32));
}

void NumericLowering::lowerEqz(const Instruction &) {
  push(builder.CreateZExt(builder.CreateIsNull(pop()), module.i32));
}

void NumericLowering::lowerDivide(const Instruction &, llvm::Instruction::BinaryOps operation) {
  llvm::Value *rhs = pop();
  llvm::Value *lhs = pop();
  trapIf(builder.CreateIsNull(rhs), TrapKind::IntegerDivideByZero);
  llvm::Constant *minusOne = llvm::Constant::getAllOnesValue(rhs->getType());
  if (operation == llvm::Instruction::SDiv) {
    auto minimum = llvm::APInt::getSignedMinValue(lhs->getType()->getIntegerBitWidth());
    llvm::Value *isMinimum =
        builder.CreateICmpEQ(lhs, llvm::ConstantInt::get(lhs->getType(), minimum));
    llvm::Value *overflows = builder.CreateAnd(isMinimum, builder.CreateICmpEQ(rhs, minusOne));
    trapIf(overflows, TrapKind::IntegerOverflow);
  } else if (operation == llvm::Instruction::SRem) {
    // MIN % -1 is 0, but undefined in LLVM and a fault on x86; x % 1 is 0 too.
    rhs = builder.CreateSelect(builder.CreateICmpEQ(rhs, minusOne),
                               llvm::ConstantInt::get(rhs->getType(), 1), rhs);
  }
  push(builder.CreateBinOp(operation, lhs, rhs));
}

namespace {

/// The result of LLVM's folding of `x op constant` (or `constant op x`): x itself or its negation,
/// either with its NaN unquieted.
enum class Fold { None, Identity, Negation };

Fold foldOf(llvm::Instruction::BinaryOps operation, llvm::Value *operand, bool isLeft) {
  // A scalar, or a vector of which every lane is the same.
  const llvm::APFloat *constant;
  if (!llvm::PatternMatch::match(operand, llvm::PatternMatch::m_APFloat(constant)))
    return Fold::None;
  bool isNegativeZero = constant->isNegZero();
  bool isPositiveZero = constant->isPosZero();
  switch (operation) {
  case llvm::Instruction::FAdd:
    return isNegativeZero ? Fold::Identity : Fold::None;
  case llvm::Instruction::FSub:
    if (isLeft)
      return isNegativeZero ? Fold::Negation : Fold::None;
    return isPositiveZero ? Fold::Identity : Fold::None;
  case llvm::Instruction::FDiv:
    if (isLeft)
      return Fold::None;
    [[fallthrough]];
  case llvm::Instruction::FMul:
    return constant->isExactlyValue(1.0)    ? Fold::Identity
           : constant->isExactlyValue(-1.0) ? Fold::Negation
                                            : Fold::None;
  default: // The integer operations never come here.
    return Fold::None;
  }
}

} // namespace

void NumericLowering::lowerFloatArithmetic(const Instruction &,
                                           llvm::Instruction::BinaryOps operation) {
  llvm::Value *rhs = pop();
  llvm::Value *lhs = pop();
  push(floatArithmetic(operation, lhs, rhs));
}

llvm::Value *NumericLowering::floatArithmetic(llvm::Instruction::BinaryOps operation,
                                              llvm::Value *lhs, llvm::Value *rhs) {
  auto quiet = [&](llvm::Value *value, Fold fold) {
    value = builder.CreateUnaryIntrinsic(llvm::Intrinsic::canonicalize, value);
    return fold == Fold::Negation ? builder.CreateFNeg(value) : value;
  };
  if (Fold fold = foldOf(operation, rhs, /*isLeft=*/false); fold != Fold::None)
    return chosenNan(quiet(lhs, fold));
  if (Fold fold = foldOf(operation, lhs, /*isLeft=*/true); fold != Fold::None)
    return chosenNan(quiet(rhs, fold));
  llvm::Value *result = builder.CreateBinOp(operation, lhs, rhs);
  // Some lanes of a constant whose lanes differ may be identities.
  if (module.slice.traits().foldsLanes && lhs->getType()->isVectorTy() &&
      (llvm::isa<llvm::Constant>(lhs) || llvm::isa<llvm::Constant>(rhs)))
    result = builder.CreateUnaryIntrinsic(llvm::Intrinsic::canonicalize, result);
  return chosenNan(result);
}

llvm::Value *NumericLowering::chosenNan(llvm::Value *value) {
  if (!isDeterministic())
    return value;
  // LLVM takes `x < 0 ? nan : sqrt(x)` for sqrt(x), whatever the NaN is.
  if (auto *call = llvm::dyn_cast<llvm::IntrinsicInst>(value);
      call && call->getIntrinsicID() == llvm::Intrinsic::sqrt)
    value = builder.CreateArithmeticFence(value, value->getType());
  return builder.CreateSelect(builder.CreateFCmpUNO(value, value),
                              llvm::ConstantFP::getNaN(value->getType()), value);
}

void NumericLowering::lowerFloatNegate(const Instruction &) { push(builder.CreateFNeg(pop())); }

// llvm.minimum orders zeros as wasm does, but may return a signaling NaN as it is; the sum of the
// operands is a quiet NaN if either is one.
void NumericLowering::lowerMinMax(const Instruction &, llvm::Intrinsic::ID intrinsic) {
  llvm::Value *rhs = pop();
  llvm::Value *lhs = pop();
  push(chosenNan(floatMinMax(intrinsic, lhs, rhs)));
}

llvm::Value *NumericLowering::floatMinMax(llvm::Intrinsic::ID intrinsic, llvm::Value *lhs,
                                          llvm::Value *rhs) {
  llvm::FastMathFlags noNans;
  noNans.setNoNaNs();
  llvm::Value *ordered = builder.CreateIntrinsic(intrinsic, {lhs->getType()}, {lhs, rhs}, noNans);
  llvm::Value *isNan = builder.CreateFCmpUNO(lhs, rhs);
  llvm::Value *quietNan = floatArithmetic(llvm::Instruction::FAdd, lhs, rhs);
  return builder.CreateSelect(isNan, quietNan, ordered);
}

void NumericLowering::lowerCast(const Instruction &, llvm::Instruction::CastOps operation,
                                wasm::ValueKind to) {
  push(builder.CreateCast(operation, pop(), typeOf(to)));
}

void NumericLowering::lowerSignExtend(const Instruction &, unsigned fromBits) {
  llvm::Value *value = pop();
  llvm::Value *narrow = builder.CreateTrunc(value, builder.getIntNTy(fromBits));
  push(builder.CreateSExt(narrow, value->getType()));
}

void NumericLowering::lowerDemote(const Instruction &) {
  llvm::Value *value = pop();
  if (auto *promoted = llvm::dyn_cast<llvm::FPExtInst>(value))
    push(chosenNan(
        builder.CreateUnaryIntrinsic(llvm::Intrinsic::canonicalize, promoted->getOperand(0))));
  else
    push(chosenNan(builder.CreateFPTrunc(value, module.f32)));
}

// One test on the fast path: the value is strictly between the last floats that are out of range on
// either side (which a NaN is not). What kind of trap it is, is found out in the cold.
void NumericLowering::lowerTruncate(const Instruction &, bool isSigned, wasm::ValueKind to) {
  llvm::Value *value = pop();
  llvm::Type *target = typeOf(to);
  unsigned bits = target->getIntegerBitWidth();
  const llvm::fltSemantics &semantics = value->getType()->getFltSemantics();
  // Exclusive bounds: 2^bits or 2^(bits-1), and -1 or the first float below -2^(bits-1).
  auto bound = [&](const llvm::APInt &integer, bool integerIsSigned) {
    llvm::APFloat result(semantics);
    result.convertFromAPInt(integer, integerIsSigned, llvm::APFloat::rmTowardZero);
    return result;
  };
  llvm::APInt one(bits + 2, 1);
  llvm::APFloat upper = bound(one.shl(isSigned ? bits - 1 : bits), true);
  llvm::APFloat lower = bound(isSigned ? -one.shl(bits - 1) : -one, true);
  // The smallest value in range is the lower bound itself where the float type cannot hold the
  // integer below it.
  bool lowerInRange = false;
  if (isSigned) {
    llvm::APFloat below = bound(-one.shl(bits - 1) - 1, true);
    lowerInRange = below == lower;
    if (!lowerInRange)
      lower = below;
  }
  llvm::Value *aboveLower =
      builder.CreateFCmp(lowerInRange ? llvm::CmpInst::FCMP_OGE : llvm::CmpInst::FCMP_OGT, value,
                         llvm::ConstantFP::get(module.context, lower));
  llvm::Value *belowUpper =
      builder.CreateFCmpOLT(value, llvm::ConstantFP::get(module.context, upper));
  llvm::BasicBlock *bad = makeBlock("truncate.bad");
  llvm::BasicBlock *good = makeBlock("truncate");
  branchIf(builder.CreateNot(builder.CreateAnd(aboveLower, belowUpper)), bad, good, true);
  builder.SetInsertPoint(bad);
  llvm::BasicBlock *overflow = trapBlock(TrapKind::IntegerOverflow);
  llvm::BasicBlock *invalid = trapBlock(TrapKind::InvalidConversionToInteger);
  branchIf(builder.CreateFCmpUNO(value, value), invalid, overflow);
  builder.SetInsertPoint(good);
  push(isSigned ? builder.CreateFPToSI(value, target) : builder.CreateFPToUI(value, target));
}

void NumericLowering::lowerTruncateSaturating(const Instruction &, llvm::Intrinsic::ID intrinsic,
                                              wasm::ValueKind to) {
  llvm::Value *value = pop();
  push(builder.CreateIntrinsic(intrinsic, {typeOf(to), value->getType()}, {value}));
}

} // namespace w2n::compiler
