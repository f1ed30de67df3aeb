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

#include "compiler/codegen/WidenAddresses.h"

#include "compiler/codegen/GuestAddress.h"
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

/// Indices of one loop and step, at constant distances from each other.
using Group = SmallVector<Index, 8>;

class LoopWidener {
public:
  LoopWidener(Loop &loop, ScalarEvolution &evolution, DominatorTree &dominators)
      : loop(loop), evolution(evolution), dominators(dominators) {}

  bool run();

private:
  void collect(ZExtInst &extension);
  bool widen(const Group &group);
  PHINode *makeRecurrence(const Index &pivot);
  bool replaceUses(const Index &index, const Index &pivot, PHINode &wide);
  bool mayReplace(const Use &use, const Index &index, const Index &pivot) const;
  bool happensWith(const Instruction &access, const Instruction &pivotAccess) const;

  Loop &loop;
  ScalarEvolution &evolution;
  DominatorTree &dominators;
  SmallVector<Group, 4> groups;
  SmallVector<Instruction *, 16> dead; ///< what nobody may need any more
};

int64_t stepOf(const SCEVAddRecExpr &recurrence, ScalarEvolution &evolution) {
  return cast<SCEVConstant>(recurrence.getStepRecurrence(evolution))->getAPInt().getSExtValue();
}

bool LoopWidener::run() {
  if (!loop.isLoopSimplifyForm())
    return false;
  for (BasicBlock *block : loop.blocks())
    for (Instruction &instruction : *block)
      if (auto *extension = dyn_cast<ZExtInst>(&instruction))
        collect(*extension);
  bool changed = false;
  for (const Group &group : groups)
    changed |= widen(group);
  // Not left to others: what seems to use an induction variable misleads them.
  SmallVector<WeakTrackingVH, 16> deadUsers;
  for (Instruction *extension : dead)
    deadUsers.append(extension->user_begin(), extension->user_end());
  RecursivelyDeleteTriviallyDeadInstructionsPermissive(deadUsers);
  return changed;
}

void LoopWidener::collect(ZExtInst &extension) {
  if (!extension.getSrcTy()->isIntegerTy(32) || !extension.getDestTy()->isIntegerTy(64))
    return;
  Index index = {&extension, nullptr, 0, guestAccessesOf(extension)};
  if (index.accesses.empty())
    return;
  index.recurrence = dyn_cast<SCEVAddRecExpr>(evolution.getSCEV(extension.getOperand(0)));
  if (!index.recurrence || index.recurrence->getLoop() != &loop || !index.recurrence->isAffine() ||
      !isa<SCEVConstant>(index.recurrence->getStepRecurrence(evolution)))
    return;
  const int64_t step = stepOf(*index.recurrence, evolution);
  if (step == 0 || step > reach || step < -reach)
    return;
  for (const GuestAccess &access : index.accesses)
    if (dominators.dominates(access.instruction->getParent(), loop.getLoopLatch()) &&
        (step > 0 || access.offset == 0))
      index.everyIteration = access.instruction;
  for (Group &group : groups) {
    if (stepOf(*group.front().recurrence, evolution) != step)
      continue;
    auto distance = evolution.computeConstantDifference(index.recurrence, group.front().recurrence);
    if (!distance || distance->abs().ugt(reach))
      continue;
    index.distance = distance->getSExtValue();
    group.push_back(std::move(index));
    return;
  }
  groups.push_back({std::move(index)});
}

bool LoopWidener::widen(const Group &group) {
  const Index *pivot = nullptr;
  for (const Index &index : group)
    if (index.everyIteration && (!pivot || index.distance < pivot->distance))
      pivot = &index;
  if (!pivot)
    return false;
  PHINode *wide = makeRecurrence(*pivot);
  if (!wide)
    return false;
  bool changed = false;
  for (const Index &index : group)
    changed |= replaceUses(index, *pivot, *wide);
  return changed;
}

PHINode *LoopWidener::makeRecurrence(const Index &pivot) {
  const SCEV *first = pivot.recurrence->getStart();
  Instruction *before = loop.getLoopPreheader()->getTerminator();
  SCEVExpander expander(evolution, "wide");
  if (!expander.isSafeToExpandAt(first, before))
    return nullptr;
  Value *start = expander.expandCodeFor(first, first->getType(), before);
  IRBuilder<> builder(before);
  Type *type = pivot.extension->getType();
  start = builder.CreateZExt(start, type);
  builder.SetInsertPoint(loop.getHeader(), loop.getHeader()->begin());
  PHINode *wide = builder.CreatePHI(type, 2, "address");
  builder.SetInsertPoint(loop.getLoopLatch()->getTerminator());
  const int64_t step = stepOf(*pivot.recurrence, evolution);
  Value *next = builder.CreateAdd(wide, ConstantInt::getSigned(type, step), "address.next",
                                  /*NUW=*/step > 0, /*NSW=*/true);
  wide->addIncoming(start, loop.getLoopPreheader());
  wide->addIncoming(next, loop.getLoopLatch());
  return wide;
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
  const bool isUp = stepOf(*pivot.recurrence, evolution) > 0;
  if (isUp && index.distance == pivot.distance)
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

/// Other sums come `before` what `use` was. An address gets the distance after `wide`, so that it
/// folds into the access.
void replaceUse(Use &use, PHINode &wide, int64_t distance, Instruction &before) {
  IRBuilder<> builder(cast<Instruction>(use.getUser()));
  auto *address = dyn_cast<GetElementPtrInst>(use.getUser());
  if (distance == 0) {
    // What was a zero extension may be negative now, before the access that traps.
    if (address)
      address->setNoWrapFlags(address->getNoWrapFlags().withoutNoUnsignedWrap());
    return use.set(&wide);
  }
  if (address) {
    Value *sum =
        builder.CreateInBoundsGEP(builder.getInt8Ty(), address->getPointerOperand(), &wide);
    sum = builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), sum, distance);
    address->replaceAllUsesWith(sum);
    return;
  }
  builder.SetInsertPoint(&before);
  use.set(builder.CreateAdd(&wide, builder.getInt64(distance)));
}

bool LoopWidener::replaceUses(const Index &index, const Index &pivot, PHINode &wide) {
  const int64_t distance = index.distance - pivot.distance;
  if (distance < 0 || distance > reach)
    return false;
  SmallVector<Use *, 8> uses;
  for (Use &use : index.extension->uses())
    if (mayReplace(use, index, pivot))
      uses.push_back(&use);
  if (uses.size() != index.extension->getNumUses())
    return false;
  evolution.forgetValue(index.extension);
  for (Use *use : uses)
    replaceUse(*use, wide, distance, *index.extension);
  dead.push_back(index.extension);
  return true;
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
  if (!changed)
    return PreservedAnalyses::all();
  PreservedAnalyses preserved;
  preserved.preserveSet<CFGAnalyses>();
  return preserved;
}

} // namespace w2n::compiler
