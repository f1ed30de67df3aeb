// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/passes/addresses/DisplacementRange.h"

#include "compiler/ir/GuestAddress.h"

#include <llvm/Analysis/VectorUtils.h>
#include <llvm/IR/DataLayout.h>
#include <llvm/IR/GetElementPtrTypeIterator.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/PatternMatch.h>

namespace w2n::compiler {

using namespace llvm;

namespace {

using Integer = IntegerRange::Integer;

/// Longer expressions are not followed.
constexpr unsigned maxDepth = 24;
/// No bound that is used is larger, so that nothing overflows 128 bits.
constexpr Integer maxBound = Integer(1) << 80;

IntegerRange checked(Integer low, Integer high) {
  return low < -maxBound || high > maxBound ? IntegerRange::any() : IntegerRange::of(low, high);
}

IntegerRange add(const IntegerRange &a, const IntegerRange &b) {
  return a.isKnown && b.isKnown ? checked(a.low + b.low, a.high + b.high) : IntegerRange::any();
}

IntegerRange negate(const IntegerRange &a) {
  return a.isKnown ? IntegerRange::of(-a.high, -a.low) : a;
}

IntegerRange times(const IntegerRange &a, Integer factor) {
  if (!a.isKnown || factor > (Integer(1) << 40) || factor < -(Integer(1) << 40))
    return IntegerRange::any();
  const IntegerRange scaled = IntegerRange::of(a.low * factor, a.high * factor);
  return factor < 0 ? checked(scaled.high, scaled.low) : checked(scaled.low, scaled.high);
}

IntegerRange join(const IntegerRange &a, const IntegerRange &b) {
  return a.isKnown && b.isKnown ? IntegerRange::of(std::min(a.low, b.low), std::max(a.high, b.high))
                                : IntegerRange::any();
}

/// The range of all values of `type`, without a sign.
IntegerRange rangeOfType(const Type &type) {
  const unsigned bits = type.getScalarSizeInBits();
  return bits <= 64 ? IntegerRange::of(0, (Integer(1) << bits) - 1) : IntegerRange::any();
}

/// `range` if it is that of values without a sign of `type` too: then nothing has wrapped around.
IntegerRange unsignedIn(const IntegerRange &range, const Type &type) {
  const IntegerRange all = rangeOfType(type);
  return range.isKnown && range.low >= 0 && range.high <= all.high ? range : all;
}

std::optional<int64_t> constantOf(const Value &value) {
  const auto *constant = dyn_cast<Constant>(&value);
  if (!constant)
    return std::nullopt;
  if (const auto *splat = constant->getType()->isVectorTy() ? constant->getSplatValue() : constant)
    if (const auto *integer = dyn_cast<ConstantInt>(splat); integer && integer->getBitWidth() <= 64)
      return integer->getSExtValue();
  return std::nullopt;
}

/// A constant vector, as the range of its lanes.
IntegerRange rangeOfConstant(const Constant &constant) {
  auto *type = dyn_cast<FixedVectorType>(constant.getType());
  if (!type)
    return IntegerRange::any();
  std::optional<IntegerRange> all;
  for (unsigned lane = 0; lane < type->getNumElements(); ++lane) {
    const auto *element = dyn_cast_or_null<ConstantInt>(constant.getAggregateElement(lane));
    if (!element || element->getBitWidth() > 64)
      return IntegerRange::any();
    const auto one = IntegerRange::of(element->getSExtValue(), element->getSExtValue());
    all = all ? join(*all, one) : one;
  }
  return all.value_or(IntegerRange::any());
}

} // namespace

IntegerRange DisplacementRanges::rangeOf(Value &value, unsigned depth) {
  if (const auto constant = constantOf(value))
    return IntegerRange::of(*constant, *constant);
  if (depth > maxDepth || !value.getType()->isIntOrIntVectorTy())
    return IntegerRange::any();
  // A value that is computed from itself, by a phi, is found here the second time.
  auto [found, isNew] = known.try_emplace(&value, IntegerRange::any());
  if (!isNew)
    return found->second;
  const IntegerRange range = compute(value, depth);
  known[&value] = range;
  return range;
}

// Values of up to 64 bits are taken for numbers without a sign or with one, whichever the operation
// that made them says; they are the same modulo 2^64 after they have been extended.
IntegerRange DisplacementRanges::compute(Value &value, unsigned depth) {
  using namespace PatternMatch;
  if (const auto *constant = dyn_cast<Constant>(&value))
    return rangeOfConstant(*constant);
  if (auto *operation = dyn_cast<BinaryOperator>(&value))
    return computeOperation(*operation, depth);
  if (auto *extension = dyn_cast<ZExtInst>(&value))
    return unsignedIn(rangeOf(*extension->getOperand(0), depth + 1), *extension->getSrcTy());
  if (auto *extension = dyn_cast<SExtInst>(&value)) {
    const Integer half = Integer(1) << (extension->getSrcTy()->getScalarSizeInBits() - 1);
    return IntegerRange::of(-half, half - 1);
  }
  if (auto *freeze = dyn_cast<FreezeInst>(&value))
    return rangeOf(*freeze->getOperand(0), depth + 1);
  if (auto *select = dyn_cast<SelectInst>(&value))
    return join(rangeOf(*select->getTrueValue(), depth + 1),
                rangeOf(*select->getFalseValue(), depth + 1));
  if (auto *phi = dyn_cast<PHINode>(&value)) {
    IntegerRange all = rangeOf(*phi->getIncomingValue(0), depth + 1);
    for (unsigned i = 1; i < phi->getNumIncomingValues() && all.isKnown; ++i)
      all = join(all, rangeOf(*phi->getIncomingValue(i), depth + 1));
    return all;
  }
  if (auto *call = dyn_cast<MinMaxIntrinsic>(&value)) {
    const IntegerRange a = rangeOf(*call->getLHS(), depth + 1);
    const IntegerRange b = rangeOf(*call->getRHS(), depth + 1);
    return join(a, b);
  }
  Value *splat = getSplatValue(&value);
  return splat && splat != &value ? rangeOf(*splat, depth + 1) : IntegerRange::any();
}

IntegerRange DisplacementRanges::computeOperation(BinaryOperator &operation, unsigned depth) {
  const bool isWide = operation.getType()->getScalarSizeInBits() == 64;
  Value &lhs = *operation.getOperand(0), &rhs = *operation.getOperand(1);
  const auto constant = constantOf(rhs);
  switch (operation.getOpcode()) {
  case Instruction::And:
    if (constant && *constant >= 0)
      return IntegerRange::of(0, *constant);
    return IntegerRange::any();
  case Instruction::LShr:
    if (constant && *constant >= 0 &&
        uint64_t(*constant) < operation.getType()->getScalarSizeInBits())
      return IntegerRange::of(0, rangeOfType(*operation.getType()).high >> *constant);
    return IntegerRange::any();
  case Instruction::UDiv:
    if (constant && *constant > 0)
      return IntegerRange::of(0, rangeOfType(*operation.getType()).high / *constant);
    return IntegerRange::any();
  case Instruction::URem:
    if (constant && *constant > 0)
      return IntegerRange::of(0, *constant - 1);
    return IntegerRange::any();
  // Bits that both have count more in the sum than in the value, so it is an upper bound of both.
  case Instruction::Or:
  case Instruction::Xor: {
    const IntegerRange a = rangeOf(lhs, depth + 1), b = rangeOf(rhs, depth + 1);
    const bool areUnsigned = a.isKnown && b.isKnown && a.low >= 0 && b.low >= 0;
    return areUnsigned ? checked(0, a.high + b.high) : IntegerRange::any();
  }
  default:
    break;
  }
  // Narrower sums wrap around sooner; the extension of one takes all values of its type.
  if (!isWide)
    return IntegerRange::any();
  switch (operation.getOpcode()) {
  case Instruction::Add:
    return add(rangeOf(lhs, depth + 1), rangeOf(rhs, depth + 1));
  case Instruction::Sub:
    return add(rangeOf(lhs, depth + 1), negate(rangeOf(rhs, depth + 1)));
  case Instruction::Mul:
    return constant ? times(rangeOf(lhs, depth + 1), *constant) : IntegerRange::any();
  case Instruction::Shl:
    return constant && *constant >= 0 && *constant < 40
               ? times(rangeOf(lhs, depth + 1), Integer(1) << *constant)
               : IntegerRange::any();
  default:
    return IntegerRange::any();
  }
}

Displacement DisplacementRanges::displacementOf(Value &address) {
  return displacementOf(address, 0);
}

Displacement DisplacementRanges::displacementOf(Value &address, unsigned depth) {
  const Displacement itself = {&address, IntegerRange::of(0, 0)};
  if (depth > maxDepth)
    return itself;
  if (auto *indexed = dyn_cast<GetElementPtrInst>(&address))
    return displacementOf(*indexed, depth);
  if (auto *pointer = dyn_cast<IntToPtrInst>(&address)) {
    const Displacement found = displacementOfInteger(*pointer->getOperand(0), depth + 1);
    return found.base ? found : itself;
  }
  if (auto *select = dyn_cast<SelectInst>(&address)) {
    const Displacement a = displacementOf(*select->getTrueValue(), depth + 1);
    const Displacement b = displacementOf(*select->getFalseValue(), depth + 1);
    return a.base == b.base ? Displacement{a.base, join(a.range, b.range)} : itself;
  }
  if (auto *phi = dyn_cast<PHINode>(&address))
    return displacementOf(*phi, depth);
  if (Value *splat = address.getType()->isVectorTy() ? getSplatValue(&address) : nullptr)
    return displacementOf(*splat, depth + 1);
  return itself;
}

// A phi that leads back to itself adds nothing to what its other values say of the base; of the
// range nothing is known then.
Displacement DisplacementRanges::displacementOf(PHINode &phi, unsigned depth) {
  const Displacement itself = {&phi, IntegerRange::of(0, 0)};
  auto [found, isNew] = phis.try_emplace(&phi, Displacement{nullptr, IntegerRange::any()});
  if (!isNew)
    return found->second;
  std::optional<Displacement> all;
  bool leadsBack = false;
  for (Value *incoming : phi.incoming_values()) {
    const Displacement one = displacementOf(*incoming, depth + 1);
    leadsBack |= !one.base;
    if (!one.base)
      continue;
    all = !all                    ? one
          : one.base == all->base ? Displacement{one.base, join(all->range, one.range)}
                                  : itself;
    if (all->base == &phi)
      break;
  }
  Displacement result = all.value_or(itself);
  if (leadsBack && result.base != &phi)
    result.range = IntegerRange::any();
  return phis[&phi] = result;
}

Displacement DisplacementRanges::displacementOf(GetElementPtrInst &address, unsigned depth) {
  const DataLayout &layout = address.getDataLayout();
  Displacement found = displacementOf(*address.getPointerOperand(), depth + 1);
  for (auto step = gep_type_begin(address); step != gep_type_end(address); ++step) {
    Value &index = *step.getOperand();
    if (StructType *type = step.getStructTypeOrNull()) {
      const auto field = constantOf(index);
      found.range = field
                        ? add(found.range,
                              IntegerRange::of(
                                  layout.getStructLayout(type)->getElementOffset(unsigned(*field)),
                                  layout.getStructLayout(type)->getElementOffset(unsigned(*field))))
                        : IntegerRange::any();
      continue;
    }
    const TypeSize stride = step.getSequentialElementStride(layout);
    // A narrower index is extended with its sign.
    const bool isWide = index.getType()->getScalarSizeInBits() == 64;
    const IntegerRange indexRange =
        constantOf(index) || isWide ? rangeOf(index, depth + 1) : IntegerRange::any();
    found.range = stride.isScalable()
                      ? IntegerRange::any()
                      : add(found.range, times(indexRange, Integer(stride.getFixedValue())));
  }
  return found;
}

/// `value` as an address that has become an integer and what is added; no base if it is none.
Displacement DisplacementRanges::displacementOfInteger(Value &value, unsigned depth) {
  if (auto *integer = dyn_cast<PtrToIntInst>(&value))
    return displacementOf(*integer->getOperand(0), depth + 1);
  auto *sum = dyn_cast<BinaryOperator>(&value);
  if (!sum || sum->getOpcode() != Instruction::Add || depth > maxDepth)
    return {nullptr, IntegerRange::any()};
  for (unsigned side : {0, 1}) {
    Displacement found = displacementOfInteger(*sum->getOperand(side), depth + 1);
    if (!found.base)
      continue;
    found.range = add(found.range, rangeOf(*sum->getOperand(1 - side), depth + 1));
    return found;
  }
  return {nullptr, IntegerRange::any()};
}

} // namespace w2n::compiler
