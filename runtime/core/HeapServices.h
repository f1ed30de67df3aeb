// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Allocation of objects for compiled code and for services.
#pragma once

#include "lib/artifact/Abi.h"
#include "lib/artifact/HeapLayout.h"

namespace w2n::runtime {

/// A new object of the type, all zero behind its header; `length` is 0 for structures. Returns 0
/// after noting the trap if there is no room.
uint32_t allocateObject(artifact::InstanceContext *context, uint32_t typeId, uint32_t length);

/// The heap of the process; null if the system has no address space for it.
artifact::HeapRecord *processHeap();

} // namespace w2n::runtime
