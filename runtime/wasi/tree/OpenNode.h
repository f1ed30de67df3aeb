// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// An open file of a tree: a node with a position and flags, as a descriptor of the host has them.
#pragma once

#include "runtime/wasi/IoVectors.h"
#include "runtime/wasi/tree/Node.h"

#include <mutex>
#include <sys/types.h>

namespace w2n::wasi {

/// Threads: any. Rights are checked by those who call.
class OpenNode {
public:
  /// `hostFlags` are those of open(2).
  OpenNode(NodeHandle node, int hostFlags) : node(std::move(node)), hostFlags(hostFlags) {}

  WasiResult<ssize_t> read(const IoVectors &vectors);
  WasiResult<ssize_t> readAt(const IoVectors &vectors, uint64_t offset);
  /// Writes at the file's position, or at its end if it is open for appending.
  WasiResult<ssize_t> write(const IoVectors &vectors);
  WasiResult<ssize_t> writeAt(const IoVectors &vectors, uint64_t offset);
  WasiResult<ssize_t> append(const IoVectors &vectors);
  /// As lseek(2).
  WasiResult<uint64_t> seek(int64_t offset, int whence);
  Outcome setSize(uint64_t bytes);
  /// Makes the file as large as `endBytes`, if it is smaller, as fallocate(2).
  Outcome allocate(uint64_t offset, uint64_t bytes);

  int flags();
  void setFlags(int hostFlags);

  /// Fills `records`, aligned as a HostEntry, with entries from `position` on, which goes forward;
  /// how many bytes, 0 at the end.
  WasiResult<size_t> list(std::span<char> records, int64_t &position);

  const NodeHandle node;

private:
  // These need `turn`.
  WasiResult<ssize_t> writeThere(const IoVectors &vectors, uint64_t offset);
  WasiResult<uint64_t> endBytes();

  /// Held by what uses the position, or decides by the size where a write goes.
  std::mutex turn;
  uint64_t position = 0;
  int hostFlags;
};

} // namespace w2n::wasi
