// Which pages of a private mapping a process has written: Linux keeps a copy of its own for each,
// and since 6.7 tells where they are (PAGEMAP_SCAN, Documentation/admin-guide/mm/pagemap.rst).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace w2n::platform {

struct AddressRange {
  uint8_t *begin;
  uint64_t bytes;
};

struct PrivatePages {
  /// How many of the caller's ranges were filled in.
  size_t rangeCount;
  /// Where the search ended: no page below it is missing from the ranges.
  uint8_t *end;
};

/// Finds the private copies among the pages of `bytes` at `begin`, at most `maxPages` pages, and
/// stores them in `ranges`, ascending. Nullopt if the system cannot tell. Threads: any.
std::optional<PrivatePages> findPrivatePages(uint8_t *begin, uint64_t bytes, uint64_t maxPages,
                                             std::span<AddressRange> ranges);

} // namespace w2n::platform
