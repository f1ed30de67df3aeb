// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The memory of this process.
#pragma once

#include <cstdint>

namespace w2n {

/// Bytes of the process that are in memory now, to a page; 0 where the system does not tell. Takes
/// some microseconds. Threads: any. Source: proc_pid_statm(5).
uint64_t residentBytes();

} // namespace w2n
