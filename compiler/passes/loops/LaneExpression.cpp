// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/passes/loops/LaneExpression.h"

#include <llvm/IR/Instructions.h>

namespace w2n::compiler {

using namespace llvm;

namespace {

/// Longer ones cost more than they save.
constexpr unsigned mostInstructions = 24;
constexpr unsigned mostVectorBits = 512;

bool hasLaneForm(const Instruction &instruction) {
  if (const auto *operation = dyn_cast<BinaryOperator>(&instruction))
    return operation->getType()->isIntegerTy() && !operation->isIntDivRem();
  if (isa<ZExtInst, SExtInst, TruncInst, FreezeInst>(instruction))
    return instruction.getType()->isIntegerTy();
  if (const auto *compare = dyn_cast<ICmpInst>(&instruction))
    return compare->getOperand(0)->getType()->isIntegerTy();
  return isa<SelectInst>(instruction) && instruction.getType()->isIntegerTy();
}

class Checker {
public:
  Checker(const Loop &loop, ArrayRef<const Value *> elements, unsigned lanes,
          const TargetTransformInfo &target)
      : loop(loop), elements(elements), lanes(lanes), target(target) {}

  bool check(const Value *value) {
    if (is_contained(elements, value))
      return fits(value);
    const auto *instruction = dyn_cast<Instruction>(value);
    if (!instruction || !loop.contains(instruction))
      return fits(value);
    if (findByteSet(*value, loop, [&](auto *each) { return is_contained(elements, each); }))
      return true;
    return ++instructions <= mostInstructions && hasLaneForm(*instruction) && fits(value) &&
           isShiftCheap(*instruction) &&
           all_of(instruction->operands(), [&](const Use &operand) { return check(operand); });
  }

private:
  /// Before AVX2, x86 shifts all lanes by one number.
  bool isShiftCheap(const Instruction &instruction) const {
    if (!instruction.isShift() || loop.isLoopInvariant(instruction.getOperand(1)))
      return true;
    auto cost = [&](Type *type) {
      return target.getArithmeticInstrCost(instruction.getOpcode(), type);
    };
    Type *scalar = instruction.getType();
    return cost(FixedVectorType::get(scalar, lanes)) < cost(scalar) * lanes;
  }

  bool fits(const Value *value) const {
    return value->getType()->isIntegerTy() &&
           value->getType()->getIntegerBitWidth() * lanes <= mostVectorBits;
  }

  const Loop &loop;
  ArrayRef<const Value *> elements;
  unsigned lanes;
  const TargetTransformInfo &target;
  unsigned instructions = 0; ///< with those that are used several times counted as often
};

} // namespace

bool isLaneExpression(const Value *value, const Loop &loop, ArrayRef<const Value *> elements,
                      unsigned lanes, const TargetTransformInfo &target) {
  return Checker(loop, elements, lanes, target).check(value);
}

Value *LaneEmitter::emit(IRBuilder<> &builder, Value *value,
                         const DenseMap<const Value *, Value *> &loaded) {
  if (Value *vector = loaded.lookup(value))
    return vector;
  auto *instruction = dyn_cast<Instruction>(value);
  if (!instruction || !loop.contains(instruction)) {
    Value *&splat = splats[value];
    if (!splat)
      splat = IRBuilder<>(invariants).CreateVectorSplat(lanes, value);
    return splat;
  }
  if (auto set = findByteSet(*value, loop, [&](auto *each) { return loaded.contains(each); }))
    return emitByteSet(builder, *set, loaded.lookup(set->byte));
  SmallVector<Value *, 3> operands;
  for (Value *operand : instruction->operands())
    operands.push_back(emit(builder, operand, loaded));
  return emitOperation(builder, *instruction, operands);
}

Value *LaneEmitter::emitByteSet(IRBuilder<> &builder, const ByteSet &set, Value *bytes) {
  auto splat = [&](const APInt &number) { return ConstantInt::get(bytes->getType(), number); };
  Value *isIn = nullptr;
  for (const ConstantRange &range : set.ranges) {
    CmpInst::Predicate predicate;
    APInt limit, offset;
    range.getEquivalentICmp(predicate, limit, offset);
    Value *moved = builder.CreateAdd(bytes, splat(offset));
    Value *isInThis = builder.CreateICmp(predicate, moved, splat(limit));
    isIn = isIn ? builder.CreateOr(isIn, isInThis) : isInThis;
  }
  return isIn;
}

// Flags are not taken over: they may hold only where the loop computes the value.
Value *LaneEmitter::emitOperation(IRBuilder<> &builder, const Instruction &instruction,
                                  ArrayRef<Value *> operands) {
  if (const auto *operation = dyn_cast<BinaryOperator>(&instruction))
    return builder.CreateBinOp(operation->getOpcode(), operands[0], operands[1]);
  if (const auto *cast = dyn_cast<CastInst>(&instruction))
    return builder.CreateCast(cast->getOpcode(), operands[0],
                              FixedVectorType::get(cast->getType(), lanes));
  if (const auto *compare = dyn_cast<ICmpInst>(&instruction))
    return builder.CreateICmp(compare->getPredicate(), operands[0], operands[1]);
  if (isa<FreezeInst>(instruction))
    return builder.CreateFreeze(operands[0]);
  return builder.CreateSelect(operands[0], operands[1], operands[2]);
}

} // namespace w2n::compiler
