// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The lanes of a value that the code generator must compute.
#pragma once

#include <llvm/IR/Instruction.h>

namespace w2n::compiler {

/// Whether the uses of `load` together want all of its lanes, and of a scalar that becomes a lane
/// whether somebody wants that. False where it cannot be told: LLVM's DemandedBits knows bits of
/// lanes, not lanes.
bool demandsAllLanes(const llvm::Instruction &load);

} // namespace w2n::compiler
