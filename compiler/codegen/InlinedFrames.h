// Where code of one function was inlined into another, for backtraces: artifact::InlinedRange.
//
// Functions that may be inlined, and calls of them, have debug locations whose line is the index of
// the wasm function; LLVM keeps with each instruction through which calls it came. Nothing else of
// debug information is made.
#pragma once

#include <llvm/IR/LegacyPassManager.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>

namespace w2n::compiler {

/// Adds to `passes` what generates code as a file of type `fileType` in `stream`, with a section
/// that lists what was inlined where. False if LLVM cannot emit such a file for this target.
bool addCodeGeneration(llvm::legacy::PassManager &passes, llvm::TargetMachine &machine,
                       llvm::raw_pwrite_stream &stream, llvm::CodeGenFileType fileType);

} // namespace w2n::compiler
