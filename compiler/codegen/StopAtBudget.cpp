// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// LLVM's pass managers cannot be stopped, so that what is left has to become cheap. Optional passes
// are skipped. The others (instruction selection, register allocation) are skipped by each
// MachineFunctionPass for functions whose definition is said to be available elsewhere.

#include "compiler/codegen/StopAtBudget.h"

#include <llvm/CodeGen/MachineFunctionPass.h>
#include <llvm/CodeGen/Passes.h>
#include <llvm/IR/Module.h>

namespace w2n::compiler {

using namespace llvm;

namespace {

class DropFunctionsAtBudget : public MachineFunctionPass {
public:
  static char ID;
  explicit DropFunctionsAtBudget(CompileBudget &budget) : MachineFunctionPass(ID), budget(budget) {}

  bool runOnMachineFunction(MachineFunction &function) override {
    if (!budget.isExceeded())
      return false;
    for (Function &each : *function.getFunction().getParent())
      if (!each.isDeclaration())
        each.setLinkage(GlobalValue::AvailableExternallyLinkage);
    return false;
  }

  void getAnalysisUsage(AnalysisUsage &usage) const override {
    usage.setPreservesAll();
    MachineFunctionPass::getAnalysisUsage(usage);
  }

private:
  CompileBudget &budget;
};

char DropFunctionsAtBudget::ID = 0;

} // namespace

void skipPassesAtBudget(PassInstrumentationCallbacks &hooks, CompileBudget &budget) {
  if (budget.isLimited())
    hooks.registerShouldRunOptionalPassCallback(
        [&budget](StringRef, Any) { return !budget.isExceeded(); });
}

SmallVector<Pass *, 9> dropFunctionsAtBudget(TargetPassConfig &config, CompileBudget &budget) {
  SmallVector<Pass *, 9> inserted;
  if (!budget.isLimited())
    return inserted;
  // Each occurs at most once in the code generators of our targets: a pass object can be added
  // once.
  for (const void *pass :
       {&FinalizeISelID, &EarlyMachineLICMID, &PHIEliminationID, &TwoAddressInstructionPassID,
        &RegisterCoalescerID, &MachineSchedulerID, &StackSlotColoringID,
        &PrologEpilogCodeInserterID, &BranchFolderPassID}) {
    inserted.push_back(new DropFunctionsAtBudget(budget));
    config.insertPass(pass, inserted.back());
  }
  return inserted;
}

void deleteUnused(ArrayRef<Pass *> inserted) {
  for (Pass *pass : inserted)
    if (!pass->getResolver())
      delete pass;
}

} // namespace w2n::compiler
