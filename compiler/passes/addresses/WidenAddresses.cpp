// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A guest address is `base + zext(index) + offset`. Producers step through arrays with 32-bit
// indices whose additions may wrap around, and LLVM cannot take `zext` apart over those: neither
// over the step of a loop nor over `index + 8`.
//
// A loop that takes its back edge B times has in an index {p, +, s}, with the constant step
// s > 0, the values p, p + s, ... p + s * B modulo 2^32. None of them wraps around if and only if
// zext(p) + s * B < 2^32, computed in 64 bits, where nothing overflows as B < 2^32 is compared as
// well. For s < 0 the condition is |s| * B <= zext(p). Where the condition holds, the 64-bit
// {zext(p), +, s} is zext of the index in each iteration. Indices at constant distances from each
// other form a group, with one condition for the lowest and the highest of them
// (test/proofs/widen-addresses.smt2 proves both for all values).
//
// The condition is computed before the loop and chooses between two versions of it. Nothing is
// assumed of accesses: each of them, in any order, is at the address that the loop as it was would
// have computed.

#include "compiler/passes/addresses/WidenAddresses.h"

#include "compiler/ir/GuestAddress.h"
#include "compiler/passes/PassCounts.h"
#include "compiler/passes/VersionLoop.h"

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/Analysis/ScalarEvolutionExpressions.h>
#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/Transforms/Utils/Local.h>
#include <llvm/Transforms/Utils/LoopSimplify.h>
#include <llvm/Transforms/Utils/LoopUtils.h>
#include <llvm/Transforms/Utils/ScalarEvolutionExpander.h>

namespace w2n::compiler {

using namespace llvm;

namespace {

/// Steps, and distances in a group, are smaller: so no product in a condition overflows.
constexpr int64_t maxStep = 1 << 20, maxDistance = 1 << 20;
constexpr uint64_t indices32 = uint64_t(1) << 32;
/// Larger loops gain little and are not worth a second version. Nor are those that end soon.
constexpr unsigned maxInstructions = 600;
constexpr uint64_t minIterations = 4;
/// A condition of more groups costs more than the loop is likely to gain.
constexpr size_t maxGroups = 16;
/// The cost of computing the number of iterations that is allowed, as LLVM counts it.
constexpr unsigned backedgeExpansionBudget = 16;

/// The zero extension of an index that advances in the loop.
struct Index {
  ZExtInst *extension;
  const SCEVAddRecExpr *recurrence;
  int64_t distance; ///< from the first index of its group
};

/// Indices of one step, at constant distances from each other.
struct Group {
  Group(int64_t step, Index first) : step(step), indices({first}) {}

  int64_t step;
  SmallVector<Index, 8> indices;
  size_t lowest = 0;      ///< the index from which the others are counted
  int64_t reach = 0;      ///< the distance of the highest from the lowest
  Value *start = nullptr; ///< of the lowest, 64 bits wide, before the loop
  bool isObject = false;  ///< whether its addresses are to look like those of an object of its own
  PHINode *wide = nullptr;
  SmallDenseMap<Value *, Value *> starts; ///< of objects: the first address, by memory

  const SCEV *firstStart() const { return indices[lowest].recurrence->getStart(); }
  int64_t distanceOf(const Index &index) const { return index.distance - indices[lowest].distance; }
};

class LoopWidener {
public:
  LoopWidener(Loop &loop, ScalarEvolution &evolution, DominatorTree &dominators, LoopInfo &loops,
              const TargetTransformInfo &target)
      : loop(loop), evolution(evolution), dominators(dominators), loops(loops), target(target) {}

  bool run();

private:
  bool isWorthIt() const;
  void collectIndices();
  void collect(ZExtInst &extension);
  void measureGroups();
  void findObjects();
  bool canExpand(SCEVExpander &expander, const SCEV *backedges, Instruction &before) const;
  Value *emitCondition(SCEVExpander &expander, const SCEV *backedges, Instruction &before);
  void forgetLoop();
  PHINode *makePhi(Value *start, int64_t step, const Twine &name);
  PHINode *stepsOf(int64_t step);
  void replaceUses(const Index &index, Group &group);
  Value *addressIn(Group &group, GetElementPtrInst &address, int64_t distance);

