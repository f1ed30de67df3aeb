// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/GuardedPlaces.h"

#include "runtime/platform/VirtualMemory.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <string_view>

namespace w2n::runtime {

namespace {

enum class Oracle { Off, On, Strict };

Oracle oracle() {
  static const Oracle mode = [] {
    const char *value = secure_getenv("WASM2NATIVE_GUARD_ORACLE");
    const std::string_view text = value ? value : "";
    return text == "strict"              ? Oracle::Strict
           : text.empty() || text == "0" ? Oracle::Off
                                         : Oracle::On;
  }();
  return mode;
}

/// The bytes that the oracle has reserved. It leaves most addresses to the rest of the process, and
/// grows modest when many memories live at once.
std::atomic<uint64_t> oracleBytes = 0;
constexpr uint64_t greatestOracleBytes = uint64_t(64) << 40;
constexpr uint64_t greatestOracleGap = uint64_t(64) << 30;

/// No process has more: what 48 bits address.
constexpr uint64_t maxAddresses = uint64_t(1) << 48;

uint64_t gapOf(Guards guards) { return std::max(guards.before, guards.after); }

uint64_t totalBytes(uint32_t count, uint64_t bytes, uint64_t gap) {
  return gap + count * (bytes + gap);
}

constexpr uint32_t maxPlacesInRow = 256;

/// The largest gap that there is room for around one place; `least` if there is none.
uint64_t oracleGap(uint64_t bytes, uint64_t least) {
  const uint64_t left = greatestOracleBytes - std::min(oracleBytes.load(), greatestOracleBytes);
  uint64_t gap = greatestOracleGap;
  while (gap > least && totalBytes(1, bytes, gap) > left / 8)
    gap /= 2;
  return std::max(gap, least);
}

} // namespace

bool isGuardOracle() { return oracle() != Oracle::Off; }

uint64_t GuardedPlaces::reservedBytes(uint32_t count, uint64_t bytes, Guards guards) {
  const uint64_t rows = (count + maxPlacesInRow - 1) / maxPlacesInRow;
  return rows * gapOf(guards) + count * (bytes + gapOf(guards));
}

GuardedPlaces GuardedPlaces::reserve(uint32_t count, uint64_t bytes, Guards guards) {
  // More addresses than a process has are not tried row by row: emulators record reservations.
  if (count > maxAddresses / (bytes + gapOf(guards)))
    return {};
  GuardedPlaces places;
  places.bytes = bytes;
  places.guards = guards;
  places.placesInRow = isGuardOracle() ? 1 : std::min(count, maxPlacesInRow);
  for (uint32_t left = count; left > 0;) {
    const uint32_t inRow = std::min(left, places.placesInRow);
    if (!places.addRow(inRow))
      return {};
    left -= inRow;
  }
  return places;
}

bool GuardedPlaces::addRow(uint32_t count) {
  const uint64_t least = gapOf(guards);
  for (uint64_t gap = isGuardOracle() ? oracleGap(bytes, least) : least;;
       gap = std::max(gap / 2, least)) {
    const uint64_t total = totalBytes(count, bytes, gap);
    if (uint8_t *reservation = platform::reserve(total)) {
      rows.push_back({reservation, gap, total, nullptr});
      oracleBytes += isGuardOracle() ? total : 0;
      return true;
    }
    if (gap == least)
      return false;
  }
}

Result<GuardedPlaces> GuardedPlaces::reserveIn(AddressPlan &addresses, uint64_t bytes,
                                               Guards guards) {
  GuardedPlaces places;
  places.bytes = bytes;
  places.guards = guards;
  const uint64_t gap = gapOf(guards), total = totalBytes(1, bytes, gap);
  W2N_TRY(reservation, addresses.reserve(total));
  oracleBytes += isGuardOracle() ? total : 0;
  places.rows.push_back({reservation, gap, total, nullptr});
  return places;
}

GuardedPlaces &GuardedPlaces::operator=(GuardedPlaces &&other) noexcept {
  std::swap(rows, other.rows);
  std::swap(placesInRow, other.placesInRow);
  std::swap(bytes, other.bytes);
  std::swap(guards, other.guards);
  return *this;
}

GuardedPlaces::~GuardedPlaces() {
  for (const Row &row : rows) {
    memoryRanges().remove(row.range);
    platform::release(row.reservation, row.totalBytes);
    oracleBytes -= isGuardOracle() ? row.totalBytes : 0;
  }
}

void GuardedPlaces::allowFaults(const void *owner) {
  Guards allowed = guards;
  if (oracle() == Oracle::Strict)
    allowed = {std::min(guards.before, smallGuards.before),
               std::min(guards.after, smallGuards.after)};
  for (Row &row : rows) {
    const auto begin = reinterpret_cast<uintptr_t>(row.reservation);
    row.range = memoryRanges().add(begin + row.gap - allowed.before,
                                   begin + row.totalBytes - row.gap + allowed.after, owner);
  }
}

} // namespace w2n::runtime
