// Which lanes of a value the code generator must compute.
#pragma once

#include <llvm/IR/Instruction.h>

namespace w2n::compiler {

/// Whether some use of `load` wants all of its lanes, and of a scalar that it becomes a lane that
/// somebody wants. False where it cannot be told: LLVM's DemandedBits knows bits of lanes, not
/// lanes.
bool demandsAllLanes(const llvm::Instruction &load);

} // namespace w2n::compiler
