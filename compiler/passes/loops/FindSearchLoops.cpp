// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Of a search, an exit depends on the element that is loaded, or counts. Often an element is tested
// in the iteration after the one that loads it, being a phi, as loops are rotated. Then what the
// phi begins with counts as the first element.

#include "compiler/passes/loops/FindSearchLoops.h"

#include "compiler/passes/loops/LaneExpression.h"

#include <llvm/ADT/SetVector.h>
#include <llvm/Analysis/ScalarEvolutionExpressions.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/PatternMatch.h>
#include <llvm/Transforms/Utils/ScalarEvolutionExpander.h>

#include <algorithm>

namespace w2n::compiler {

using namespace llvm;
using namespace PatternMatch;

namespace {

/// More pointers than any search has.
constexpr unsigned mostLoads = 4;

/// Where the elements are, as a polynomial of the iteration.
struct Walk {
  const SCEV *firstAddress = nullptr;
  const SCEV *firstIndex = nullptr; ///< may wrap around; null if it cannot
};

class Finder {
public:
  Finder(Loop &loop, ScalarEvolution &evolution, const DominatorTree &dominators,
         const TargetTransformInfo &target, unsigned vectorBytes)
      : evolution(evolution), dominators(dominators), target(target) {
    found.loop = &loop;
    found.vectorBytes = vectorBytes;
  }

  /// Emits what the preheader computes if the loop qualifies.
  std::optional<SearchLoop> find() {
    Loop &loop = *found.loop;
    if (!loop.isInnermost() || !loop.isLoopSimplifyForm() || !loop.isLCSSAForm(dominators) ||
        !findChain() || !findLoads() || !sortPhis() || !sortExits() || !areLoadsTested())
      return std::nullopt;
    SmallVector<Walk, 2> walks;
    for (const SearchLoad &each : found.loads) {
      walks.push_back(findWalk(each));
      if (!walks.back().firstAddress)
        return std::nullopt;
    }
    if (!expand(walks))
      return std::nullopt;
    return found;
  }

private:
  using Parts = SmallSetVector<const Value *, 16>;

  /// The blocks from the header to the latch, if they are in a row.
  bool findChain() {
    BasicBlock *header = found.loop->getHeader(), *block = header;
    do {
      chain.push_back(block);
      block = onlySuccessorInLoop(*block);
    } while (block && block != header && chain.size() < found.loop->getNumBlocks());
    return block == header && chain.size() == found.loop->getNumBlocks();
  }

  /// Null if there are several, or if `block` ends with something else than a branch or a switch.
  BasicBlock *onlySuccessorInLoop(BasicBlock &block) const {
    if (!isa<BranchInst, SwitchInst>(block.getTerminator()))
      return nullptr;
    BasicBlock *only = nullptr;
    for (BasicBlock *successor : successors(&block))
      if (found.loop->contains(successor)) {
        if (only && only != successor)
          return nullptr;
        only = successor;
      }
    return only;
  }

  /// Loads of integers of one width, and no effects.
  bool findLoads() {
    for (BasicBlock *block : chain)
      for (Instruction &instruction : *block) {
        if (auto *load = dyn_cast<LoadInst>(&instruction)) {
          if (!load->isSimple())
            return false;
          found.loads.push_back({load});
        } else if (!isa<AssumeInst>(instruction) &&
                   (instruction.mayReadOrWriteMemory() || instruction.mayHaveSideEffects())) {
          return false;
        }
      }
    if (found.loads.empty() || found.loads.size() > mostLoads)
      return false;
    Type *type = found.loads.front().load->getType();
    if (!type->isIntegerTy() ||
        any_of(found.loads, [&](const SearchLoad &each) { return each.load->getType() != type; }))
      return false;
    // x86 pays for larger ones on all ways out of a function, and most comparisons are short.
    if (found.loads.size() > 1)
      found.vectorBytes = 16;
    unsigned bits = type->getIntegerBitWidth();
    found.elementBytes = bits / 8;
    return bits == 8 || bits == 16 || bits == 32 || bits == 64;
  }

  bool sortPhis() {
    for (PHINode &phi : found.loop->getHeader()->phis())
      if (!isCarried(phi) && !isCounter(phi))
        return false;
    return true;
  }

  bool isCarried(PHINode &phi) {
    const Value *next = phi.getIncomingValueForBlock(found.loop->getLoopLatch());
    for (SearchLoad &each : found.loads)
      if (next == each.load && !each.carried) {
        each.carried = &phi;
        each.isAhead = true;
        return true;
      }
    return false;
  }

  bool isCounter(PHINode &phi) {
    if (!phi.getType()->isIntegerTy() || phi.getType()->getIntegerBitWidth() > 64)
      return false;
    const SCEVConstant *step = constantStep(evolution.getSCEV(&phi));
    if (!step)
      return false;
    found.counters.push_back(
        {&phi, phi.getIncomingValueForBlock(found.loop->getLoopPreheader()), step->getAPInt()});
    return true;
  }

