// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Calls through closed tables, and what becomes of some: a comparison of the index, and direct
// calls, which the inliner can look at.
#pragma once

#include <cstdint>
#include <llvm/IR/InstrTypes.h>
#include <llvm/IR/ValueHandle.h>
#include <span>

namespace w2n::compiler {

class ModuleLowering;

/// A call_indirect through a closed table, as it was lowered: from a block that does nothing else
/// at its end, `lookup` begins, where the callee is found and called; then `called`.
struct TableCall {
  uint32_t functionIndex, table, typeNumber;
  llvm::BasicBlock *lookup, *called;
  /// Null if the function was lowered once more.
  llvm::WeakVH call;
  llvm::WeakTrackingVH index;
};

/// Makes calls of `module` direct that reach few functions, and small ones.
void callDirectly(ModuleLowering &module);

} // namespace w2n::compiler
