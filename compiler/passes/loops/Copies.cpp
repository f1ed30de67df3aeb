// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Clang unrolls small loops before it writes WebAssembly. Of a body with several copies LLVM makes
// vectors with a lane for each iteration, and shuffles to collect the lanes; the same loop with one
// copy becomes plain vectors.
//
// Values at corresponding places of the copies form a row: {value in copy 0, in copy 1, ...}.
// Beginning with the stores and the reductions, rows are compared from results to operands: a row
// is of one kind if it is
//  - the same for all, from outside of the loop;
//  - an induction: an affine function of the iteration whose step is as many times the distance
//    from copy to copy as there are copies;
//  - the same operation, of rows that match in turn;
//  - a recurrence: a phi, and what comes of it from copy to copy. The row that is one copy later
//    (without the phi, and with what it will be next) must match, and the phi becomes what that
//    row has in copy 0.
// All accesses of the body must be in such rows, each in one copy, and in an order in which no
// store changes places with another access. Then copy 0, with steps and a trip count to suit, does
// what the whole body did, in the order of the copies.

#include "compiler/passes/loops/Copies.h"

#include "compiler/passes/PassCounts.h"

#include <llvm/Analysis/ScalarEvolutionExpressions.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>
#include <llvm/Transforms/Utils/Cloning.h>
#include <llvm/Transforms/Utils/Local.h>

