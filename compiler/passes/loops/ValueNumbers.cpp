// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/passes/loops/ValueNumbers.h"

#include <llvm/IR/Constants.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/IntrinsicInst.h>

namespace w2n::compiler {

using namespace llvm;

namespace {

/// The kind of a key, which it begins with.
enum Kind : uint64_t { OfConstant, OfArgument, OfSum, OfOperation, OfAccess };

uint64_t identity(const void *pointer) { return uint64_t(reinterpret_cast<uintptr_t>(pointer)); }

/// The part of an instruction that is neither opcode, type nor operand, all of which is known only
/// for these kinds.
std::optional<uint64_t> detailOf(const Instruction &instruction) {
  if (const auto *compare = dyn_cast<CmpInst>(&instruction))
    return uint64_t(compare->getPredicate());
  if (isa<BinaryOperator, UnaryOperator, CastInst, SelectInst, FreezeInst, ExtractElementInst,
          InsertElementInst>(instruction))
    return 0;
  if (const auto *call = dyn_cast<IntrinsicInst>(&instruction);
      call && !call->mayReadOrWriteMemory() && !call->hasOperandBundles())
    return identity(call->getCalledFunction());
  return std::nullopt;
}

} // namespace

void ValueNumbers::begin(Function &function) {
  known.clear();
  sums.clear();
  for (const Argument &argument : function.args())
    known[&argument] = find({OfArgument, argument.getArgNo(), identity(argument.getType())});
}

ValueNumber ValueNumbers::find(const Key &key) {
  return numbers.insert({key, numbers.size() + 1}).first->second;
}

ValueNumber ValueNumbers::numberOf(const Value &value) {
  auto found = known.find(&value);
  if (found != known.end())
    return found->second;
  assert(isa<Constant>(value) && "operands come before their users");
  return find({OfConstant, identity(&value)});
}

ValueNumbers::Sum ValueNumbers::sumOfOperand(Value &value) {
  const unsigned bits = value.getType()->isPointerTy() ? 64 : value.getType()->getIntegerBitWidth();
  if (auto *constant = dyn_cast<ConstantInt>(&value))
    return {constant->getValue(), {}};
  if (auto found = sums.find(&value); found != sums.end())
    return found->second;
  return {APInt(bits, 0), {{numberOf(value), APInt(bits, 1)}}};
}

/// The sum of an address: that it is based on something makes no difference.
std::optional<ValueNumbers::Sum> ValueNumbers::sumOfAddress(Instruction &instruction) {
  Value &first = *instruction.getOperand(0);
  if (isa<PtrToIntInst>(instruction) && instruction.getType()->isIntegerTy(64))
    return sumOfOperand(first);
  if (isa<IntToPtrInst>(instruction) && first.getType()->isIntegerTy(64))
    return sumOfOperand(first);
  auto *address = dyn_cast<GetElementPtrInst>(&instruction);
  if (!address || address->getNumIndices() != 1 ||
      !address->getSourceElementType()->isIntegerTy(8) ||
      !address->getOperand(1)->getType()->isIntegerTy(64))
    return std::nullopt;
  return combine(first, *address->getOperand(1), /*isNegative=*/false);
}

ValueNumbers::Sum ValueNumbers::combine(Value &left, Value &right, bool isNegative) {
  Sum sum = sumOfOperand(left), other = sumOfOperand(right);
  auto add = [&](APInt &to, const APInt &number) { isNegative ? to -= number : to += number; };
  add(sum.constant, other.constant);
  for (auto &[term, factor] : other.terms)
    add(sum.terms.insert({term, APInt(factor.getBitWidth(), 0)}).first->second, factor);
  return sum;
}

/// The sum of additions, subtractions and multiplications by a constant.
std::optional<ValueNumbers::Sum> ValueNumbers::sumOf(Instruction &instruction) {
  if (isa<PointerType>(instruction.getType()) || isa<PtrToIntInst>(instruction))
    return sumOfAddress(instruction);
  if (!instruction.getType()->isIntegerTy() || !isa<BinaryOperator>(instruction))
    return std::nullopt;
  Value &left = *instruction.getOperand(0), &right = *instruction.getOperand(1);
  auto scaled = [&](const APInt &factor) {
    Sum sum = sumOfOperand(left);
    sum.constant *= factor;
    for (auto &term : sum.terms)
      term.second *= factor;
    return sum;
  };
  const auto *constant = dyn_cast<ConstantInt>(&right);
  const unsigned bits = instruction.getType()->getIntegerBitWidth();
  switch (instruction.getOpcode()) {
  case Instruction::Add:
    return combine(left, right, /*isNegative=*/false);
  case Instruction::Sub:
    return combine(left, right, /*isNegative=*/true);
  case Instruction::Or:
    if (cast<PossiblyDisjointInst>(instruction).isDisjoint())
      return combine(left, right, /*isNegative=*/false);
    break;
  case Instruction::Mul:
    if (constant)
      return scaled(constant->getValue());
    break;
  case Instruction::Shl:
    if (constant && constant->getValue().ult(bits))
      return scaled(APInt::getOneBitSet(bits, unsigned(constant->getZExtValue())));
    break;
  }
  return std::nullopt;
}

ValueNumber ValueNumbers::remember(Instruction &instruction, const Key &key) {
  return known[&instruction] = find(key);
}

ValueNumber ValueNumbers::numberSum(Instruction &instruction, Sum sum) {
  std::erase_if(sum.terms, [](auto &term) { return term.second.isZero(); });
  Key key{OfSum, sum.constant.getBitWidth()};
  auto append = [&](const APInt &number) {
    key.insert(key.end(), number.getRawData(), number.getRawData() + number.getNumWords());
  };
  append(sum.constant);
  for (auto &[term, factor] : sum.terms) {
    key.push_back(term);
    append(factor);
  }
  ValueNumber number;
  if (sum.terms.empty())
    number = numberOf(*ConstantInt::get(instruction.getContext(), sum.constant));
  else if (sum.constant.isZero() && sum.terms.size() == 1 && sum.terms.begin()->second.isOne())
    number = sum.terms.begin()->first;
  else
    number = find(key);
  known[&instruction] = number;
  sums[&instruction] = std::move(sum);
  return number;
}

std::optional<ValueNumber> ValueNumbers::number(Instruction &instruction) {
  if (auto sum = sumOf(instruction))
    return numberSum(instruction, std::move(*sum));
  auto detail = detailOf(instruction);
  if (!detail)
    return std::nullopt;
  Key operands;
  for (Value *operand : instruction.operands())
    if (!isa<Function>(operand))
      operands.push_back(numberOf(*operand));
  auto *compare = dyn_cast<CmpInst>(&instruction);
  if ((instruction.isCommutative() || compare) && operands[0] > operands[1]) {
    std::swap(operands[0], operands[1]);
    if (compare)
      detail = uint64_t(compare->getSwappedPredicate());
  }
  Key key{OfOperation, instruction.getOpcode(), identity(instruction.getType()), *detail};
  key.insert(key.end(), operands.begin(), operands.end());
  return remember(instruction, key);
}

std::optional<ValueNumber> ValueNumbers::numberAccess(CallInst &call, uint64_t time) {
  if (!call.getCalledFunction() || call.hasOperandBundles())
    return std::nullopt;
  Key key{OfAccess, time, identity(call.getCalledFunction())};
  for (Value *argument : call.args())
    key.push_back(numberOf(*argument));
  return remember(call, key);
}

} // namespace w2n::compiler
