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

#include "compiler/passes/loops/RerollLoops.h"

#include "compiler/passes/Preserved.h"

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/Analysis/ScalarEvolutionExpressions.h>
#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>
#include <llvm/Transforms/Utils/Local.h>
#include <llvm/Transforms/Utils/ScalarEvolutionExpander.h>
#include <set>

namespace w2n::compiler {

using namespace llvm;

namespace {

constexpr unsigned mostCopies = 16;
/// Bodies that are larger are left alone, and comparing ends after so many rows.
constexpr size_t mostInstructions = 400, mostRows = 2000;
/// What computing the number of iterations may cost, as LLVM counts it: once for a loop whose
/// bodies were worth unrolling.
constexpr unsigned iterationsBudget = 16;

using Row = SmallVector<Value *, mostCopies>;

/// A body seen as `copies` copies of one.
class Copies {
public:
  Copies(Loop &loop, ScalarEvolution &evolution, unsigned copies)
      : loop(loop), body(*loop.getHeader()), evolution(evolution), copies(copies) {}

  /// Whether they are that. Changes nothing.
  bool match();
  /// Leaves copy 0, to be run `iterations` times (64 bits).
  void reroll(Value *iterations);

private:
  bool matchStores();
  bool matchReductions();
  bool matchRow(const Row &row);
  bool matchOperation(Instruction &first, const Row &row);
  bool matchRecurrence(PHINode &phi, const Row &row);
  bool isInduction(const Row &row);
  bool isCounter(const PHINode &phi) const;
  bool collectCounters(Value &value, SmallSetVector<PHINode *, 4> &used);
  bool noteAccess(const Row &row);
  bool keepsOrder() const;
  bool matchLiveOuts();
  bool isReduction(PHINode &phi) const;
  Value *latchValue(PHINode &phi) const { return phi.getIncomingValueForBlock(&body); }

  void weakenFlags();
  void stepCounters();
  void replaceExit(Value *iterations);
  void eraseOtherCopies();

