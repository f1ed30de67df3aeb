// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/platform/MemoryBarrier.h"

#include <cerrno>
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace w2n::platform {

namespace {

bool membarrier(int command) { return syscall(SYS_membarrier, command, 0, 0) == 0; }

} // namespace

bool issueBarrierOnAllThreads() {
  const int before = errno;
  // The system wants processes that ask for it to be registered, and says so (EPERM).
  const bool issued = membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED) ||
                      (membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) &&
                       membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED));
  errno = before;
  return issued;
}

} // namespace w2n::platform
