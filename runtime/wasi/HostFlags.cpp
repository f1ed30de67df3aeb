// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/HostFlags.h"

#include "runtime/wasi/Witx.h"

#include <fcntl.h>

namespace w2n::wasi {

namespace {
struct FlagRow {
  uint32_t guest;
  int host;
};
// O_SYNC contains O_DSYNC and is O_RSYNC on Linux (open(2)), hence the comparison of all bits.
constexpr FlagRow flagRows[] = {{fdflags::append, O_APPEND},
                                {fdflags::dsync, O_DSYNC},
                                {fdflags::nonblock, O_NONBLOCK},
                                {fdflags::rsync, O_RSYNC},
                                {fdflags::sync, O_SYNC}};
} // namespace

int hostFdFlags(uint32_t guestFlags) {
  int flags = 0;
  for (const FlagRow &row : flagRows)
    if (guestFlags & row.guest)
      flags |= row.host;
  return flags;
}

uint32_t guestFdFlags(int hostFlags) {
  uint32_t flags = 0;
  for (const FlagRow &row : flagRows)
    if ((hostFlags & row.host) == row.host)
      flags |= row.guest;
  return flags;
}

} // namespace w2n::wasi
