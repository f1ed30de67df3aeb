// A guest address is `base + zext(index) + offset`. Producers step through arrays with 32-bit
// indices whose additions may wrap around, and LLVM cannot take `zext` apart over those: neither
// over the step of a loop nor over `index + 8`. Here is what it cannot know:
//
//  (A) The last 64 KiB (artifact::wrapGuardBytes) are never accessible: an access at an effective
//      address of 2^32 - 64 KiB or more traps. (Past 2^32 everything does.)
//  (B) The 64 KiB before the base are not accessible either.
//
// From (A): where an access at zext(p) + offset has happened, p + k does not wrap around, for k up
// to 64 KiB. Take an index p that advances by the constant s, with an access at zext(p) + offset
// that happens in each iteration (its block dominates the latch): the pivot. The 64-bit w starts as
// zext(p) and advances by s. By induction w = zext(p) holds in each iteration: 0 < s <= 64 KiB,
// and the access in the iteration before did not trap. So w may stand for zext(p) anywhere, and
// w + k for zext(p + k), 0 < k <= 64 KiB, wherever the pivot's access has happened. If that comes
// later in the same block, then p + k wraps around only if the pivot's access traps, and it does
// not matter that the access at w + k has trapped before.
//
// Steps down, -64 KiB <= s < 0: w = zext(p) until p wraps around, and then the pivot's access must
// trap both ways: as p is now at least 2^32 - 64 KiB by (A), and by (B) because w is between
// -64 KiB and 0, for which its offset must be 0. Other uses must have the pivot's access before
// them, or later in the same block.

#include "compiler/passes/addresses/WidenAddresses.h"

#include "compiler/ir/GuestAddress.h"
#include "compiler/passes/Preserved.h"
#include "lib/artifact/Abi.h"

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/Analysis/ScalarEvolutionExpressions.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/Transforms/Utils/Local.h>
#include <llvm/Transforms/Utils/ScalarEvolutionExpander.h>

namespace w2n::compiler {

using namespace llvm;

namespace {

constexpr int64_t reach = artifact::wrapGuardBytes;

/// The zero extension of an index that advances in the loop.
struct Index {
  ZExtInst *extension;
  const SCEVAddRecExpr *recurrence;
  int64_t distance;                      ///< from the first index of its group
  SmallVector<GuestAccess, 4> accesses;  ///< through this index alone
  Instruction *everyIteration = nullptr; ///< an access that may be a pivot's
};

/// Indices of one loop and step, at constant distances from each other, and what they become.
struct Group {
  SmallVector<Index, 8> indices;
  const Index *pivot = nullptr;
  Value *start = nullptr; ///< of the pivot, 64 bits wide, before the loop
  bool isObject = false;  ///< whether its addresses are to look like those of an object of its own
  PHINode *wide = nullptr;
  SmallDenseMap<Value *, Value *> starts; ///< of objects: the first address, by memory
};

class LoopWidener {
public:
  LoopWidener(Loop &loop, ScalarEvolution &evolution, DominatorTree &dominators)
      : loop(loop), evolution(evolution), dominators(dominators) {}

  bool run();

private:
  void collect(ZExtInst &extension);
  void choosePivot(Group &group);
  void findObjects();
  bool makeStart(Group &group);
  PHINode *makePhi(Value *start, int64_t step, const Twine &name);
  PHINode *stepsOf(int64_t step);
  bool replaceUses(const Index &index, Group &group);
  void replaceUse(Use &use, int64_t distance, Group &group, Instruction &before);
  Value *addressIn(Group &group, GetElementPtrInst &address, int64_t distance);
  bool mayReplace(const Use &use, const Index &index, const Index &pivot) const;
  bool happensWith(const Instruction &access, const Instruction &pivotAccess) const;
  int64_t stepOf(const Index &index) const {
    return cast<SCEVConstant>(index.recurrence->getStepRecurrence(evolution))
        ->getAPInt()
        .getSExtValue();
  }

