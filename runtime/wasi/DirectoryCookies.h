// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The numbers by which a guest names positions in a directory.
//
// The kernel's own positions do not do: on ext4 they are hashes of 63 bits, but telldir() of a
// 32-bit C library keeps a `long`. So a cookie is the number of a position in the order in which
// they were handed out since the directory was last read from its beginning, and a list says which
// one is where. Positions stay what they are while entries come and go, and so do cookies.
//
// The list is bounded. When it is full, it keeps all of its newest quarter, and of those before
// every second one, or fourth, and so on; a position between two is found by reading on from the
// one before it. That is exact if no entry between the two has come or gone. Reading on from the
// last cookies that a guest got never depends on it, nor does a directory of up to `maxKnown`
// entries.
#pragma once

#include "runtime/wasi/Errno.h"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

namespace w2n::wasi {

/// The number of positions that all open directories of a guest may keep, beyond a few for each.
/// Threads: any.
class CookieBudget {
public:
  static constexpr uint32_t maxPositions = 1 << 20; // 16 MiB

  explicit CookieBudget(uint32_t positions = maxPositions) : left(positions) {}
  bool take(uint32_t positions);
  void giveBack(uint32_t positions) { left += positions; }

private:
  std::atomic<uint32_t> left;
};

/// The cookies of one open directory. Threads: one at a time, that holds `lock`.
class DirectoryCookies {
public:
  /// wasi-libc's `long` is signed.
  static constexpr uint32_t maxCookie = INT32_MAX;
  static constexpr uint32_t minKnown = 64, maxKnown = 1 << 16;

  explicit DirectoryCookies(CookieBudget &budget) : budget(budget) {}
  DirectoryCookies(const DirectoryCookies &) = delete;
  DirectoryCookies &operator=(const DirectoryCookies &) = delete;
  ~DirectoryCookies() { budget.giveBack(room - minKnown); }

  /// A position that is known, and how many entries after it the one that was asked for is.
  struct Place {
    uint32_t cookie;
    int64_t position;
    uint32_t skip;
  };
  Place find(uint32_t cookie) const;

  /// The cookie of `position`, which follows the entry at the cookie `before`. Errors: Overflow.
  WasiResult<uint32_t> next(uint32_t before, int64_t position);

  /// Forgets everything: the directory is read from its beginning.
  void reset();

  std::mutex lock;

private:
  struct Known {
    uint32_t cookie;
    int64_t position;
  };
  // The last one at or before `cookie`; `known.end()` for what is before the first.
  std::vector<Known>::const_iterator lastBefore(uint32_t cookie) const;
  void append(uint32_t cookie, int64_t position);
  bool grow();
  void thin();

  CookieBudget &budget;
  /// By cookie; the beginning, cookie 0 and position 0, is not among them.
  std::vector<Known> known;
  uint32_t room = minKnown;
  /// Older entries are kept if their cookies are multiples of this.
  uint32_t stride = 1;
  uint32_t highest = 0;
};

} // namespace w2n::wasi
