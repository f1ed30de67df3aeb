// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Ranges of code that was inlined into another function, for backtraces: artifact::InlinedRange.
//
// Functions that may be inlined, and calls of them, have debug locations in a subprogram of the
// wasm function; LLVM keeps with each instruction through which calls it came. Unless the module's
// DWARF is translated, nothing else of debug information is made.
#pragma once

#include <llvm/ADT/DenseMap.h>
#include <llvm/CodeGen/AsmPrinterHandler.h>
#include <memory>

namespace llvm {
class AsmPrinter;
class DISubprogram;
} // namespace llvm

namespace w2n::compiler {

/// A handler for `printer` that writes the list after a module's code. `functions` are the indices
/// of the wasm functions that subprograms are; others are calls that the producer has inlined. Both
/// must outlive it.
std::unique_ptr<llvm::AsmPrinterHandler>
createInlinedFrames(llvm::AsmPrinter &printer,
                    const llvm::DenseMap<const llvm::DISubprogram *, uint32_t> &functions);

} // namespace w2n::compiler