  bool sortExits() {
    bool isSorted;
    do {
      movedAhead = false;
      isSorted = trySortExits();
    } while (movedAhead);
    // What the iteration before has loaded is there before anything that this one loads.
    std::stable_partition(found.loads.begin(), found.loads.end(),
                          [](const SearchLoad &each) { return each.isAhead; });
    return isSorted;
  }

  bool trySortExits() {
    for (auto *list : {&current, &next})
      list->clear();
    counts.clear();
    found.valueExits.clear();
    for (const SearchLoad &each : found.loads) {
      if (each.carried)
        current.push_back(each.carried);
      (each.isAhead ? next : current).push_back(each.load);
    }
    for (auto [index, block] : enumerate(chain)) {
      std::optional<ValueExit> exit = exitOf(*block, *chain[(index + 1) % chain.size()]);
      if (exit && !addExit(*block, *exit))
        return false;
    }
    return true;
  }

  /// Adds what `subject` is made of, in the loop.
  void collectParts(const Value *subject, Parts &parts) const {
    parts.insert(subject);
    for (unsigned i = 0; i < parts.size() && i < mostParts; ++i)
      if (auto *instruction = dyn_cast<Instruction>(parts[i]);
          instruction && found.loop->contains(instruction) && !isa<PHINode, LoadInst>(instruction))
        parts.insert_range(instruction->operand_values());
  }

  /// Of loads that `subject` is made of, if one is of the next iteration's element, the others are,
  /// too. Whether that makes a difference.
  bool moveAhead(const Value *subject) {
    Parts parts;
    collectParts(subject, parts);
    auto isPart = [&](const SearchLoad &each) { return parts.contains(each.load); };
    if (none_of(found.loads, [&](auto &each) { return each.isAhead && isPart(each); }))
      return false;
    bool isChanged = false;
    for (SearchLoad &each : found.loads)
      if (isPart(each) && !each.isAhead)
        each.isAhead = isChanged = true;
    return isChanged;
  }

  /// A vector that nobody looks at would be deleted, and not trap.
  bool areLoadsTested() const {
    Parts parts;
    for (const ValueExit &exit : found.valueExits) {
      Parts more;
      collectParts(exit.subject, more);
      parts.insert_range(more);
    }
    return all_of(found.loads, [&](const SearchLoad &each) {
      return parts.contains(each.load) || parts.contains(each.carried);
    });
  }

  /// What leaves the loop from `block` rather than going to `next`; nothing if that is certain.
  static std::optional<ValueExit> exitOf(BasicBlock &block, const BasicBlock &next) {
    if (block.getSingleSuccessor())
      return std::nullopt;
    if (auto *choice = dyn_cast<SwitchInst>(block.getTerminator())) {
      // Either the default stays in the loop, or all cases that do not leave it do.
      const bool defaultStays = choice->getDefaultDest() == &next;
      ValueExit exit{choice->getCondition(), {}, defaultStays};
      for (auto &each : choice->cases())
        if ((each.getCaseSuccessor() == &next) != defaultStays)
          exit.values.push_back(each.getCaseValue());
      return exit;
    }
    auto *branch = cast<BranchInst>(block.getTerminator());
    ConstantInt *leaving =
        ConstantInt::getBool(block.getContext(), branch->getSuccessor(1) == &next);
    return ValueExit{branch->getCondition(), {leaving}, true};
  }

  /// Whether elements are compared with a pivot, as sorting does: that goes on for few of them.
  bool isPartition(const ValueExit &exit) const {
    auto *compare = dyn_cast<ICmpInst>(exit.subject);
    return compare && !compare->isEquality() &&
           any_of(compare->operand_values(), [&](const Value *side) {
             return !isa<Constant>(side) && found.loop->isLoopInvariant(side);
           });
  }

  /// Sorts `exit`, or the parts that its condition is made of, into those of values and counts.
  bool addExit(const BasicBlock &block, const ValueExit &exit) {
    const unsigned lanes = found.vectorBytes / found.elementBytes;
    if (isLaneExpression(exit.subject, *found.loop, current, lanes, target) ||
        isLaneExpression(exit.subject, *found.loop, next, lanes, target)) {
      found.valueExits.push_back(exit);
      return !isPartition(exit);
    }
    if (const SCEV *count = iterationsBefore(block, exit)) {
      counts.push_back(count);
      return true;
    }
    Value *one, *other;
    const bool isSplit =
        exit.subject->getType()->isIntegerTy(1) &&
        (exit.values[0]->isOne() ? match(exit.subject, m_LogicalOr(m_Value(one), m_Value(other)))
                                 : match(exit.subject, m_LogicalAnd(m_Value(one), m_Value(other))));
    if (!isSplit || ++splitExits > mostSplitExits) {
      movedAhead = moveAhead(exit.subject);
      return false;
    }
    return addExit(block, {one, exit.values, true}) && addExit(block, {other, exit.values, true});
  }

