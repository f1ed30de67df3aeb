// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Ends optimization and code generation early when the budget of a compilation is exceeded. The
// output is then worthless: the caller asks the budget, and drops it.
#pragma once

#include "lib/support/CompileBudget.h"

#include <llvm/CodeGen/TargetPassConfig.h>
#include <llvm/IR/OptBisect.h>
#include <llvm/IR/PassInstrumentation.h>

namespace w2n::compiler {

/// Has passes over LLVM IR skipped as soon as `budget` is exceeded: each pass asks before it begins
/// with a function or a loop.
void skipPassesAtBudget(llvm::PassInstrumentationCallbacks &hooks, CompileBudget &budget);

/// The same for the passes of the code generator that can be left out. It belongs to a context.
class BudgetGate : public llvm::OptPassGate {
public:
  explicit BudgetGate(CompileBudget &budget) : budget(budget) {}
  bool isEnabled() const override { return budget.isLimited(); }
  bool shouldRunPass(llvm::StringRef, llvm::StringRef) const override {
    return !budget.isExceeded();
  }

private:
  CompileBudget &budget;
};

/// Has `config` ask `budget` after each of its expensive passes over a function. When it is
/// exceeded, nothing more is generated for this function and those that follow. The passes that do
/// so are for deleteUnused, after `config` has made its pipeline.
llvm::SmallVector<llvm::Pass *, 9> dropFunctionsAtBudget(llvm::TargetPassConfig &config,
                                                         CompileBudget &budget);

/// Deletes those of `inserted` that no pass manager owns, because what they come after is not in
/// the pipeline.
void deleteUnused(llvm::ArrayRef<llvm::Pass *> inserted);

} // namespace w2n::compiler
