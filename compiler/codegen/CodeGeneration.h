// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// From optimized LLVM IR to an object file or assembly.
#pragma once

#include "lib/support/CompileBudget.h"

#include <llvm/ADT/DenseMap.h>
#include <llvm/IR/DebugInfoMetadata.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>

namespace w2n::compiler {

/// The debug information that the code is generated with.
struct Frames {
  /// The functions of the module by their subprograms; must outlive the passes.
  const llvm::DenseMap<const llvm::DISubprogram *, uint32_t> *subprograms;
  bool hasVariables; ///< with lines, variables and types, not only frames
};

/// Adds to `passes` what generates code as a file of type `fileType` in `stream`, with a section
/// that lists what was inlined where. Once `budget` is exceeded, what is left of the work is left
/// out. False if LLVM cannot emit such a file for this target.
bool addCodeGeneration(llvm::legacy::PassManager &passes, llvm::TargetMachine &machine,
                       llvm::raw_pwrite_stream &stream, llvm::CodeGenFileType fileType,
                       CompileBudget &budget, const Frames &frames);

} // namespace w2n::compiler
