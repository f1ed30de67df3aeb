// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Conditions such as "is a space" are made of ranges, and of bits of a constant that the byte
// chooses, in 32 or 64 bits. In vectors that would be few lanes, and shifts that many processors do
// not have. There are only 256 bytes, so the condition is computed for each.

#include "compiler/passes/loops/ByteSet.h"

#include <llvm/ADT/SetVector.h>
#include <llvm/Analysis/ConstantFolding.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>

#include <bitset>

namespace w2n::compiler {

using namespace llvm;

namespace {

/// More comparisons cost more than they save; so do more instructions, each folded 256 times.
constexpr unsigned mostRanges = 8, mostInstructions = 24, bytes = 256;

using Bytes = std::bitset<bytes>;

class Evaluator {
public:
  Evaluator(const Loop &loop, function_ref<bool(const Value *)> isElement)
      : loop(loop), isElement(isElement) {}

  const Value *byte = nullptr;
  bool isWide = false; ///< computes more than bytes, or shifts by the byte

  /// Appends `value` and what it is made of, operands first; false if it is not made of one byte.
  bool collect(const Value &value) {
    if (isa<ConstantInt>(value) || order.contains(&value))
      return true;
    if (isElement(&value)) {
      if (byte && byte != &value)
        return false;
      byte = &value;
      return value.getType()->isIntegerTy(8);
    }
    const auto *instruction = dyn_cast<Instruction>(&value);
    if (!instruction || !loop.contains(instruction) || !value.getType()->isIntegerTy() ||
        !isa<BinaryOperator, CastInst, ICmpInst, SelectInst, FreezeInst>(instruction) ||
        instruction->isIntDivRem() || ++instructions > mostInstructions)
      return false;
    isWide |= value.getType()->getIntegerBitWidth() > 8 ||
              (instruction->isShift() && !isa<ConstantInt>(instruction->getOperand(1)));
    for (const Value *operand : instruction->operand_values())
      if (!collect(*operand))
        return false;
    order.insert(&value);
    return true;
  }

  /// The bytes for which the last value that was collected is true; nothing if LLVM cannot tell.
  std::optional<Bytes> evaluate() const {
    Bytes result;
    for (unsigned number = 0; number < bytes; ++number) {
      Constant *last = fold(number);
      if (!last)
        return std::nullopt;
      result[number] = last->isOneValue();
    }
    return result;
  }

private:
  Constant *fold(unsigned number) const {
    DenseMap<const Value *, Constant *> known{{byte, ConstantInt::get(byte->getType(), number)}};
    Constant *last = nullptr;
    for (const Value *value : order) {
      const auto &instruction = *cast<Instruction>(value);
      SmallVector<Constant *, 3> operands;
      for (const Value *operand : instruction.operand_values()) {
        Constant *constant = known.lookup(operand);
        operands.push_back(constant ? constant : const_cast<Constant *>(cast<Constant>(operand)));
      }
      last = ConstantFoldInstOperands(const_cast<Instruction *>(&instruction), operands,
                                      instruction.getDataLayout());
      if (!last)
        return nullptr;
      known[value] = last;
    }
    return last;
  }

  const Loop &loop;
  function_ref<bool(const Value *)> isElement;
  SmallSetVector<const Value *, 16> order;
  unsigned instructions = 0;
};

/// Of a set that has some bytes, and not all; one may go on from 255 with 0.
SmallVector<ConstantRange, 4> rangesOf(const Bytes &set) {
  SmallVector<ConstantRange, 4> ranges;
  for (unsigned from = 0; from < bytes; ++from) {
    if (!set[from] || set[(from + bytes - 1) % bytes])
      continue;
    unsigned to = from;
    while (set[to % bytes])
      ++to;
    ranges.push_back(ConstantRange(APInt(8, from), APInt(8, to % bytes)));
  }
  return ranges;
}

} // namespace

std::optional<ByteSet> findByteSet(const Value &condition, const Loop &loop,
                                   function_ref<bool(const Value *)> isElement) {
  Evaluator evaluator(loop, isElement);
  if (!condition.getType()->isIntegerTy(1) || !evaluator.collect(condition) || !evaluator.byte ||
      !evaluator.isWide)
    return std::nullopt;
  std::optional<Bytes> set = evaluator.evaluate();
  if (!set || set->all() || set->none())
    return std::nullopt;
  ByteSet result{evaluator.byte, rangesOf(*set)};
  if (result.ranges.size() > mostRanges)
    return std::nullopt;
  return result;
}

} // namespace w2n::compiler
