// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Names of functions. A module chooses the names in its name section, and they may be any bytes:
// the same for two functions, an intrinsic's of LLVM, a helper's or a builtin's, a section's,
// something that an assembler or a linker gives a meaning to. So nothing is ever found by such a
// name.
//
//  - Symbols, by which objects refer to each other, are made of the function's index.
//  - Display names are for people: reports, messages, and the symbol table of the finished
//  artifact,
//    whose names are exchanged after linking (link/RenameSymbols.h).
#pragma once

#include "lib/wasm/Module.h"

#include <llvm/ADT/StringRef.h>
#include <optional>

namespace w2n::compiler {

/// "fn12.fib", or "fn12" without a name: unique because of the index. Of the wasm name, a few
/// letters, digits and underscores follow for readers of assembly; it cannot contain the dots and
/// hyphens with which helpers and slices mark their symbols.
std::vector<std::string> functionSymbols(const wasm::Module &module);

/// The index in a symbol that functionSymbols made, whatever follows it after a dot; nothing for
/// another symbol.
std::optional<uint32_t> functionIndexOf(llvm::StringRef symbol);

/// The wasm names up to a limit of length, without control characters; "wasm-function[12]" without
/// a name. A name that occurs again gets ".wasm-function[12]" appended, so that reports and
/// profiles tell functions apart.
std::vector<std::string> functionDisplayNames(const wasm::Module &module);

} // namespace w2n::compiler