  /// How many iterations at least are complete before `exit` of `block` is taken, or null.
  const SCEV *iterationsBefore(const BasicBlock &block, const ValueExit &exit) {
    const SCEV *count =
        exit.subject->getType()->isIntegerTy(1)
            ? evolution
                  .computeExitLimitFromCond(found.loop, exit.subject, exit.values[0]->isOne(),
                                            /*ControlsOnlyExit=*/false)
                  .ExactNotTaken
            : evolution.getExitCount(found.loop, &block);
    if (!isa<SCEVCouldNotCompute>(count))
      return count;
    return iterationsWhileAbove(exit);
  }

  /// Of `{start,+,-step} > least`, unsigned, which cannot wrap around if step <= least + 1. LLVM
  /// wants a flag that says so.
  const SCEV *iterationsWhileAbove(const ValueExit &exit) {
    auto *compare = dyn_cast<ICmpInst>(exit.subject);
    if (!compare)
      return nullptr;
    CmpPredicate predicate =
        exit.values[0]->isOne() ? compare->getInversePredicate() : compare->getPredicate();
    const SCEV *counter = evolution.getSCEV(compare->getOperand(0));
    const auto *least = dyn_cast<SCEVConstant>(evolution.getSCEV(compare->getOperand(1)));
    const SCEVConstant *step = constantStep(counter);
    if (predicate != ICmpInst::ICMP_UGT || !least || !step || !step->getAPInt().isNegative() ||
        (-step->getAPInt() - 1).ugt(least->getAPInt()))
      return nullptr;
    const SCEV *start = cast<SCEVAddRecExpr>(counter)->getStart();
    const SCEV *above = evolution.getMinusSCEV(evolution.getUMaxExpr(start, least), least);
    return evolution.getUDivCeilSCEV(above, evolution.getConstant(-step->getAPInt()));
  }

  /// What the recurrence `expression` advances by; null if it is none, or not by a constant.
  const SCEVConstant *constantStep(const SCEV *expression) const {
    const auto *recurrence = dyn_cast<SCEVAddRecExpr>(expression);
    return recurrence && recurrence->getLoop() == found.loop && recurrence->isAffine()
               ? dyn_cast<SCEVConstant>(recurrence->getStepRecurrence(evolution))
               : nullptr;
  }

  /// The same as a number; 0 for null, and if it has more than 64 bits.
  int64_t stepOf(const SCEV *expression) const {
    const SCEVConstant *step = constantStep(expression);
    return step && step->getAPInt().getSignificantBits() <= 64 ? step->getAPInt().getSExtValue()
                                                               : 0;
  }

  /// Whether `expression` goes on by one element, in the direction of the others.
  bool isWalk(const SCEV *expression) {
    const int64_t step = stepOf(expression), bytes = found.elementBytes;
    if (step != bytes && step != -bytes)
      return false;
    if (walkStep == 0)
      walkStep = step;
    return step == walkStep;
  }

  /// What `recurrence` is for the first element of `load`.
  const SCEV *first(const SearchLoad &load, const SCEV *recurrence) {
    const SCEV *start = cast<SCEVAddRecExpr>(recurrence)->getStart();
    if (!load.isAhead)
      return start;
    Type *type = evolution.getEffectiveSCEVType(start->getType());
    return evolution.getAddExpr(start, evolution.getConstant(type, uint64_t(-walkStep), true));
  }

  Walk findWalk(const SearchLoad &load) {
    const SCEV *address = evolution.getSCEV(load.load->getPointerOperand());
    if (isWalk(address))
      return {first(load, address), nullptr};
    const auto *sum = dyn_cast<SCEVAddExpr>(address);
    if (!sum)
      return {};
    Walk walk;
    SmallVector<const SCEV *, 4> terms;
    for (const SCEV *term : sum->operands()) {
      const auto *extended = dyn_cast<SCEVZeroExtendExpr>(term);
      if (extended && !walk.firstIndex && isWalk(extended->getOperand())) {
        walk.firstIndex = first(load, extended->getOperand());
        term = evolution.getZeroExtendExpr(walk.firstIndex, extended->getType());
      } else if (!evolution.isLoopInvariant(term, found.loop)) {
        return {};
      }
      terms.push_back(term);
    }
    walk.firstAddress = walk.firstIndex ? evolution.getAddExpr(terms) : nullptr;
    return walk;
  }

