// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A guest's list of buffers, checked and turned into the host's.
#pragma once

#include "runtime/wasi/GuestMemory.h"
#include "runtime/wasi/Witx.h"

#include <climits>
#include <sys/uio.h>

namespace w2n::wasi {

/// The first buffers of a list that are not empty, up to as many as the system takes in a call: one
/// that uses fewer than the guest gave reads or writes less, which it may. The list is read once,
/// so that a buffer that overlaps it changes nothing.
class IoVectors {
public:
  /// Notes in `failure`, unless something is there: Fault, if the list or a buffer that would be
  /// used is not in memory.
  IoVectors(GuestMemory memory, GuestPointer<IoVector> list, uint32_t count, Errno &failure);
  /// One buffer.
  explicit IoVectors(std::span<const uint8_t> buffer) : used(1) {
    vectors[0] = {const_cast<uint8_t *>(buffer.data()), buffer.size()};
  }
  /// The first `maxBytes` of `whole`.
  IoVectors(const IoVectors &whole, uint64_t maxBytes);
  IoVectors(const IoVectors &) = delete;
  IoVectors &operator=(const IoVectors &) = delete;

  const iovec *data() const { return vectors; }
  int count() const { return used; }
  uint64_t totalBytes() const;

private:
  Outcome read(GuestMemory memory, GuestPointer<IoVector> list, uint32_t count);

  static constexpr int maxCount = IOV_MAX; // 1,024
  int used = 0;
  iovec vectors[maxCount];
};

} // namespace w2n::wasi
