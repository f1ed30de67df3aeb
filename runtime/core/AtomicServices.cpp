// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Services that compiled code calls for memory.atomic.wait and memory.atomic.notify. As in
// Services.cpp all checks come before any effect; the numbers that the guest gets are never
// negative, so a negative one says that a trap or an error was noted.
#include "lib/support/Range.h"
#include "runtime/arch/Arch.h"
#include "runtime/core/Activation.h"
#include "runtime/core/InstanceState.h"
#include "runtime/core/WaitQueue.h"

namespace w2n::runtime {

namespace {

using artifact::InstanceContext;
using artifact::TrapKind;

constexpr int32_t leave = -1;

int32_t leaveWith(TrapKind kind) {
  noteTrap(kind);
  return leave;
}

Memory &memoryOf(InstanceContext *context, uint32_t memory) {
  return *instanceOf(context).state().memories[memory];
}

template <typename T>
int32_t wait(InstanceContext *context, uint32_t memoryIndex, uint64_t address, uint64_t expected,
             int64_t timeoutNs) {
  const Memory &memory = memoryOf(context, memoryIndex);
  if (address % sizeof(T) != 0)
    return leaveWith(TrapKind::UnalignedAtomic);
  if (!memory.type.limits.shared)
    return leaveWith(TrapKind::ExpectedSharedMemory);
  if (!isInside(address, sizeof(T), memory.bytes().size()))
    return leaveWith(TrapKind::MemoryOutOfBounds);
  auto *place = reinterpret_cast<T *>(memory.record->base + address);
  auto result = waitAt(place, T(expected), timeoutNs);
  if (result)
    return int32_t(*result);
  noteHostError(std::move(result).error());
  return leave;
}

} // namespace
} // namespace w2n::runtime

using namespace w2n::runtime;
using namespace w2n::artifact;
using w2n::isInside;

extern "C" {

int32_t w2nMemoryWait32(InstanceContext *context, uint32_t memory, uint64_t address,
                        uint64_t expected, int64_t timeoutNs) {
  return wait<uint32_t>(context, memory, address, expected, timeoutNs);
}

int32_t w2nMemoryWait64(InstanceContext *context, uint32_t memory, uint64_t address,
                        uint64_t expected, int64_t timeoutNs) {
  return wait<uint64_t>(context, memory, address, expected, timeoutNs);
}

int32_t w2nMemoryNotify(InstanceContext *context, uint32_t memoryIndex, uint64_t address,
                        uint32_t count) {
  const Memory &memory = memoryOf(context, memoryIndex);
  if (address % sizeof(uint32_t) != 0)
    return leaveWith(TrapKind::UnalignedAtomic);
  if (!isInside(address, sizeof(uint32_t), memory.bytes().size()))
    return leaveWith(TrapKind::MemoryOutOfBounds);
  // Nobody can wait at a memory that is not shared.
  return int32_t(notify(memory.record->base + address, count));
}
}
