// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Hardware faults of compiled code as traps.
#pragma once

#include <cstdint>

namespace w2n::runtime {

/// Installs the handlers for the process, or gives them first place again
/// (platform::installFaultHandler); they take only faults of compiled code. Threads: any.
void installFaultHandlers();

/// Whether `programCounter` is in the code between host and guest (Arch.h).
bool isCrossing(uintptr_t programCounter);

} // namespace w2n::runtime
