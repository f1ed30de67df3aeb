// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The sandbox rests on this: each access of a memory that relies on guard pages is between
// guardBeforeBytes before the memory's base and guardAfterBytes after the last address that an
// index and an offset of 32 bits can name, in whatever order accesses happen.
//
//  - An index of 32 bits that is extended, plus constants, is inside by itself. This is found from
//    the operations that make the address alone (DisplacementRange.h).
//  - An address that advances by a constant in a loop whose iterations can be counted before it:
//    the first and the last address are computed there and compared, unless the operations that
//    make them show that they are inside.
//  - Every other address: its distance from the base is cut to 33 bits, which changes nothing that
//    is inside.
//  - A fill or copy of guest memory that passes have made of a loop: its first and last byte are
//    compared before it.
//
// The number of iterations is exact, so what is compared is an address that the loop gets to form.
// A comparison that fails means that a pass was wrong, and ends the process: what comes then is an
// access where no guest may fault (artifact::violationAddress).

#include "compiler/passes/addresses/ContainAccesses.h"

#include "compiler/ir/GuestAddress.h"
#include "compiler/passes/PassCounts.h"
#include "compiler/passes/addresses/DisplacementRange.h"
#include "lib/artifact/MemoryGuards.h"

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/Analysis/ScalarEvolutionExpressions.h>
#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/MDBuilder.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>
#include <llvm/Transforms/Utils/Local.h>
#include <llvm/Transforms/Utils/ScalarEvolutionExpander.h>

namespace w2n::compiler {

using namespace llvm;

namespace {

constexpr int64_t lowest = -int64_t(artifact::guardBeforeBytes);
/// Just past the last byte that an access may touch.
constexpr int64_t end = int64_t(artifact::addressableBytes32 + artifact::guardAfterBytes);
/// Larger products of a step and a number of iterations are outside in any case.
constexpr uint64_t maxPath = uint64_t(1) << 36;
constexpr unsigned expansionBudget = 24;

static_assert(isPowerOf2_64(artifact::addressableBytes32));

/// An address that an instruction accesses.
struct Access {
  Instruction *instruction;
  Use *address;
  uint64_t bytes;          ///< that it touches; for a fill or copy 0
  Value *length = nullptr; ///< of a fill or copy
};

/// A comparison before a loop, for all addresses there that advance together.
struct Recurrence {
  const SCEVAddRecExpr *first;
  const SCEV *backedges;
  Value *base;
  int64_t low, high; ///< what accesses add to the first: their first bytes, and past their last
};

/// The range of a recurrence that is known from the operations that make its first address and its
/// number of iterations, so that it need not be compared.
struct Extent {
  bool isCounted = false; ///< the path from the first address to the last is at most maxPath
  bool isAbove = false;   ///< the lowest byte is not too low
  bool isBelow = false;   ///< the end of the highest is not too high
};

/// A condition that must hold before `before`.
struct Comparison {
  Value *condition;
  Instruction *before;
};

class Container {
public:
  Container(Function &function, FunctionAnalysisManager &analyses)
      : function(function), analyses(analyses) {}

  bool run();

private:
  void collect(Instruction &instruction);
  void contain(const Access &access);
  bool isInside(const Displacement &displacement, const Access &access);
  bool addRecurrence(const Access &access, Value &base);
  Extent extentOf(const Recurrence &recurrence, Value &start, Value &count, int64_t step);
  std::optional<Comparison> compareRecurrence(const Recurrence &recurrence);
  Comparison compareLength(const Access &access, Value &base);
  void mask(const Access &access, Value &base);
  void failUnless(Value &condition, Instruction &before);
  Value *distance(IRBuilder<> &builder, Value &address, Value &base);

  ScalarEvolution &evolution() { return analyses.getResult<ScalarEvolutionAnalysis>(function); }

