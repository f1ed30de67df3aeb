// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Addresses that compiled code forms from a base: reserved with guards on both sides, so that an
// access that misses meets nothing, and a fault there says that it was one.
//
// The hardware as oracle: with WASM2NATIVE_GUARD_ORACLE=1 in the environment every memory and table
// has up to 64 GiB of inaccessible addresses around it. What a guest may touch is what it may touch
// without; so an access that would otherwise have met something else, unseen, is a fault outside of
// that, and ends the process (SandboxViolation.h). With "strict" the guards count as outside, too,
// but for artifact::wrapGuardBytes and artifact::memoryGuardBytes.
#pragma once

#include "lib/artifact/MemoryGuards.h"
#include "runtime/core/AddressPlan.h"
#include "runtime/core/RangeRegistry.h"

#include <cstdint>
#include <utility>
#include <vector>

namespace w2n::runtime {

/// Inaccessible bytes before and after a place.
struct Guards {
  uint64_t before = 0, after = 0;
};
inline constexpr Guards fullGuards = {artifact::guardBeforeBytes, artifact::guardAfterBytes};
/// The smallest guards that explicit checks need.
inline constexpr Guards smallGuards = {artifact::wrapGuardBytes, artifact::memoryGuardBytes};

/// Equal places, of which neighbors share their guards. Everything is reserved; what becomes
/// accessible in a place is up to the owner.
class GuardedPlaces {
public:
  GuardedPlaces() = default;
  /// Reserves `count` places of `bytes`, a multiple of pages. Empty if there are not so many
  /// addresses.
  static GuardedPlaces reserve(uint32_t count, uint64_t bytes, Guards guards);
  /// One place of `bytes` at the next of `addresses`. Errors: Limit.
  static Result<GuardedPlaces> reserveIn(AddressPlan &addresses, uint64_t bytes, Guards guards);
  /// The bytes that reserve() takes.
  static uint64_t reservedBytes(uint32_t count, uint64_t bytes, Guards guards);
  GuardedPlaces(GuardedPlaces &&other) noexcept { *this = std::move(other); }
  GuardedPlaces &operator=(GuardedPlaces &&other) noexcept;
  ~GuardedPlaces();

  explicit operator bool() const { return !rows.empty(); }
  uint8_t *at(uint32_t index) const {
    const Row &row = rows[index / placesInRow];
    return row.reservation + row.gap + index % placesInRow * (bytes + row.gap);
  }
  /// Makes faults of compiled code in the places and their guards traps of guests
  /// (memoryRanges()), until the end.
  void allowFaults(const void *owner);

private:
  /// Places side by side. Not all are, because what the process had before lies in the middle of
  /// its addresses.
  struct Row {
    uint8_t *reservation;
    uint64_t gap; ///< before the first place, between all, and after the last
    uint64_t totalBytes;
    RangeRegistry::Entry *range;
  };
  bool addRow(uint32_t count);

  std::vector<Row> rows;
  uint32_t placesInRow = 1;
  uint64_t bytes = 0;
  Guards guards;
};

/// Whether memories and tables are surrounded, see above. Reads the environment once.
bool isGuardOracle();

} // namespace w2n::runtime
