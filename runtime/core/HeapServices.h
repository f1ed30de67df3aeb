// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Allocation in the heap of an instance, for the services that make objects.
#pragma once

#include "lib/artifact/Abi.h"
#include "lib/artifact/HeapLayout.h"

namespace w2n::runtime {

/// A new object of the type with the canonical number `typeId`, all zero behind its header; 0 after
/// noting the trap, where there is no room or the thread is interrupted.
uint32_t allocateObject(artifact::InstanceContext *context, uint32_t typeId, uint32_t length);

} // namespace w2n::runtime
