// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Records of a directory's entries, as the kernel lists them.
#pragma once

#include "runtime/wasi/Errno.h"

#include <span>
#include <sys/syscall.h>
#include <unistd.h>

namespace w2n::wasi {

/// A record of getdents64(2); the name follows, terminated.
struct HostEntry {
  uint64_t inode;
  int64_t next;
  uint16_t recordBytes;
  uint8_t type;
  char name[];
};

/// More than one takes: NAME_MAX does not hold on every file system.
inline constexpr size_t maxRecordBytes = 4096;

/// Fills `records`, aligned as a HostEntry, from where the directory is; how many bytes, 0 at its
/// end. Errors: the system's.
inline WasiResult<size_t> readDirectoryRecords(int host, std::span<char> records) {
  const long bytes = syscall(SYS_getdents64, host, records.data(), records.size());
  if (bytes < 0)
    return systemError();
  return size_t(bytes);
}

} // namespace w2n::wasi
