// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Faults that a guest's author wants to meet before users do: reads and writes that move less than
// they could, or are interrupted, disks that are full, clocks of a machine that is busy. Which call
// meets which fault is a function of the seed and of the calls before it.
#pragma once

#include "runtime/wasi/FileTable.h"
#include "runtime/wasi/IoVectors.h"

#include <atomic>

namespace w2n::wasi {

/// Threads: any; with several, which of them meets a fault depends on their order.
class Chaos {
public:
  explicit Chaos(uint64_t seed) : seed(seed) {}

  /// One read or write of sixteen.
  bool interrupts() { return oneOf(16); }
  /// One write or new entry of thirty-two.
  bool diskIsFull() { return oneOf(32); }
  /// The part of `bytes`, which are more than 0, that is moved: all, or at least 1.
  uint64_t shortened(uint64_t bytes);
  /// By how much clocks are ahead: one reading of four moves them by up to 10 ms.
  uint64_t aheadNs();

private:
  uint64_t next();
  bool oneOf(uint64_t count) { return next() % count == 0; }

  const uint64_t seed;
  std::atomic<uint64_t> decisions = 0;
  std::atomic<uint64_t> clocksNs = 0;
};

enum class Transfer : uint8_t { Read, Write };

/// `move(vectors)`, unless the file's chaos wants it otherwise. Errors: Intr, NoSpc, `move`'s.
template <typename Move>
WasiResult<ssize_t> withFaults(const File &file, const IoVectors &vectors, Transfer direction,
                               Move move) {
  if (!file.chaos) [[likely]]
    return move(vectors);
  const uint64_t totalBytes = vectors.totalBytes();
  if (totalBytes == 0)
    return move(vectors);
  if (file.chaos->interrupts())
    return std::unexpected(Errno::Intr);
  const bool takesRoom = direction == Transfer::Write && file.type == FileType::RegularFile;
  if (takesRoom && file.chaos->diskIsFull())
    return std::unexpected(Errno::NoSpc);
  return move(IoVectors(vectors, file.chaos->shortened(totalBytes)));
}

} // namespace w2n::wasi
