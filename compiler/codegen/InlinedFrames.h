// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Ranges of code that was inlined into another function, for backtraces: artifact::InlinedRange.
//
// Functions that may be inlined, and calls of them, have debug locations whose line is the index of
// the wasm function; LLVM keeps with each instruction through which calls it came. Nothing else of
// debug information is made.
#pragma once

#include <llvm/CodeGen/AsmPrinterHandler.h>
#include <memory>

namespace llvm {
class AsmPrinter;
}

namespace w2n::compiler {

/// A handler for `printer`, which it must not outlive, that writes the list after a module's code.
std::unique_ptr<llvm::AsmPrinterHandler> createInlinedFrames(llvm::AsmPrinter &printer);

} // namespace w2n::compiler
