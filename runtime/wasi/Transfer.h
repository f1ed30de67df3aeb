// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Large reads and writes. A call that waits is ended by the signal of an interrupt, but one that
// copies a regular file's bytes is not: so those are done in pieces.
#pragma once

#include "runtime/wasi/FileTable.h"
#include "runtime/wasi/IoVectors.h"
#include "runtime/wasi/Restart.h"

namespace w2n::wasi {

/// A few milliseconds from memory, page faults included; some more from a disk.
inline constexpr uint64_t transferBytes = 4 << 20;

/// Part of a list of buffers: of at most transferBytes, as far as a few of them reach.
class TransferPart {
public:
  /// From the byte `from` on, which must be in the list.
  TransferPart(const IoVectors &vectors, uint64_t from) {
    int index = 0;
    for (; from >= vectors.data()[index].iov_len; ++index)
      from -= vectors.data()[index].iov_len;
    for (; index < vectors.count() && used < maxParts && total < transferBytes; ++index, from = 0) {
      const iovec &whole = vectors.data()[index];
      const auto bytes = std::min<uint64_t>(whole.iov_len - from, transferBytes - total);
      parts[used++] = {static_cast<uint8_t *>(whole.iov_base) + from, bytes};
      total += bytes;
    }
  }
  const iovec *data() const { return parts; }
  int count() const { return used; }
  uint64_t totalBytes() const { return total; }

private:
  static constexpr int maxParts = 16;
  int used = 0;
  uint64_t total = 0;
  iovec parts[maxParts];
};

/// Moves the bytes of `vectors` by `move(list, count, done)`, a system call that gives the bytes
/// moved, after `done` of them: by one call, or where that would take long, by as many as it takes
/// until one moves less than it could, or the thread is interrupted. An error is one of the first.
template <typename Move>
WasiResult<ssize_t> transfer(const File &file, const IoVectors &vectors, Move move) {
  const uint64_t total = vectors.totalBytes();
  if (file.type != FileType::RegularFile || total <= transferBytes) [[likely]] {
    const ssize_t bytes =
        restarted([&] { return move(vectors.data(), vectors.count(), uint64_t(0)); });
    if (bytes < 0)
      return systemError();
    return bytes;
  }
  // The guest's count has 32 bits, of which the system never needs the last (read(2)).
  constexpr uint64_t maxBytes = 0x7ffff000;
  uint64_t done = 0;
  while (done < std::min(total, maxBytes) && !runtime::isInterrupted()) {
    const TransferPart part(vectors, done);
    const ssize_t bytes = restarted([&] { return move(part.data(), part.count(), done); });
    if (bytes < 0 && done == 0)
      return systemError();
    done += uint64_t(std::max<ssize_t>(bytes, 0));
    if (bytes < 0 || uint64_t(bytes) < part.totalBytes())
      break;
  }
  return ssize_t(done);
}

} // namespace w2n::wasi