  Loop &loop;
  BasicBlock &body;
  ScalarEvolution &evolution;
  const unsigned copies;
  std::set<Row> rows;
  DenseMap<Instruction *, unsigned> copyOf;       ///< of each access
  DenseMap<Instruction *, Instruction *> firstOf; ///< the access of copy 0 in the same row
  MapVector<PHINode *, Value *> recurrences;      ///< what each becomes
  SmallSetVector<PHINode *, 4> counters;          ///< induction variables of what stays
  MapVector<Instruction *, Value *> liveOuts;     ///< what stands for each after the loop
};

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

bool Copies::match() {
  return matchStores() && matchReductions() &&
         all_of(body, [&](Instruction &i) { return !isAccess(i) || copyOf.contains(&i); }) &&
         keepsOrder() && matchLiveOuts() &&
         none_of(counters, [&](PHINode *phi) { return recurrences.contains(phi); });
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
  if (rows.size() > mostRows)
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

/// What is computed how; 0, which is no operation, is what is not computed.
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
  auto [found, isNew] = recurrences.insert({&phi, next[0]});
  return isNew ? matchRow(next) : found->second == next[0];
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
  if (!collectCounters(*row[0], used))
    return false;
  counters.insert_range(used);
  return true;
}

/// Whether `phi` advances by a constant that the copies can share.
bool Copies::isCounter(const PHINode &phi) const {
  const BinaryOperator *next = incrementOf(phi, body);
  return next && cast<ConstantInt>(next->getOperand(1))->getValue().srem(copies) == 0;
}

/// Whether `value` is computed from induction variables by what is linear modulo a power of two,
/// also for their values in between. (An extension or an `or` need not be.)
bool Copies::collectCounters(Value &value, SmallSetVector<PHINode *, 4> &used) {
  auto *instruction = dyn_cast<Instruction>(&value);
  if (!instruction || instruction->getParent() != &body)
    return loop.isLoopInvariant(&value);
  if (auto *phi = dyn_cast<PHINode>(instruction)) {
    if (!isCounter(*phi))
      return false;
    used.insert(phi);
    return true;
  }
  switch (instruction->getOpcode()) {
  case Instruction::Add:
  case Instruction::Sub:
  case Instruction::Mul:
  case Instruction::Shl:
  case Instruction::Trunc:
  case Instruction::GetElementPtr:
    return all_of(instruction->operands(),
                  [&](Value *operand) { return collectCounters(*operand, used); });
  default:
    return false;
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
  SmallVector<unsigned, mostCopies> stores(copies, 0);
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
      continue;
    }
    auto row = find_if(rows, [&](const Row &row) { return row.back() == &instruction; });
    if (row == rows.end())
      return false;
    liveOuts.insert({&instruction, (*row)[0]});
  }
  return true;
}

void Copies::reroll(Value *iterations) {
  weakenFlags();
  for (auto [last, first] : liveOuts)
    last->replaceUsesOutsideBlock(first, &body);
  for (auto [phi, next] : recurrences)
    phi->setIncomingValueForBlock(&body, next);
  stepCounters();
  replaceExit(iterations);
  evolution.forgetLoop(&loop);
  eraseOtherCopies();
}

/// What is true of an operation in all copies is true of it in copy 0 now. Of arithmetic with
/// induction variables only what is true of addresses stays: they are those of all copies.
void Copies::weakenFlags() {
  for (const Row &row : rows) {
    auto *first = dyn_cast<Instruction>(row[0]);
    if (!first || isa<PHINode>(first))
      continue;
    for (Value *value : drop_begin(row))
      if (auto *other = dyn_cast<Instruction>(value);
          other && other->getOpcode() == first->getOpcode())
        first->andIRFlags(other);
  }
  SmallPtrSet<Value *, 16> fromCounters(counters.begin(), counters.end());
  for (Instruction &instruction : make_range(body.getFirstNonPHIIt(), body.end()))
    if (any_of(instruction.operands(),
               [&](Value *operand) { return fromCounters.contains(operand); }) &&
        (isa<BinaryOperator>(instruction) || isa<TruncInst>(instruction) ||
         isa<GetElementPtrInst>(instruction))) {
      fromCounters.insert(&instruction);
      const bool isIncrement =
          any_of(counters, [&](PHINode *phi) { return latchValue(*phi) == &instruction; });
      if (!isIncrement && !isa<GetElementPtrInst>(instruction))
        instruction.dropPoisonGeneratingFlags();
    }
}

void Copies::stepCounters() {
  for (PHINode *phi : counters) {
    BinaryOperator *next = incrementOf(*phi, body);
    // What computes with the incremented variable means the old step.
    Instruction *old = next->clone();
    old->insertAfter(next->getIterator());
    next->replaceUsesWithIf(old, [&](Use &use) {
      return use.getUser() != phi && cast<Instruction>(use.getUser())->getParent() == &body;
    });
    const APInt &step = cast<ConstantInt>(next->getOperand(1))->getValue();
    next->setOperand(
        1, ConstantInt::get(next->getType(), step.sdiv(APInt(step.getBitWidth(), copies))));
  }
}

void Copies::replaceExit(Value *iterations) {
  auto *branch = cast<BranchInst>(body.getTerminator());
  IRBuilder<> builder(&body, body.begin());
  PHINode *count = builder.CreatePHI(iterations->getType(), 2, "count");
  builder.SetInsertPoint(branch);
  Value *next = builder.CreateAdd(count, ConstantInt::get(count->getType(), 1), "count.next",
                                  /*NUW=*/true, /*NSW=*/true);
  count->addIncoming(ConstantInt::get(count->getType(), 0), loop.getLoopPreheader());
  count->addIncoming(next, &body);
  const auto predicate = branch->getSuccessor(0) == &body ? CmpInst::ICMP_NE : CmpInst::ICMP_EQ;
  branch->setCondition(builder.CreateICmp(predicate, next, iterations));
}

void Copies::eraseOtherCopies() {
  auto isOther = [&](Value *value) {
    auto *instruction = dyn_cast<Instruction>(value);
    return instruction && copyOf.lookup(instruction) != 0;
  };
  for (bool again = true; again;) {
    again = false;
    for (Instruction &instruction : make_early_inc_range(reverse(body))) {
      const bool isAssumption =
          isa<AssumeInst>(instruction) && any_of(instruction.operands(), isOther);
      if (isAssumption || (instruction.use_empty() && isOther(&instruction)) ||
          isInstructionTriviallyDead(&instruction)) {
        instruction.eraseFromParent();
        again = true;
      }
    }
    again |= DeleteDeadPHIs(&body);
  }
}

/// What is left to do for a loop that may be copies of something: how many they may be.
bool isCandidate(Loop &loop) {
  BasicBlock *body = loop.getHeader();
  if (loop.getNumBlocks() != 1 || !loop.isLoopSimplifyForm() || !loop.getExitBlock() ||
      !isa<BranchInst>(body->getTerminator()) || body->size() > mostInstructions)
    return false;
  return none_of(*body, [](Instruction &instruction) {
    return instruction.mayReadOrWriteMemory() && !isAccess(instruction) &&
           !isa<AssumeInst>(instruction);
  });
}

/// How often the loop runs `copies` copies, in 64 bits before the loop; null if that is not known
/// or costs much.
Value *expandIterations(Loop &loop, ScalarEvolution &evolution, const TargetTransformInfo &target,
                        unsigned copies) {
  const SCEV *taken = evolution.getBackedgeTakenCount(&loop);
  if (isa<SCEVCouldNotCompute>(taken) || evolution.getUnsignedRangeMax(taken).getActiveBits() > 56)
    return nullptr;
  Instruction *before = loop.getLoopPreheader()->getTerminator();
  SCEVExpander expander(evolution, "reroll");
  if (!expander.isSafeToExpandAt(taken, before) ||
      expander.isHighCostExpansion(taken, &loop, iterationsBudget, &target, before))
    return nullptr;
  Type *type = IntegerType::get(before->getContext(), 64);
  const SCEV *iterations =
      evolution.getAddExpr(evolution.getTruncateOrZeroExtend(taken, type), evolution.getOne(type));
  iterations = evolution.getMulExpr(iterations, evolution.getConstant(type, copies));
  return expander.expandCodeFor(iterations, type, before);
}

/// The same for a loop that ends when a 32-bit counter with a step of a power of two equals a
/// number: of which it is not known that the counter meets it. If not, the loop never ends by
/// itself, and what is returned is as good as never.
Value *expandDistance(Loop &loop, ScalarEvolution &evolution, unsigned copies) {
  constexpr uint64_t never = uint64_t(1) << 62;
  auto *branch = cast<BranchInst>(loop.getHeader()->getTerminator());
  auto *compare = branch->isConditional() ? dyn_cast<ICmpInst>(branch->getCondition()) : nullptr;
  if (!compare || !compare->getOperand(0)->getType()->isIntegerTy(32) ||
      compare->getPredicate() !=
          (branch->getSuccessor(0) == loop.getHeader() ? CmpInst::ICMP_NE : CmpInst::ICMP_EQ))
    return nullptr;
  const SCEV *end = evolution.getSCEV(compare->getOperand(1));
  auto *counter = dyn_cast<SCEVAddRecExpr>(evolution.getSCEV(compare->getOperand(0)));
  if (!counter || counter->getLoop() != &loop || !counter->isAffine() ||
      !evolution.isLoopInvariant(end, &loop))
    return nullptr;
  auto *step = dyn_cast<SCEVConstant>(counter->getStepRecurrence(evolution));
  if (!step || !step->getAPInt().abs().isPowerOf2())
    return nullptr;
  const SCEV *distance = step->getAPInt().isNegative()
                             ? evolution.getMinusSCEV(counter->getStart(), end)
                             : evolution.getMinusSCEV(end, counter->getStart());
  Instruction *before = loop.getLoopPreheader()->getTerminator();
  SCEVExpander expander(evolution, "reroll");
  if (!expander.isSafeToExpandAt(distance, before))
    return nullptr;
  IRBuilder<> builder(before);
  Value *apart = builder.CreateZExt(expander.expandCodeFor(distance, distance->getType(), before),
                                    builder.getInt64Ty());
  const uint64_t stride = step->getAPInt().abs().getZExtValue();
  Value *rest = builder.CreateAnd(apart, builder.getInt64(stride - 1));
  Value *steps = builder.CreateLShr(apart, builder.getInt64(Log2_64(stride)));
  Value *iterations =
      builder.CreateMul(builder.CreateAdd(steps, builder.getInt64(1)), builder.getInt64(copies));
  return builder.CreateSelect(builder.CreateICmpEQ(rest, builder.getInt64(0)), iterations,
                              builder.getInt64(never));
}

bool rerollLoop(Loop &loop, ScalarEvolution &evolution, const TargetTransformInfo &target) {
  if (!isCandidate(loop))
    return false;
  auto count = [&](auto isKind) { return unsigned(count_if(*loop.getHeader(), isKind)); };
  const unsigned loads = count([](Instruction &i) { return isa<LoadInst>(i); });
  const unsigned stores = count([](Instruction &i) { return isa<StoreInst>(i); });
  for (unsigned number = std::min(mostCopies, loads + stores); number > 1; --number) {
    if (loads % number != 0 || stores % number != 0)
      continue;
    Copies copies(loop, evolution, number);
    if (!copies.match())
      continue;
    Value *iterations = expandIterations(loop, evolution, target, number);
    if (!iterations)
      iterations = expandDistance(loop, evolution, number);
    if (!iterations)
      return false;
    copies.reroll(iterations);
    return true;
  }
  return false;
}

} // namespace

PreservedAnalyses RerollLoopsPass::run(Function &function, FunctionAnalysisManager &analyses) {
  auto &loops = analyses.getResult<LoopAnalysis>(function);
  if (loops.empty())
    return PreservedAnalyses::all();
  auto &evolution = analyses.getResult<ScalarEvolutionAnalysis>(function);
  auto &target = analyses.getResult<TargetIRAnalysis>(function);
  bool changed = false;
  for (Loop *loop : loops.getLoopsInPreorder())
    if (loop->isInnermost())
      changed |= rerollLoop(*loop, evolution, target);
  return preservingBlocks(changed);
}

} // namespace w2n::compiler