  Function &function;
  FunctionAnalysisManager &analyses;
  DisplacementRanges ranges;
  SmallVector<Access, 32> accesses;
  SmallVector<Recurrence, 4> recurrences;
  SmallVector<std::pair<Access, Value *>, 4> masked, lengths;
  SmallVector<WeakTrackingVH, 8> expanded; ///< what was computed to compare, perhaps for nothing
  BasicBlock *failed = nullptr;
};

void Container::collect(Instruction &instruction) {
  const DataLayout &layout = function.getDataLayout();
  auto add = [&](unsigned operand, Type *type) {
    accesses.push_back(
        {&instruction, &instruction.getOperandUse(operand),
         layout.getTypeStoreSize(type->getScalarType()).getFixedValue() *
             (isa<FixedVectorType>(type) ? cast<FixedVectorType>(type)->getNumElements() : 1)});
  };
  if (auto *load = dyn_cast<LoadInst>(&instruction))
    return add(LoadInst::getPointerOperandIndex(), load->getType());
  if (auto *store = dyn_cast<StoreInst>(&instruction))
    return add(StoreInst::getPointerOperandIndex(), store->getValueOperand()->getType());
  if (auto *update = dyn_cast<AtomicRMWInst>(&instruction))
    return add(AtomicRMWInst::getPointerOperandIndex(), update->getValOperand()->getType());
  if (auto *exchange = dyn_cast<AtomicCmpXchgInst>(&instruction))
    return add(AtomicCmpXchgInst::getPointerOperandIndex(),
               exchange->getNewValOperand()->getType());
  if (auto *fill = dyn_cast<AnyMemIntrinsic>(&instruction)) {
    accesses.push_back({&instruction, &fill->getArgOperandUse(0), 0, fill->getLength()});
    if (isa<AnyMemTransferInst>(fill))
      accesses.push_back({&instruction, &fill->getArgOperandUse(1), 0, fill->getLength()});
    return;
  }
  auto *call = dyn_cast<IntrinsicInst>(&instruction);
  switch (call ? call->getIntrinsicID() : Intrinsic::not_intrinsic) {
  case Intrinsic::masked_load:
  case Intrinsic::masked_gather:
  case Intrinsic::masked_expandload:
    return add(0, call->getType());
  case Intrinsic::masked_store:
  case Intrinsic::masked_scatter:
  case Intrinsic::masked_compressstore:
    return add(1, call->getArgOperand(0)->getType());
  default: // Other intrinsics and calls get no addresses of guest memory.
    break;
  }
}

bool Container::isInside(const Displacement &displacement, const Access &access) {
  IntegerRange length = IntegerRange::of(0, IntegerRange::Integer(access.bytes));
  if (access.length)
    length = ranges.rangeOf(*access.length);
  return displacement.range.isKnown && length.isKnown && length.low >= 0 &&
         displacement.range.low >= lowest && displacement.range.high + length.high <= end;
}

void Container::contain(const Access &access) {
  const Displacement displacement = ranges.displacementOf(**access.address);
  Value *base = displacement.base;
  if (!isMemoryBase(*base)) {
    // An induction variable: where it begins it has a base.
    const SCEV *address = evolution().isSCEVable((*access.address)->getType())
                              ? evolution().getSCEV(*access.address)
                              : nullptr;
    auto *start = address ? dyn_cast<SCEVUnknown>(evolution().getPointerBase(address)) : nullptr;
    base = start ? ranges.displacementOf(*start->getValue()).base : nullptr;
    if (!base || !isMemoryBase(*base))
      return countWay(PassWay::ContainAccessesOtherMemory);
  } else if (isInside(displacement, access)) {
    return countWay(PassWay::ContainAccessesInside);
  }
  if (access.length) {
    countWay(PassWay::ContainAccessesLength);
    lengths.push_back({access, base});
  } else if (!addRecurrence(access, *base)) {
    countWay(PassWay::ContainAccessesMasked);
    masked.push_back({access, base});
  }
}

/// Whether `access` is in a loop that a comparison before it covers.
bool Container::addRecurrence(const Access &access, Value &base) {
  if (!evolution().isSCEVable((*access.address)->getType()))
    return reject(PassWay::ContainAccessesNoRecurrence);
  auto *address = dyn_cast<SCEVAddRecExpr>(evolution().getSCEV(*access.address));
  if (!address || !address->isAffine() ||
      !isa<SCEVConstant>(address->getStepRecurrence(evolution())) ||
      !address->getLoop()->contains(access.instruction) || !address->getLoop()->getLoopPreheader())
    return reject(PassWay::ContainAccessesNoRecurrence);
  const auto bytes = int64_t(access.bytes);
  for (Recurrence &known : recurrences) {
    if (known.first->getLoop() != address->getLoop() || known.base != &base ||
        known.first->getStepRecurrence(evolution()) != address->getStepRecurrence(evolution()))
      continue;
    const auto difference = evolution().computeConstantDifference(address, known.first);
    if (!difference || difference->abs().ugt(artifact::guardAfterBytes))
      continue;
    known.low = std::min(known.low, difference->getSExtValue());
    known.high = std::max(known.high, difference->getSExtValue() + bytes);
    countWay(PassWay::ContainAccessesJoined);
    return true;
  }
  const Loop &loop = *address->getLoop();
  // Exactly: an upper bound that is never reached would end the process for nothing.
  const SCEV *backedges = evolution().getBackedgeTakenCount(&loop);
  Instruction *before = loop.getLoopPreheader()->getTerminator();
  SCEVExpander expander(evolution(), "contained");
  if (isa<SCEVCouldNotCompute>(backedges) || backedges->getType()->getIntegerBitWidth() > 64 ||
      !expander.isSafeToExpandAt(backedges, before) ||
      !expander.isSafeToExpandAt(address->getStart(), before) ||
      expander.isHighCostExpansion({backedges, address->getStart()}, const_cast<Loop *>(&loop),
                                   expansionBudget, &analyses.getResult<TargetIRAnalysis>(function),
                                   before))
    return reject(PassWay::ContainAccessesUnknownIterations);
  recurrences.push_back({address, backedges, &base, 0, bytes});
  return true;
}

Value *Container::distance(IRBuilder<> &builder, Value &address, Value &base) {
  Value *from = builder.CreatePtrToInt(&base, builder.getInt64Ty());
  return builder.CreateSub(builder.CreatePtrToInt(&address, builder.getInt64Ty()), from);
}

// The range of a distance is exact modulo 2^64: where it is far from 2^63, it is the distance.
Extent Container::extentOf(const Recurrence &recurrence, Value &start, Value &count, int64_t step) {
  using Integer = IntegerRange::Integer;
  constexpr Integer far = Integer(1) << 62;
  const Integer stride = step < 0 ? -Integer(step) : Integer(step);
  const IntegerRange counts = ranges.rangeOf(count);
  const Displacement first = ranges.displacementOf(start);
  Extent extent;
  extent.isCounted = counts.isKnown && counts.low >= 0 && counts.high <= Integer(maxPath) / stride;
  if (first.base != recurrence.base || !first.range.isKnown || first.range.low < -far ||
      first.range.high > far)
    return extent;
  const Integer path = extent.isCounted ? counts.high * stride : 0;
  const Integer bottom = first.range.low - (step < 0 ? path : 0) + recurrence.low;
  const Integer top = first.range.high + (step < 0 ? 0 : path) + recurrence.high;
  extent.isAbove = (step > 0 || extent.isCounted) && bottom >= lowest;
  extent.isBelow = (step < 0 || extent.isCounted) && top <= end;
  return extent;
}

// With the distance d of the first address, the step s and B iterations, of d + low and d + high,
// and the same plus s * B, the lowest and the highest are inside.
std::optional<Comparison> Container::compareRecurrence(const Recurrence &recurrence) {
  Instruction *before = recurrence.first->getLoop()->getLoopPreheader()->getTerminator();
  SCEVExpander expander(evolution(), "contained");
  Value *start = expander.expandCodeFor(recurrence.first->getStart(),
                                        recurrence.first->getStart()->getType(), before);
  Value *count =
      expander.expandCodeFor(recurrence.backedges, recurrence.backedges->getType(), before);
  IRBuilder<> builder(before);
  count = builder.CreateZExt(count, builder.getInt64Ty());
  const int64_t step = cast<SCEVConstant>(recurrence.first->getStepRecurrence(evolution()))
                           ->getAPInt()
                           .getSExtValue();
  const uint64_t stride = step < 0 ? 0 - uint64_t(step) : uint64_t(step);
  expanded.append({start, count});
  const Extent extent = extentOf(recurrence, *start, *count, step);
  if (extent.isCounted && extent.isAbove && extent.isBelow) {
    countWay(PassWay::ContainAccessesBounded);
    return std::nullopt;
  }
  countWay(PassWay::ContainAccessesCompared);
  Value *first = distance(builder, *start, *recurrence.base);
  Value *last =
      builder.CreateAdd(first, builder.CreateMul(count, builder.getInt64(uint64_t(step))));
  Value *bottom = step < 0 ? last : first, *top = step < 0 ? first : last;
  // Counted from the lowest byte that is inside, as numbers without a sign.
  auto isInside = [&](Value *value, int64_t offset) {
    Value *above = builder.CreateAdd(value, builder.getInt64(uint64_t(offset - lowest)));
    return builder.CreateICmpULE(above, builder.getInt64(uint64_t(end - lowest)));
  };
  // A constant among the conditions would become a branch of its own.
  SmallVector<Value *, 3> conditions;
  if (!extent.isAbove)
    conditions.push_back(isInside(bottom, recurrence.low));
  if (!extent.isBelow)
    conditions.push_back(isInside(top, recurrence.high));
  if (!extent.isCounted)
    conditions.push_back(builder.CreateICmpULE(count, builder.getInt64(maxPath / stride)));
  return Comparison{builder.CreateAnd(conditions), before};
}

Comparison Container::compareLength(const Access &access, Value &base) {
  IRBuilder<> builder(access.instruction);
  Value *length = builder.CreateZExtOrTrunc(access.length, builder.getInt64Ty());
  Value *begin = builder.CreateAdd(distance(builder, **access.address, base),
                                   builder.getInt64(uint64_t(-lowest)));
  Value *room = builder.getInt64(uint64_t(end - lowest));
  Value *inside = builder.CreateICmpULE(begin, room);
  Value *ends = builder.CreateICmpULE(length, builder.CreateSub(room, begin));
  return {builder.CreateAnd(inside, ends), access.instruction};
}

/// Cuts the distance to what an index and an offset of 32 bits can be together.
void Container::mask(const Access &access, Value &base) {
  IRBuilder<> builder(access.instruction);
  Value *const address = *access.address;
  Value *first = &base;
  if (auto *vector = dyn_cast<VectorType>(address->getType()))
    first = builder.CreateVectorSplat(vector->getElementCount(), first);
  Type *integer = address->getType()->getWithNewType(builder.getInt64Ty());
  Value *from = builder.CreatePtrToInt(first, integer);
  Value *cut = builder.CreateAnd(builder.CreateSub(builder.CreatePtrToInt(address, integer), from),
                                 ConstantInt::get(integer, artifact::addressableBytes32 - 1));
  access.address->set(builder.CreateGEP(builder.getInt8Ty(), first, cut));
}

void Container::failUnless(Value &condition, Instruction &before) {
  if (!failed) {
    failed = BasicBlock::Create(function.getContext(), "uncontained", &function);
    IRBuilder<> builder(failed);
    Value *nowhere =
        builder.CreateIntToPtr(builder.getInt64(artifact::violationAddress), builder.getPtrTy());
    builder.CreateAlignedLoad(builder.getInt8Ty(), nowhere, Align(1), /*isVolatile=*/true);
    builder.CreateUnreachable();
  }
  BasicBlock *block = before.getParent();
  BasicBlock *contained = SplitBlock(block, before.getIterator());
  block->getTerminator()->eraseFromParent();
  IRBuilder<> builder(block);
  builder.CreateCondBr(&condition, contained, failed,
                       MDBuilder(builder.getContext()).createLikelyBranchWeights());
}

bool Container::run() {
  for (Instruction &instruction : instructions(function))
    collect(instruction);
  for (const Access &access : accesses)
    contain(access);
  // Everything is computed before the first block changes.
  SmallVector<Comparison, 8> comparisons;
  for (const Recurrence &recurrence : recurrences)
    if (auto comparison = compareRecurrence(recurrence))
      comparisons.push_back(*comparison);
  for (const auto &[access, base] : lengths)
    comparisons.push_back(compareLength(access, *base));
  for (const auto &[access, base] : masked)
    mask(access, *base);
  for (const Comparison &comparison : comparisons)
    failUnless(*comparison.condition, *comparison.before);
  // Not before: the ranges are kept by values.
  RecursivelyDeleteTriviallyDeadInstructionsPermissive(expanded);
  return !masked.empty() || !comparisons.empty() || !expanded.empty();
}

} // namespace

PreservedAnalyses ContainAccessesPass::run(Function &function, FunctionAnalysisManager &analyses) {
  return Container(function, analyses).run() ? PreservedAnalyses::none() : PreservedAnalyses::all();
}

} // namespace w2n::compiler
