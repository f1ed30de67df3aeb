// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Pages of a private mapping that a process has written: Linux keeps a copy of its own for each,
// and since 6.7 tells where they are (PAGEMAP_SCAN, Documentation/admin-guide/mm/pagemap.rst).
//
// No page that was written is missed. More may be found than were written: reading gives a process
// a page of its own where memory is locked (mlock), where userfaultfd serves it, or where another
// part of a huge page was written. Such a page is zero or the file's, and costs time alone.
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
  /// The number of the caller's ranges that were filled in.
  size_t rangeCount;
  /// The place where the search ended: no page below it is missing from the ranges.
  uint8_t *end;
};

/// Finds the private copies among the pages of `bytes` at `begin`, at most `maxPages` pages, and
/// stores them in `ranges`, ascending. Nullopt if the system cannot tell; one that merges equal
/// pages of the process cannot, as it puts its page of zeros in the place of written ones. Threads:
/// any.
std::optional<PrivatePages> findPrivatePages(uint8_t *begin, uint64_t bytes, uint64_t maxPages,
                                             std::span<AddressRange> ranges);

} // namespace w2n::platform