  Loop &loop;
  ScalarEvolution &evolution;
  DominatorTree &dominators;
  LoopInfo &loops;
  const TargetTransformInfo &target;
  SmallVector<Group, 4> groups;
  SmallDenseMap<int64_t, PHINode *> steps; ///< from 0 on, by step
};

/// Whether nothing in the way of a second version is in the loop.
bool LoopWidener::isWorthIt() const {
  unsigned instructions = 0;
  for (const BasicBlock *block : loop.blocks()) {
    instructions += unsigned(block->size());
    for (const Instruction &instruction : *block)
      if (const auto *call = dyn_cast<CallBase>(&instruction); call && !isa<IntrinsicInst>(call))
        return reject(PassWay::WidenAddressesCalls);
  }
  if (instructions > maxInstructions)
    return reject(PassWay::WidenAddressesTooLarge);
  return true;
}

void LoopWidener::collectIndices() {
  for (BasicBlock *block : loop.blocks())
    for (Instruction &instruction : *block)
      if (ZExtInst *extension = asExtendedIndex(instruction))
        collect(*extension);
}

void LoopWidener::collect(ZExtInst &extension) {
  if (guestAccessesOf(extension).empty())
    return;
  const SCEV *narrow = evolution.getSCEV(extension.getOperand(0));
  auto *recurrence = dyn_cast<SCEVAddRecExpr>(narrow);
  if (!recurrence || recurrence->getLoop() != &loop || !recurrence->isAffine())
    return countWay(PassWay::WidenAddressesOtherIndex);
  auto *constant = dyn_cast<SCEVConstant>(recurrence->getStepRecurrence(evolution));
  const int64_t step = constant ? constant->getAPInt().getSExtValue() : 0;
  if (step == 0)
    return countWay(PassWay::WidenAddressesOtherIndex);
  if (step > maxStep || step < -maxStep)
    return countWay(PassWay::WidenAddressesFarStep);
  for (Group &group : groups) {
    const Index &first = group.indices.front();
    auto distance = evolution.computeConstantDifference(recurrence, first.recurrence);
    if (group.step != step || !distance || distance->abs().uge(maxDistance))
      continue;
    group.indices.push_back({&extension, recurrence, distance->getSExtValue()});
    return;
  }
  groups.emplace_back(step, Index{&extension, recurrence, 0});
}

void LoopWidener::measureGroups() {
  for (Group &group : groups) {
    for (size_t i = 1; i < group.indices.size(); ++i)
      if (group.indices[i].distance < group.indices[group.lowest].distance)
        group.lowest = i;
    for (const Index &index : group.indices)
      group.reach = std::max(group.reach, group.distanceOf(index));
    assert(group.reach >= 0 && group.reach < 2 * maxDistance);
  }
}

/// Arrays whose distance is not known become objects of their own for LLVM's analysis of
/// dependences, which otherwise compares all accesses of a memory with all others when the loop
/// begins, also an array's with its own.
void LoopWidener::findObjects() {
  if (groups.size() < 2)
    return;
  Type *type = Type::getInt64Ty(loop.getHeader()->getContext());
  auto startOf = [&](const Group &group) {
    return evolution.getZeroExtendExpr(group.firstStart(), type);
  };
  for (Group &group : groups)
    group.isObject = none_of(groups, [&](const Group &other) {
      return &other != &group && other.step == group.step &&
             evolution.computeConstantDifference(startOf(other), startOf(group));
    });
}

bool LoopWidener::canExpand(SCEVExpander &expander, const SCEV *backedges,
                            Instruction &before) const {
  if (isa<SCEVCouldNotCompute>(backedges) || backedges->getType()->getIntegerBitWidth() > 64 ||
      !expander.isSafeToExpandAt(backedges, &before))
    return reject(PassWay::WidenAddressesUnknownIterations);
  if (expander.isHighCostExpansion(backedges, &loop, backedgeExpansionBudget, &target, &before))
    return reject(PassWay::WidenAddressesCostlyIterations);
  return all_of(groups, [&](const Group &group) {
    return expander.isSafeToExpandAt(group.firstStart(), &before) ||
           reject(PassWay::WidenAddressesUnsafeStart);
  });
}

/// Computes the starts of all groups, and whether no index wraps around.
Value *LoopWidener::emitCondition(SCEVExpander &expander, const SCEV *backedges,
                                  Instruction &before) {
  Value *count = expander.expandCodeFor(backedges, backedges->getType(), &before);
  SmallVector<Value *, 8> starts;
  for (Group &group : groups)
    starts.push_back(
        expander.expandCodeFor(group.firstStart(), group.firstStart()->getType(), &before));
  IRBuilder<> builder(&before);
  Value *wideCount = builder.CreateZExtOrTrunc(count, builder.getInt64Ty());
  Value *all = nullptr;
  auto require = [&](Value *condition) {
    all = all ? builder.CreateAnd(all, condition) : condition;
  };
  if (count->getType()->getIntegerBitWidth() > 32)
    require(builder.CreateICmpULT(wideCount, builder.getInt64(indices32)));
  for (auto [group, narrow] : zip_equal(groups, starts)) {
    group.start = builder.CreateZExt(narrow, builder.getInt64Ty(), "start");
    Value *path = builder.CreateMul(wideCount, builder.getInt64(uint64_t(std::abs(group.step))));
    if (group.step < 0) {
      require(builder.CreateICmpULE(path, group.start));
      path = builder.getInt64(0);
    }
    Value *highest =
        builder.CreateAdd(builder.CreateAdd(group.start, path), builder.getInt64(group.reach));
    if (group.step > 0 || group.reach > 0)
      require(builder.CreateICmpULT(highest, builder.getInt64(indices32)));
  }
  return all;
}

bool LoopWidener::run() {
  if (!loop.isLoopSimplifyForm() || !loop.isSafeToClone())
    return reject(PassWay::WidenAddressesNotSimplified);
  if (!isWorthIt())
    return false;
  collectIndices();
  if (groups.empty())
    return reject(PassWay::WidenAddressesNoIndices);
  if (groups.size() > maxGroups)
    return reject(PassWay::WidenAddressesManyGroups);
  measureGroups();
  findObjects();
  // An upper bound would be as right, but loops that end at what they find gain little, and
  // ContainAccesses takes exact numbers alone.
  const SCEV *backedges = evolution.getBackedgeTakenCount(&loop);
  if (const auto *constant = dyn_cast<SCEVConstant>(backedges);
      constant && constant->getAPInt().ult(minIterations))
    return reject(PassWay::WidenAddressesFewIterations);
  Instruction &before = *loop.getLoopPreheader()->getTerminator();
  SCEVExpander expander(evolution, "wide");
  if (!canExpand(expander, backedges, before))
    return false;
  Value *condition = emitCondition(expander, backedges, before);
  versionLoop(loop, *condition, loops, dominators);
  forgetLoop();
  for (Group &group : groups) {
    countWay(group.step > 0 ? PassWay::WidenAddressesAscending : PassWay::WidenAddressesDescending);
    if (group.isObject)
      countWay(PassWay::WidenAddressesObject);
    for (const Index &index : group.indices)
      replaceUses(index, group);
  }
  return true;
}

/// Forgets the loop, and values behind it, which now come from two loops.
void LoopWidener::forgetLoop() {
  evolution.forgetLoop(&loop);
  SmallVector<BasicBlock *, 4> exits;
  loop.getUniqueExitBlocks(exits);
  for (BasicBlock *exit : exits)
    for (PHINode &phi : exit->phis())
      evolution.forgetLcssaPhiWithNewPredecessor(&loop, &phi);
  evolution.forgetBlockAndLoopDispositions();
}

PHINode *LoopWidener::makePhi(Value *start, int64_t step, const Twine &name) {
  IRBuilder<> builder(loop.getHeader(), loop.getHeader()->begin());
  PHINode *phi = builder.CreatePHI(start->getType(), 2, name);
  builder.SetInsertPoint(loop.getLoopLatch()->getTerminator());
  Value *next = builder.CreateAdd(phi, ConstantInt::getSigned(start->getType(), step),
                                  name + ".next", /*NUW=*/step > 0, /*NSW=*/true);
  phi->addIncoming(start, loop.getLoopPreheader());
  phi->addIncoming(next, loop.getLoopLatch());
  return phi;
}

PHINode *LoopWidener::stepsOf(int64_t step) {
  PHINode *&phi = steps[step];
  if (!phi)
    phi = makePhi(ConstantInt::get(Type::getInt64Ty(loop.getHeader()->getContext()), 0), step,
                  "steps");
  return phi;
}

void LoopWidener::replaceUses(const Index &index, Group &group) {
  const int64_t distance = group.distanceOf(index);
  for (User *user : make_early_inc_range(index.extension->users())) {
    auto *address = dyn_cast<GetElementPtrInst>(user);
    if (!address || !markedBase(*address))
      continue;
    address->replaceAllUsesWith(addressIn(group, *address, distance));
    address->eraseFromParent();
  }
  if (!index.extension->use_empty()) {
    countWay(PassWay::WidenAddressesOtherUse);
    if (!group.wide)
      group.wide = makePhi(group.start, group.step, "address");
    IRBuilder<> builder(index.extension);
    index.extension->replaceAllUsesWith(
        builder.CreateAdd(group.wide, builder.getInt64(distance), "", /*NUW=*/true, /*NSW=*/true));
  }
  RecursivelyDeleteTriviallyDeadInstructions(index.extension);
}

/// The new form of `address`, for an index of `group`. The distance comes last, so that it folds
/// into the access.
Value *LoopWidener::addressIn(Group &group, GetElementPtrInst &address, int64_t distance) {
  const auto base = *markedBase(address);
  Value *sum = nullptr;
  if (group.isObject) {
    Value *&start = group.starts[base.first];
    if (!start) {
      IRBuilder<> builder(loop.getLoopPreheader()->getTerminator());
      start =
          builder.CreateAdd(builder.CreatePtrToInt(base.first, builder.getInt64Ty()), group.start);
      start = builder.CreateIntToPtr(start, address.getType(), "object");
    }
    Value *index = stepsOf(group.step);
    IRBuilder<> builder(&address);
    sum = builder.CreateInBoundsGEP(builder.getInt8Ty(), start, index);
  } else {
    if (!group.wide)
      group.wide = makePhi(group.start, group.step, "address");
    IRBuilder<> builder(&address);
    sum = builder.CreateInBoundsGEP(builder.getInt8Ty(), base.first, group.wide);
  }
  IRBuilder<> builder(&address);
  distance += base.second;
  return distance == 0 ? sum
                       : builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), sum, distance);
}

} // namespace

PreservedAnalyses WidenAddressesPass::run(Function &function, FunctionAnalysisManager &analyses) {
  auto &loops = analyses.getResult<LoopAnalysis>(function);
  if (loops.empty() || function.hasOptSize())
    return PreservedAnalyses::all();
  auto &evolution = analyses.getResult<ScalarEvolutionAnalysis>(function);
  auto &dominators = analyses.getResult<DominatorTreeAnalysis>(function);
  auto &target = analyses.getResult<TargetIRAnalysis>(function);
  bool changed = false;
  // Versions are made of what is there now, not of each other.
  for (Loop *loop : to_vector(loops.getLoopsInPreorder())) {
    if (!loop->isInnermost())
      continue;
    formLCSSA(*loop, dominators, &loops, &evolution);
    changed |= LoopWidener(*loop, evolution, dominators, loops, target).run();
  }
  return changed ? PreservedAnalyses::none() : PreservedAnalyses::all();
}

} // namespace w2n::compiler
