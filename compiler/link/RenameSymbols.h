// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The symbol table of a finished artifact, for debuggers and profilers.
#pragma once

#include "compiler/link/MetadataWriter.h"

namespace w2n::compiler {

/// Exchanges the symbols of functions in `elf`, a shared object as the linker made it, for their
/// display names, followed by the slice's suffix where there are several. Nothing finds anything by
/// these names any more: they may be equal to each other, or to anything else.
Status renameSymbols(std::vector<uint8_t> &elf, const ModulePlan &plan,
                     std::span<const SliceCode> slices);

} // namespace w2n::compiler
