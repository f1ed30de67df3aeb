// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/TableElements.h"

#include "runtime/platform/VirtualMemory.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace w2n::runtime {

namespace {

/// From this size on they are mapped.
constexpr uint64_t mappedBytes = 64 << 10;

bool isMapped(uint64_t bytes) { return bytes >= mappedBytes; }

uint8_t *allocate(uint64_t bytes) {
  if (!isMapped(bytes))
    return static_cast<uint8_t *>(std::calloc(bytes, 1));
  uint8_t *memory = platform::reserve(bytes);
  if (memory && !platform::commit(memory, bytes)) {
    platform::release(memory, bytes);
    return nullptr;
  }
  return memory;
}

void release(uint8_t *memory, uint64_t bytes) {
  if (isMapped(bytes))
    return platform::release(memory, bytes);
  if (memory)
    explicit_bzero(memory, bytes);
  std::free(memory);
}

} // namespace

TableElements::TableElements(std::shared_ptr<HostBudget> budget, uint64_t maxElements)
    : budget(std::move(budget)) {
  const uint64_t maxBytes = std::max<uint64_t>(maxElements, 1) * sizeof(uint64_t);
  if (isGuardOracle())
    surrounded = GuardedPlaces::reserve(1, platform::roundUpToPage(maxBytes), {});
}

TableElements::~TableElements() {
  if (!surrounded)
    release(elements, bytes);
  if (budget)
    budget->giveBack(bytes);
}

bool TableElements::enlarge(uint64_t count) {
  const uint64_t wanted = count * sizeof(uint64_t);
  const uint64_t newBytes = isMapped(wanted) ? platform::roundUpToPage(wanted) : wanted;
  if (budget && !budget->take(newBytes - bytes))
    return false;
  if (move(newBytes))
    return true;
  if (budget)
    budget->giveBack(newBytes - bytes);
  return false;
}

bool TableElements::move(uint64_t newBytes) {
  if (surrounded) {
    if (!platform::commit(surrounded.at(0), platform::roundUpToPage(newBytes)))
      return false;
    elements = surrounded.at(0);
    bytes = newBytes;
    return true;
  }
  uint8_t *moved =
      isMapped(bytes) ? platform::enlarge(elements, bytes, newBytes) : allocate(newBytes);
  if (!moved)
    return false;
  if (elements && !isMapped(bytes)) {
    std::memcpy(moved, elements, bytes);
    release(elements, bytes);
  }
  elements = moved;
  bytes = newBytes;
  return true;
}

} // namespace w2n::runtime
