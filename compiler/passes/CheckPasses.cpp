// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Numbers of loads before and after a pass tell little: passes merge loads, copy them with their
// loops, and delete what cannot be reached. So each load that must trap is watched by itself. A
// pass that finds its value elsewhere says so by replacing its uses; what is deleted without that,
// in a block that is still reached, has lost its trap.

#include "compiler/passes/CheckPasses.h"

#include "compiler/ir/Contract.h"

#include <deque>
#include <llvm/ADT/Any.h>
#include <llvm/ADT/SmallPtrSet.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/IR/CFG.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/PassManager.h>
#include <llvm/IR/ValueHandle.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Support/ErrorHandling.h>
#include <llvm/Support/raw_ostream.h>
#include <memory>

namespace w2n::compiler {

using namespace llvm;

namespace {

/// Watches a load that must trap.
class WatchedLoad final : public CallbackVH {
public:
  explicit WatchedLoad(LoadInst &load)
      : CallbackVH(&load), block(load.getParent()), wasVolatile(load.isVolatile()) {}

  /// The mistake of the pass; null if it made none. `reached` are the blocks that are still
  /// reached.
  const char *fault(const SmallPtrSetImpl<const BasicBlock *> &reached) const;

private:
  void deleted() override {
    isDeleted = true;
    CallbackVH::deleted();
  }
  void allUsesReplacedWith(Value *) override { isReplaced = true; }

  WeakVH block;
  bool wasVolatile;
  bool isDeleted = false, isReplaced = false;
};

const char *WatchedLoad::fault(const SmallPtrSetImpl<const BasicBlock *> &reached) const {
  if (!isDeleted) {
    const auto *load = cast<LoadInst>(getValPtr());
    return wasVolatile && !load->isVolatile() ? "made a volatile guest load an ordinary one"
                                              : nullptr;
  }
  if (isReplaced || !block)
    return nullptr;
  const auto *where = cast<BasicBlock>(static_cast<Value *>(block));
  // Code may have been cut off behind what cannot return.
  if (!reached.contains(where) || isa<UnreachableInst>(where->getTerminator()))
    return nullptr;
  return "deleted a guest load that may trap";
}

/// Adds the successors that `block` can go on to: passes empty the blocks behind a constant
/// condition and leave the branch.
void addSuccessors(const BasicBlock &block, SmallVectorImpl<const BasicBlock *> &found) {
  const Instruction &last = *block.getTerminator();
  const auto *branch = dyn_cast<BranchInst>(&last);
  const auto *choice = dyn_cast<SwitchInst>(&last);
  const Value *condition = branch && branch->isConditional() ? branch->getCondition()
                           : choice                          ? choice->getCondition()
                                                             : nullptr;
  if (condition && isa<UndefValue>(condition))
    return;
  const auto *constant = dyn_cast_or_null<ConstantInt>(condition);
  if (!constant)
    found.append(succ_begin(&block), succ_end(&block));
  else if (branch)
    found.push_back(branch->getSuccessor(constant->isZero()));
  else
    found.push_back(choice->findCaseValue(constant)->getCaseSuccessor());
}

SmallPtrSet<const BasicBlock *, 32> reachedBlocks(const Function &function) {
  SmallPtrSet<const BasicBlock *, 32> reached;
  SmallVector<const BasicBlock *, 32> worklist = {&function.getEntryBlock()};
  while (!worklist.empty()) {
    const BasicBlock *block = worklist.pop_back_val();
    if (reached.insert(block).second)
      addSuccessors(*block, worklist);
  }
  return reached;
}

bool mustTrap(const LoadInst &load) {
  return isGuestLoad(load) && (load.isVolatile() || any_of(load.users(), [](const User *user) {
                                 return isa<AssumeInst>(user);
                               }));
}

/// The function that a pass over `unit` may change; null for passes over other units.
Function *functionOf(const Any &unit) {
  const Function *function = nullptr;
  if (const auto *whole = any_cast<const Function *>(&unit))
    function = *whole;
  else if (const auto *loop = any_cast<const Loop *>(&unit))
    function = (*loop)->getHeader()->getParent();
  return const_cast<Function *>(function);
}

/// Whether `pass` only runs others, each of which is checked by itself.
bool runsOthers(StringRef pass) {
  return pass.starts_with("PassManager<") || pass.ends_with("PassAdaptor");
}

/// A pass that runs. Adaptors run others, so there may be several.
struct Running {
  Function *function; ///< null for what is not checked
  std::deque<WatchedLoad> loads;
};

/// Passes that put several loads in the place of one, or one in the place of several, so that a
/// load is replaced by no value. What they do is looked at otherwise: by tests of their own, and by
/// ValidateReroll.h at each application.
bool changesNumberOfLoads(StringRef pass) {
  return pass.ends_with("SplitCopiesPass") || pass.ends_with("RerollLoopsPass");
}

class Checks {
public:
  void begin(StringRef pass, const Any &unit);
  void end(StringRef pass);

private:
  std::deque<Running> running;
};

void Checks::begin(StringRef pass, const Any &unit) {
  Function *function = runsOthers(pass) ? nullptr : functionOf(unit);
  Running &now = running.emplace_back(Running{function, {}});
  if (!function || function->isDeclaration())
    return;
  const auto reached = reachedBlocks(*function);
  for (BasicBlock &block : *function)
    if (reached.contains(&block))
      for (Instruction &instruction : block)
        if (auto *load = dyn_cast<LoadInst>(&instruction); load && mustTrap(*load))
          now.loads.emplace_back(*load);
}

void Checks::end(StringRef pass) {
  const Running &done = running.back();
  if (done.function && !done.function->isDeclaration()) {
    auto fail = [&](const Twine &what) {
      done.function->print(errs());
      report_fatal_error(pass + " " + what + " in " + done.function->getName(),
                         /*gen_crash_diag=*/false);
    };
    if (verifyFunction(*done.function, &errs()))
      fail("left invalid code");
    const auto reached = reachedBlocks(*done.function);
    for (const WatchedLoad &load : done.loads)
      if (const char *fault = load.fault(reached); fault && !changesNumberOfLoads(pass))
        fail(fault);
  }
  running.pop_back();
}

} // namespace

void addPassChecks(PassInstrumentationCallbacks &hooks) {
  auto checks = std::make_shared<Checks>();
  hooks.registerBeforeNonSkippedPassCallback(
      [checks](StringRef pass, const Any &unit) { checks->begin(pass, unit); });
  hooks.registerAfterPassCallback(
      [checks](StringRef pass, const Any &, const PreservedAnalyses &) { checks->end(pass); });
  hooks.registerAfterPassInvalidatedCallback(
      [checks](StringRef pass, const PreservedAnalyses &) { checks->end(pass); });
}

} // namespace w2n::compiler
