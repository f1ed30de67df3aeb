// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/codegen/PassTimes.h"

namespace w2n::compiler {

PassTimes::PassTimes() {
  hooks.registerBeforeNonSkippedPassCallback(
      [this](llvm::StringRef name, llvm::Any) { begin(name); });
  hooks.registerAfterPassCallback(
      [this](llvm::StringRef, llvm::Any, const llvm::PreservedAnalyses &) { end(); });
  hooks.registerAfterPassInvalidatedCallback(
      [this](llvm::StringRef, const llvm::PreservedAnalyses &) { end(); });
  hooks.registerBeforeAnalysisCallback([this](llvm::StringRef name, llvm::Any) { begin(name); });
  hooks.registerAfterAnalysisCallback([this](llvm::StringRef, llvm::Any) { end(); });
}

/// Time since the last change belongs to the pass that ran until now.
void PassTimes::switchTo(Clock::time_point now) {
  if (!running.empty())
    spent[running.back()] += std::chrono::duration<double>(now - since).count();
  since = now;
}

void PassTimes::begin(llvm::StringRef name) {
  switchTo(Clock::now());
  running.push_back(name.str());
}

void PassTimes::end() {
  switchTo(Clock::now());
  running.pop_back();
}

} // namespace w2n::compiler
