// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Masks for processors that go on while they guess a comparison: an index that a comparison admits
// is cut to the bound once more, without a branch, so that nothing outside is read even where the
// guess was wrong.
#pragma once

#include <llvm/IR/IRBuilder.h>

namespace w2n::compiler {

/// The attribute of functions whose switches and lookup tables passes/speculation/MaskSwitches.h is
/// to mask.
inline constexpr const char *maskedTablesAttribute = "w2n-masked-tables";

/// `value` from an empty piece of assembly, so that LLVM does not know that they are the same.
llvm::Value *hideValue(llvm::IRBuilderBase &builder, llvm::Value *value);

/// `value` if `isInside`, else `otherwise`, in a way that never becomes a branch. LLVM must not
/// know what `isInside` is: a value that it compares should be hidden.
llvm::Value *selectInside(llvm::IRBuilderBase &builder, llvm::Value *isInside, llvm::Value *value,
                          llvm::Value *otherwise);

/// `index`, which is less than `count`: zero where the processor guesses so wrongly. A constant
/// stays as it is.
llvm::Value *maskIndex(llvm::IRBuilderBase &builder, llvm::Value *index, llvm::Value *count);

} // namespace w2n::compiler