  bool expand(ArrayRef<Walk> walks) {
    Instruction *place = found.loop->getLoopPreheader()->getTerminator();
    SCEVExpander expander(evolution, "search");
    SmallVector<const SCEV *, 8> all(counts.begin(), counts.end());
    for (const Walk &walk : walks) {
      all.push_back(walk.firstAddress);
      if (walk.firstIndex)
        all.push_back(walk.firstIndex);
    }
    for (const SCEV *expression : all)
      if (!expander.isSafeToExpandAt(expression, place) ||
          evolution.getTypeSizeInBits(expression->getType()) > 64)
        return false;
    Instruction *last = place->getPrevNode();
    SCEVExpanderCleaner cleaner(expander);
    DenseMap<const SCEV *, Value *> values;
    for (const SCEV *expression : all)
      values[expression] = expander.expandCodeFor(expression, expression->getType(), place);
    // One more phi in another loop, which may be a search that has been found.
    if (any_of(expander.getAllInsertedInstructions(), [&](const Instruction *inserted) {
          return isa<PHINode>(inserted) && !isOfOuterLoop(*inserted);
        }))
      return false;
    cleaner.markResultUsed();
    emitStart(walks, values);
    BasicBlock &block = *place->getParent();
    for (Instruction &instruction :
         make_range(last ? std::next(last->getIterator()) : block.begin(), place->getIterator()))
      found.expanded.push_back(&instruction);
    return true;
  }

  bool isOfOuterLoop(const Instruction &phi) const {
    for (const Loop *loop = found.loop->getParentLoop(); loop; loop = loop->getParentLoop())
      if (loop->getHeader() == phi.getParent())
        return true;
    return false;
  }

  void emitStart(ArrayRef<Walk> walks, const DenseMap<const SCEV *, Value *> &values) {
    IRBuilder<> builder(found.loop->getLoopPreheader()->getTerminator());
    found.isDescending = walkStep < 0;
    Value *limit = builder.getInt64(mostBytes);
    auto restrict = [&](Value *bytes) {
      limit = builder.CreateBinaryIntrinsic(Intrinsic::umin, limit, bytes);
    };
    for (const Walk &walk : walks)
      if (walk.firstIndex)
        restrict(bytesToWrap(builder, values.lookup(walk.firstIndex)));
    for (const SCEV *count : counts)
      restrict(countBytes(builder, values.lookup(count)));
    found.limitBytes = limit;
    // The use shows the search for another loop that this one needs the address as well.
    for (auto [load, walk] : zip_equal(found.loads, walks))
      load.firstAddress = builder.CreateGEP(builder.getInt8Ty(), values.lookup(walk.firstAddress),
                                            builder.getInt64(0));
  }

  /// The bytes of the elements before `index` wraps around.
  Value *bytesToWrap(IRBuilder<> &builder, Value *index) {
    const uint64_t wholeElements = -uint64_t(found.elementBytes);
    Value *wide = builder.CreateZExt(index, builder.getInt64Ty());
    if (found.isDescending)
      return builder.CreateAdd(builder.CreateAnd(wide, wholeElements),
                               builder.getInt64(found.elementBytes));
    Value *end = builder.getInt64(1ull << index->getType()->getIntegerBitWidth());
    return builder.CreateAnd(builder.CreateSub(end, wide), wholeElements);
  }

  /// The bytes of the elements before the exit that is taken after `count` iterations.
  Value *countBytes(IRBuilder<> &builder, Value *count) {
    count = builder.CreateZExt(count, builder.getInt64Ty());
    count = builder.CreateBinaryIntrinsic(Intrinsic::umin, count,
                                          builder.getInt64(mostBytes / found.vectorBytes));
    if (found.loads.front().isAhead)
      count = builder.CreateAdd(count, builder.getInt64(1));
    return builder.CreateMul(count, builder.getInt64(found.elementBytes));
  }

  /// A bound for sums that shall not wrap around; longer searches go on one element at a time.
  static constexpr uint64_t mostBytes = 1ull << 48;
  static constexpr unsigned mostSplitExits = 8, mostParts = 64;

  ScalarEvolution &evolution;
  const DominatorTree &dominators;
  const TargetTransformInfo &target;
  SearchLoop found;
  SmallVector<BasicBlock *, 4> chain;  ///< from the header to the latch
  SmallVector<const SCEV *, 4> counts; ///< of iterations until each counted exit
  /// Elements of this iteration and of the next one; an expression of both has no lanes.
  SmallVector<const Value *, 4> current, next;
  unsigned splitExits = 0;
  bool movedAhead = false; ///< exits must be sorted again
  int64_t walkStep = 0;    ///< of all addresses; 0 before the first is known
};

} // namespace

std::optional<SearchLoop> findSearchLoop(Loop &loop, ScalarEvolution &evolution,
                                         const DominatorTree &dominators,
                                         const TargetTransformInfo &target, unsigned vectorBytes) {
  return Finder(loop, evolution, dominators, target, vectorBytes).find();
}

} // namespace w2n::compiler
