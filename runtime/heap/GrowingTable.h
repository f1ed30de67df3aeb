// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Memory at addresses that never change, of which more and more becomes accessible.
#pragma once

#include "runtime/platform/VirtualMemory.h"

#include <algorithm>
#include <utility>

namespace w2n::heap {

/// A reserved range whose first bytes are accessible; they are zero in the beginning.
class GrowingTable {
public:
  GrowingTable() = default;
  /// A table of at most `bytes`; empty if there is no room for them.
  static GrowingTable reserve(uint64_t bytes) {
    GrowingTable table;
    bytes = platform::roundUpToPage(bytes);
    table.address = platform::reserve(bytes);
    table.reservedBytes = table.address ? bytes : 0;
    return table;
  }
  GrowingTable(GrowingTable &&other) noexcept { *this = std::move(other); }
  GrowingTable &operator=(GrowingTable &&other) noexcept {
    std::swap(address, other.address);
    std::swap(reservedBytes, other.reservedBytes);
    std::swap(committedBytes, other.committedBytes);
    return *this;
  }
  ~GrowingTable() { platform::release(address, reservedBytes); }

  explicit operator bool() const { return address != nullptr; }
  uint8_t *data() const { return address; }
  uint64_t capacityBytes() const { return reservedBytes; }

  /// Makes the first `bytes` accessible, in steps of `stepBytes`. False if the system has no memory
  /// for them, or if the table does not reach so far.
  bool growTo(uint64_t bytes, uint64_t stepBytes) {
    if (bytes <= committedBytes)
      return true;
    if (bytes > reservedBytes)
      return false;
    const uint64_t stepped = (bytes + stepBytes - 1) / stepBytes * stepBytes;
    const uint64_t wanted = std::min(platform::roundUpToPage(stepped), reservedBytes);
    if (!platform::commit(address + committedBytes, wanted - committedBytes))
      return false;
    committedBytes = wanted;
    return true;
  }

private:
  uint8_t *address = nullptr;
  uint64_t reservedBytes = 0, committedBytes = 0;
};

} // namespace w2n::heap