namespace w2n::compiler {

using namespace llvm;

namespace {

/// Comparing ends after so many rows.
constexpr size_t maxRows = 2000;

bool isAccess(const Instruction &instruction) {
  return isa<LoadInst>(instruction) || isa<StoreInst>(instruction);
}

/// The increment of an induction variable by a constant, or null.
BinaryOperator *incrementOf(const PHINode &phi, const BasicBlock &latch) {
  auto *next = dyn_cast<BinaryOperator>(phi.getIncomingValueForBlock(&latch));
  if (!next || next->getOpcode() != Instruction::Add || next->getOperand(0) != &phi ||
      !isa<ConstantInt>(next->getOperand(1)))
    return nullptr;
  return next;
}

/// Whether `assumption` says only that loads are defined, which is true of all of guest memory.
bool isKeptAlive(const AssumeInst &assumption) {
  return cast<Constant>(ConstantInt::getTrue(assumption.getContext())) ==
             assumption.getArgOperand(0) &&
         all_of(assumption.bundle_op_infos(), [&](auto &info) {
           return info.Tag->getKey() == "noundef" && info.End - info.Begin == 1 &&
                  isa<LoadInst>(assumption.getOperand(info.Begin));
         });
}

/// Nothing is proved of flags, so there are none in the new block, but for those of addresses,
/// which are those of all copies.
void dropFlags(BasicBlock &block) {
  for (Instruction &instruction : block)
    instruction.dropPoisonGeneratingFlags();
}

} // namespace

bool Copies::match() {
  if (!matchStores())
    return reject(PassWay::RerollLoopsOtherStores);
  if (!matchReductions())
    return reject(PassWay::RerollLoopsOtherReductions);
  if (any_of(body, [&](Instruction &i) { return isAccess(i) && !copyOf.contains(&i); }))
    return reject(PassWay::RerollLoopsOtherLoads);
  if (!keepsOrder())
    return reject(PassWay::RerollLoopsOtherOrder);
  // Two roles for one phi are not known to occur.
  return (matchLiveOuts() &&
          none_of(counters, [&](PHINode *phi) { return recurrences.contains(phi); })) ||
         reject(PassWay::RerollLoopsOtherResults);
}

/// The stores of each copy follow those of the one before.
bool Copies::matchStores() {
  SmallVector<Value *, 16> stores;
  for (Instruction &instruction : body)
    if (isa<StoreInst>(instruction))
      stores.push_back(&instruction);
  const size_t inCopy = stores.size() / copies;
  for (size_t i = 0; i < inCopy; ++i) {
    Row row;
    for (unsigned copy = 0; copy < copies; ++copy)
      row.push_back(stores[copy * inCopy + i]);
    if (!matchRow(row))
      return false;
  }
  return true;
}

bool Copies::isReduction(PHINode &phi) const {
  return !recurrences.contains(&phi) &&
         !(evolution.isSCEVable(phi.getType()) && isa<SCEVAddRecExpr>(evolution.getSCEV(&phi)));
}

/// The phis that no store depends on: each is the first of a chain of operations that leads to its
/// next value, and each copy has an equal part of them.
bool Copies::matchReductions() {
  for (PHINode &phi : body.phis()) {
    if (!isReduction(phi))
      continue;
    SmallPtrSet<Value *, 16> dependent = {&phi};
    for (Instruction &instruction : make_range(body.getFirstNonPHIIt(), body.end()))
      if (any_of(instruction.operands(),
                 [&](Value *operand) { return dependent.contains(operand); }))
        dependent.insert(&instruction);
    SmallVector<Value *, 16> chain; // from the next value back to the phi
    Value *value = latchValue(phi);
    for (; value != &phi;
         value = *find_if(cast<Instruction>(value)->operands(),
                          [&](Value *operand) { return dependent.contains(operand); })) {
      if (!dependent.contains(value) ||
          count_if(cast<Instruction>(value)->operands(),
                   [&](Value *operand) { return dependent.contains(operand); }) != 1)
        return false;
      chain.push_back(value);
    }
    chain.push_back(value);
    const size_t operations = chain.size() - 1;
    if (operations == 0 || operations % copies != 0)
      return false;
    Row row;
    for (unsigned copy = 0; copy < copies; ++copy)
      row.push_back(chain[operations - copy * (operations / copies)]);
    if (!matchRow(row))
      return false;
  }
  return true;
}

bool Copies::matchRow(const Row &row) {
  if (all_equal(row) && loop.isLoopInvariant(row[0]))
    return true;
  if (rows.size() > maxRows)
    return false;
  // Found again on its own operands' way, it matches if everything else does.
  if (!rows.insert(row).second)
    return true;
  auto *first = dyn_cast<Instruction>(row[0]);
  if (!first || first->getParent() != &body)
    return false;
  if (isInduction(row))
    return true;
  if (auto *phi = dyn_cast<PHINode>(first))
    return matchRecurrence(*phi, row);
  return matchOperation(*first, row);
}

namespace {

/// The kind of operation; 0, which is no operation, for values that are not computed.
unsigned kindOf(const Value *value) {
  const auto *instruction = dyn_cast<Instruction>(value);
  return instruction ? instruction->getOpcode() : 0;
}

/// The operand of `other` that is for it what operand `i` is for `first`: where the order does not
/// matter, passes may have sorted them differently.
Value *operandLike(const Instruction &first, const Instruction &other, unsigned i) {
  if (!first.isCommutative() || i > 1)
    return other.getOperand(i);
  auto isAlike = [&](unsigned mine, unsigned its) {
    return kindOf(first.getOperand(mine)) == kindOf(other.getOperand(its));
  };
  const bool isSwapped = (!isAlike(0, 0) && isAlike(0, 1)) || (!isAlike(1, 1) && isAlike(1, 0));
  return other.getOperand(isSwapped ? 1 - i : i);
}

} // namespace

bool Copies::matchOperation(Instruction &first, const Row &row) {
  for (Value *value : drop_begin(row)) {
    auto *instruction = dyn_cast<Instruction>(value);
    if (!instruction || instruction->getParent() != &body || isa<PHINode>(instruction) ||
        !first.isSameOperationAs(instruction))
      return false;
  }
  if (isAccess(first) ? !noteAccess(row) : first.mayReadOrWriteMemory() || first.isTerminator())
    return false;
  for (unsigned i = 0; i < first.getNumOperands(); ++i) {
    Row operands;
    for (Value *value : row)
      operands.push_back(operandLike(first, *cast<Instruction>(value), i));
    if (!matchRow(operands))
      return false;
  }
  return true;
}

bool Copies::matchRecurrence(PHINode &phi, const Row &row) {
  Row next(drop_begin(row));
  next.push_back(latchValue(phi));
  // The same value in two copies is not one that goes on from copy to copy.
  if (is_contained(next, &phi))
    return false;
  auto [found, isNew] = recurrences.insert({&phi, next});
  return isNew ? matchRow(next) : found->second == next;
}

bool Copies::isInduction(const Row &row) {
  if (!evolution.isSCEVable(row[0]->getType()))
    return false;
  auto recurrenceOf = [&](Value *value) -> const SCEVAddRecExpr * {
    auto *recurrence = dyn_cast<SCEVAddRecExpr>(evolution.getSCEV(value));
    return recurrence && recurrence->getLoop() == &loop && recurrence->isAffine() ? recurrence
                                                                                  : nullptr;
  };
  const SCEVAddRecExpr *first = recurrenceOf(row[0]);
  auto *step = first ? dyn_cast<SCEVConstant>(first->getStepRecurrence(evolution)) : nullptr;
  if (!step || step->getAPInt().srem(copies) != 0)
    return false;
  const APInt distance = step->getAPInt().sdiv(APInt(step->getAPInt().getBitWidth(), copies));
  for (unsigned copy = 1; copy < copies; ++copy) {
    const SCEVAddRecExpr *other = recurrenceOf(row[copy]);
    auto difference = other ? evolution.computeConstantDifference(other, first) : std::nullopt;
    if (!difference || *difference != distance * copy)
      return false;
  }
  SmallSetVector<PHINode *, 4> used;
  if (distanceOf(*row[0], used) != distance)
    return false;
  counters.insert_range(used);
  return true;
}

/// Whether `phi` advances by a constant that the copies can share.
bool Copies::isCounter(const PHINode &phi) const {
  const BinaryOperator *next = incrementOf(phi, body);
  return next && cast<ConstantInt>(next->getOperand(1))->getValue().srem(copies) == 0;
}

/// By how much `value` is to differ from copy to copy if each induction variable it is computed
/// from does by its part of the step: nothing unless it is linear modulo a power of two. (An
/// extension or an `or` need not be.)
std::optional<APInt> Copies::distanceOf(Value &value, SmallSetVector<PHINode *, 4> &used) {
  const unsigned bits = unsigned(evolution.getTypeSizeInBits(value.getType()));
  auto *instruction = dyn_cast<Instruction>(&value);
  if (loop.isLoopInvariant(&value))
    return APInt(bits, 0);
  if (!instruction || instruction->getParent() != &body)
    return std::nullopt;
  auto *phi = dyn_cast<PHINode>(instruction);
  if (!phi)
    return distanceOfOperation(*instruction, used);
  if (!isCounter(*phi))
    return std::nullopt;
  used.insert(phi);
  return cast<ConstantInt>(incrementOf(*phi, body)->getOperand(1))
      ->getValue()
      .sdiv(APInt(bits, copies));
}

std::optional<APInt> Copies::distanceOfOperation(Instruction &value,
                                                 SmallSetVector<PHINode *, 4> &used) {
  if (auto *address = dyn_cast<GetElementPtrInst>(&value)) {
    const DataLayout &layout = body.getDataLayout();
    const unsigned bits = layout.getIndexTypeSizeInBits(address->getType());
    SmallMapVector<Value *, APInt, 4> indices;
    APInt constant(bits, 0);
    std::optional<APInt> sum = distanceOf(*address->getPointerOperand(), used);
    if (!sum || !address->collectOffset(layout, bits, indices, constant))
      return std::nullopt;
    for (auto &[index, bytes] : indices) {
      auto distance = distanceOf(*index, used);
      if (!distance)
        return std::nullopt;
      *sum += distance->sextOrTrunc(bits) * bytes;
    }
    return sum;
  }
  if (!isa<TruncInst, BinaryOperator>(value))
    return std::nullopt;
  auto left = distanceOf(*value.getOperand(0), used);
  if (!left)
    return std::nullopt;
  if (isa<TruncInst>(value))
    return left->trunc(value.getType()->getIntegerBitWidth());
  const auto *constant = dyn_cast<ConstantInt>(value.getOperand(1));
  auto right = distanceOf(*value.getOperand(1), used);
  if (!right)
    return std::nullopt;
  switch (value.getOpcode()) {
  case Instruction::Add:
    return *left + *right;
  case Instruction::Sub:
    return *left - *right;
  case Instruction::Mul:
    return constant ? std::optional(*left * constant->getValue()) : std::nullopt;
  case Instruction::Shl:
    return constant ? std::optional(left->shl(constant->getValue())) : std::nullopt;
  default:
    return std::nullopt;
  }
}

bool Copies::noteAccess(const Row &row) {
  for (unsigned copy = 0; copy < copies; ++copy) {
    auto *access = cast<Instruction>(row[copy]);
    if (access->isAtomic())
      return false;
    if (!copyOf.insert({access, copy}).second)
      return false;
    firstOf[access] = cast<Instruction>(row[0]);
  }
  return true;
}

/// Whether no store changes places with another access when the copies are run one after the other,
/// each as copy 0 is.
bool Copies::keepsOrder() const {
  SmallVector<unsigned, maxCopies> stores(copies, 0);
  DenseMap<const Instruction *, unsigned> storesBefore; // of the same copy
  unsigned latestStore = 0, latestAccess = 0;
  for (const Instruction &instruction : body) {
    auto found = copyOf.find(&instruction);
    if (found == copyOf.end())
      continue;
    const unsigned copy = found->second;
    const bool isStore = isa<StoreInst>(instruction);
    if (copy < latestStore || (isStore && copy < latestAccess))
      return false;
    storesBefore[&instruction] = stores[copy];
    latestAccess = std::max(latestAccess, copy);
    if (isStore) {
      latestStore = copy;
      ++stores[copy];
    }
  }
  return all_of(storesBefore, [&](auto &entry) {
    return entry.second == storesBefore.lookup(firstOf.lookup(entry.first));
  });
}

/// A value that is used after the loop must be that of the last copy, or that of an induction
/// variable after its increment.
bool Copies::matchLiveOuts() {
  for (Instruction &instruction : body) {
    if (all_of(instruction.users(),
               [&](User *user) { return cast<Instruction>(user)->getParent() == &body; }))
      continue;
    auto counter = find_if(body.phis(), [&](PHINode &phi) {
      return latchValue(phi) == &instruction && isCounter(phi);
    });
    if (counter != body.phis().end()) {
      counters.insert(&*counter);
      liveOuts.insert({&instruction, &instruction});
      continue;
    }
    auto row = find_if(rows, [&](const Row &row) { return row.back() == &instruction; });
    if (row == rows.end())
      return false;
    liveOuts.insert({&instruction, (*row)[0]});
  }
  return true;
}

template <typename T> T *Copies::inClone(T *value) const {
  Value *found = clones.lookup(value);
  return found ? cast<T>(found) : value;
}

RerolledLoop Copies::reroll(Value *iterations) {
  clone = CloneBasicBlock(&body, clones, "", body.getParent());
  clones[&body] = clone;
  remapInstructionsInBlocks({clone}, clones);
  RerolledLoop result{loop, *clone, copies, iterations, {}, {}};
  for (auto [last, first] : liveOuts)
    result.liveOuts.insert({last, inClone(first)});
  for (auto &[phi, next] : recurrences)
    inClone(phi)->setIncomingValueForBlock(clone, inClone(next[0]));
  dropFlags(*clone);
  stepCounters();
  replaceExit(iterations);
  eraseOtherCopies(result);
  for (PHINode &phi : body.phis())
    // Phis that are gone are poison now.
    if (auto *kept = dyn_cast_or_null<PHINode>(&*clones.lookup(&phi)))
      result.oldPhis.insert({kept, &phi});
  return result;
}

void Copies::stepCounters() {
  for (PHINode *counter : counters) {
    PHINode *phi = inClone(counter);
    BinaryOperator *next = incrementOf(*phi, *clone);
    // Users of the incremented variable mean the old step.
    Instruction *old = next->clone();
    old->insertAfter(next->getIterator());
    old->dropPoisonGeneratingFlags();
    next->replaceUsesWithIf(old, [&](Use &use) { return use.getUser() != phi; });
    const APInt &step = cast<ConstantInt>(next->getOperand(1))->getValue();
    next->setOperand(
        1, ConstantInt::get(next->getType(), step.sdiv(APInt(step.getBitWidth(), copies))));
    // Between two numbers that are no further apart than a number can be, nothing wraps around.
    const auto *before = cast<BinaryOperator>(latchValue(*counter));
    next->setHasNoSignedWrap(before->hasNoSignedWrap());
    next->setHasNoUnsignedWrap(before->hasNoUnsignedWrap() && step.isStrictlyPositive());
  }
}

void Copies::replaceExit(Value *iterations) {
  auto *branch = cast<BranchInst>(clone->getTerminator());
  IRBuilder<> builder(clone, clone->begin());
  PHINode *count = builder.CreatePHI(iterations->getType(), 2, "count");
  builder.SetInsertPoint(branch);
  Value *next = builder.CreateAdd(count, ConstantInt::get(count->getType(), 1), "count.next",
                                  /*NUW=*/true, /*NSW=*/true);
  count->addIncoming(ConstantInt::get(count->getType(), 0), loop.getLoopPreheader());
  count->addIncoming(next, clone);
  const auto predicate = branch->getSuccessor(0) == clone ? CmpInst::ICMP_NE : CmpInst::ICMP_EQ;
  branch->setCondition(builder.CreateICmp(predicate, next, iterations));
}

/// All assumptions but those that keep a load of copy 0 alive go, too: what they say may be true of
/// copy 0 alone.
void Copies::eraseOtherCopies(RerolledLoop &result) {
  SmallPtrSet<Value *, 16> others;
  for (auto [access, copy] : copyOf)
    if (copy != 0)
      others.insert(inClone(access));
  auto isOther = [&](Value *value) { return others.contains(value); };
  // Values that are used behind the loop alone have these uses for now.
  SmallVector<Instruction *, 8> uses;
  for (auto [old, value] : result.liveOuts)
    uses.push_back(new StoreInst(value, PoisonValue::get(PointerType::get(value->getContext(), 0)),
                                 /*isVolatile=*/false, Align(1),
                                 clone->getTerminator()->getIterator()));
  for (bool again = true; again;) {
    again = false;
    for (Instruction &instruction : make_early_inc_range(reverse(*clone))) {
      const bool isAssumption =
          isa<AssumeInst>(instruction) &&
          (any_of(instruction.operands(), isOther) || !isKeptAlive(cast<AssumeInst>(instruction)));
      if (isAssumption || (instruction.use_empty() && isOther(&instruction)) ||
          isInstructionTriviallyDead(&instruction)) {
        others.erase(&instruction);
        instruction.eraseFromParent();
        again = true;
      }
    }
    again |= DeleteDeadPHIs(clone);
  }
  for (Instruction *use : uses)
    use->eraseFromParent();
}

} // namespace w2n::compiler
