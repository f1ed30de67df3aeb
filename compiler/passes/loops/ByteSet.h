// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A condition on a byte as the bytes for which it holds.
#pragma once

#include <llvm/ADT/STLFunctionalExtras.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/IR/ConstantRange.h>

namespace w2n::compiler {

/// The bytes that are in one of `ranges`.
struct ByteSet {
  const llvm::Value *byte;
  llvm::SmallVector<llvm::ConstantRange, 4> ranges;
};

/// The values of the only element, a byte, that `condition` depends on, for which it holds. Nothing
/// if it depends on something else, or is as cheap as it is: computed in bytes, with no shifts by
/// the element. Where it is poison the set may have the byte or not.
std::optional<ByteSet> findByteSet(const llvm::Value &condition, const llvm::Loop &loop,
                                   llvm::function_ref<bool(const llvm::Value *)> isElement);

} // namespace w2n::compiler