  Loop &loop;
  ScalarEvolution &evolution;
  DominatorTree &dominators;
  SmallVector<Group, 4> groups;
  SmallDenseMap<int64_t, PHINode *> steps; ///< from 0 on, by step
  SmallVector<Instruction *, 16> dead;     ///< what nobody may need any more
};

bool LoopWidener::run() {
  if (!loop.isLoopSimplifyForm())
    return false;
  for (BasicBlock *block : loop.blocks())
    for (Instruction &instruction : *block)
      if (ZExtInst *extension = asExtendedIndex(instruction))
        collect(*extension);
  for (Group &group : groups)
    choosePivot(group);
  erase_if(groups, [](const Group &group) { return !group.pivot; });
  if (loop.isInnermost())
    findObjects();
  bool changed = false;
  for (Group &group : groups)
    if (makeStart(group))
      for (const Index &index : group.indices)
        changed |= replaceUses(index, group);
  // Not left to others: what seems to use an induction variable misleads them.
  SmallVector<WeakTrackingVH, 16> deadUsers;
  for (Instruction *extension : dead)
    deadUsers.append(extension->user_begin(), extension->user_end());
  RecursivelyDeleteTriviallyDeadInstructionsPermissive(deadUsers);
  return changed;
}

void LoopWidener::collect(ZExtInst &extension) {
  Index index = {&extension, nullptr, 0, guestAccessesOf(extension)};
  if (index.accesses.empty())
    return;
  index.recurrence = dyn_cast<SCEVAddRecExpr>(evolution.getSCEV(extension.getOperand(0)));
  if (!index.recurrence || index.recurrence->getLoop() != &loop || !index.recurrence->isAffine() ||
      !isa<SCEVConstant>(index.recurrence->getStepRecurrence(evolution)))
    return;
  const int64_t step = stepOf(index);
  if (step == 0 || step > reach || step < -reach)
    return;
  for (const GuestAccess &access : index.accesses)
    if (dominators.dominates(access.instruction->getParent(), loop.getLoopLatch()) &&
        (step > 0 || access.offset == 0))
      index.everyIteration = access.instruction;
  for (Group &group : groups) {
    const Index &first = group.indices.front();
    if (stepOf(first) != step)
      continue;
    auto distance = evolution.computeConstantDifference(index.recurrence, first.recurrence);
    if (!distance || distance->abs().ugt(reach))
      continue;
    index.distance = distance->getSExtValue();
    group.indices.push_back(std::move(index));
    return;
  }
  groups.push_back({{std::move(index)}});
}

/// The lowest index of those that may be: the distances from it are positive.
void LoopWidener::choosePivot(Group &group) {
  for (const Index &index : group.indices)
    if (index.everyIteration && (!group.pivot || index.distance < group.pivot->distance))
      group.pivot = &index;
}

/// Arrays whose distance is not known become objects of their own for LLVM's analysis of
/// dependences, which otherwise compares all accesses of a memory with all others when the loop
/// begins, also an array's with its own.
void LoopWidener::findObjects() {
  Type *type = Type::getInt64Ty(loop.getHeader()->getContext());
  auto startOf = [&](const Group &group) {
    return evolution.getZeroExtendExpr(group.pivot->recurrence->getStart(), type);
  };
  for (Group &group : groups)
    group.isObject = none_of(groups, [&](const Group &other) {
      return &other != &group && stepOf(*other.pivot) == stepOf(*group.pivot) &&
             evolution.computeConstantDifference(startOf(other), startOf(group));
    });
  if (groups.size() < 2)
    for (Group &group : groups)
      group.isObject = false;
}

bool LoopWidener::makeStart(Group &group) {
  const SCEV *first = group.pivot->recurrence->getStart();
  Instruction *before = loop.getLoopPreheader()->getTerminator();
  SCEVExpander expander(evolution, "wide");
  if (!expander.isSafeToExpandAt(first, before))
    return false;
  Value *start = expander.expandCodeFor(first, first->getType(), before);
  IRBuilder<> builder(before);
  group.start = builder.CreateZExt(start, builder.getInt64Ty());
  return true;
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

/// Whether `pivotAccess` is reached whenever `access` is, whatever that does, with nothing between
/// that anybody could notice.
bool LoopWidener::happensWith(const Instruction &access, const Instruction &pivotAccess) const {
  if (dominators.dominates(&pivotAccess, &access) || &access == &pivotAccess)
    return true;
  if (access.getParent() != pivotAccess.getParent())
    return false;
  for (const Instruction *next = &access; next != &pivotAccess; next = next->getNextNode())
    if (isa<FenceInst>(next) ||
        (isa<CallBase>(next) && !isa<AssumeInst>(next) && next->mayHaveSideEffects()))
      return false;
  return true;
}

bool LoopWidener::mayReplace(const Use &use, const Index &index, const Index &pivot) const {
  if (stepOf(pivot) > 0 && index.distance == pivot.distance)
    return true;
  if (dominators.dominates(pivot.everyIteration, use))
    return true;
  bool isAddress = false;
  for (const GuestAccess &access : index.accesses)
    if (access.indexed == use.getUser()) {
      isAddress = true;
      if (!happensWith(*access.instruction, *pivot.everyIteration))
        return false;
    }
  return isAddress && hasOnlyGuestAccesses(*use.getUser());
}

bool LoopWidener::replaceUses(const Index &index, Group &group) {
  const int64_t distance = index.distance - group.pivot->distance;
  if (distance < 0 || distance > reach)
    return false;
  SmallVector<Use *, 8> uses;
  for (Use &use : index.extension->uses()) {
    if (!mayReplace(use, index, *group.pivot))
      return false;
    uses.push_back(&use);
  }
  evolution.forgetValue(index.extension);
  for (Use *use : uses)
    replaceUse(*use, distance, group, *index.extension);
  dead.push_back(index.extension);
  return true;
}

/// Sums that are no addresses come `before` the index that they stand for.
void LoopWidener::replaceUse(Use &use, int64_t distance, Group &group, Instruction &before) {
  auto *address = dyn_cast<GetElementPtrInst>(use.getUser());
  if (address && markedBase(*address)) {
    address->replaceAllUsesWith(addressIn(group, *address, distance));
    return;
  }
  if (!group.wide)
    group.wide = makePhi(group.start, stepOf(*group.pivot), "address");
  IRBuilder<> builder(&before);
  use.set(distance == 0 ? group.wide : builder.CreateAdd(group.wide, builder.getInt64(distance)));
}

/// What `address` is, for an index of `group`. The distance comes last, so that it folds into the
/// access.
Value *LoopWidener::addressIn(Group &group, GetElementPtrInst &address, int64_t distance) {
  const auto base = *markedBase(address);
  const int64_t step = stepOf(*group.pivot);
  Value *sum = nullptr;
  if (group.isObject) {
    Value *&start = group.starts[base.first];
    if (!start) {
      IRBuilder<> builder(loop.getLoopPreheader()->getTerminator());
      start =
          builder.CreateAdd(builder.CreatePtrToInt(base.first, builder.getInt64Ty()), group.start);
      start = builder.CreateIntToPtr(start, address.getType(), "object");
    }
    Value *index = stepsOf(step);
    IRBuilder<> builder(&address);
    sum = builder.CreateInBoundsGEP(builder.getInt8Ty(), start, index);
  } else {
    if (!group.wide)
      group.wide = makePhi(group.start, step, "address");
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
  if (loops.empty())
    return PreservedAnalyses::all();
  auto &evolution = analyses.getResult<ScalarEvolutionAnalysis>(function);
  auto &dominators = analyses.getResult<DominatorTreeAnalysis>(function);
  bool changed = false;
  for (Loop *loop : loops.getLoopsInPreorder())
    changed |= LoopWidener(*loop, evolution, dominators).run();
  return preservingBlocks(changed);
}

} // namespace w2n::compiler
