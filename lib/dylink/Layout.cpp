// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A fixed main module keeps its addresses: the data of the others follow its memory as it begins.
// One that can be placed anywhere gets: the stack, its data, those of the others, the heap.

#include "lib/dylink/Linker.h"

#include "lib/wasm/Limits.h"

#include <algorithm>

namespace w2n::dylink {

namespace {

constexpr uint64_t pageBytes = 65536, maxMemoryPages = 65536;
/// The alignment of the stack, and of what follows the data (the C ABI has no larger one).
constexpr uint64_t stackAlignment = 16;
/// Nothing is at the address 0.
constexpr uint64_t firstAddress = 1024;

uint64_t alignUp(uint64_t value, uint64_t alignment) {
  return (value + alignment - 1) & ~(alignment - 1);
}

/// A maximum for all that leaves a fixed main module as much to grow by as it had.
std::optional<uint64_t> widen(const wasm::Limits &limits, uint64_t newMin, uint64_t most) {
  if (!limits.max)
    return std::nullopt;
  const uint64_t growth = newMin - std::min(newMin, limits.min);
  return std::max(newMin, std::min(*limits.max + growth, most));
}

} // namespace

Status Linker::placeMemory() {
  const auto &mainMemories = parts.front().module.memories;
  const wasm::Limits mainLimits =
      mainMemories.empty() ? wasm::Limits() : mainMemories.front().type.limits;
  uint64_t address = alignUp(std::max<uint64_t>(options.stackBytes, firstAddress), stackAlignment);
  if (isMainFixed()) {
    mainPages = uint32_t(mainLimits.min);
    address = std::max(mainLimits.min * pageBytes, firstAddress);
  }
  dataBegin = uint32_t(address);
  uint64_t leastPages = mainPages;
  for (Part &part : parts) {
    if (!part.isPlaced)
      continue;
    address = alignUp(address, uint64_t(1) << part.info->memoryAlignLog2);
    part.memoryBase = uint32_t(address);
    address += part.info->memoryBytes;
    if (address > maxMemoryPages * pageBytes - pageBytes)
      return failIn(part, ErrorKind::Limit,
                    "the data of the modules end at " + std::to_string(address) +
                        ", beyond 32-bit addresses (but for a page)");
    for (const wasm::Memory &memory : part.module.memories)
      leastPages = std::max(leastPages, memory.type.limits.min);
  }
  dataEnd = uint32_t(alignUp(address, stackAlignment));
  // Without data there is nothing behind a fixed main module's memory.
  if (!isMainFixed() || dataEnd > dataBegin)
    leastPages = std::max(leastPages, (dataEnd + pageBytes - 1) / pageBytes);
  pages = uint32_t(leastPages);
  maxPages = widen(mainLimits, pages, maxMemoryPages);
  return {};
}

Status Linker::placeTable() {
  const Part &main = parts.front();
  const bool hasTable = isMainFixed() && main.functionTable;
  const wasm::Limits limits =
      hasTable ? main.module.tables[*main.functionTable].type.limits : wasm::Limits();
  if (limits.is64)
    return cannotLink(main, "a table of 64-bit indices");
  // Index 0 is the null pointer.
  uint64_t size = std::max<uint64_t>(limits.min, 1);
  for (Part &part : parts) {
    if (!part.isPlaced)
      continue;
    size = alignUp(size, uint64_t(1) << part.info->tableAlignLog2);
    part.tableBase = uint32_t(size);
    size += part.info->tableElements;
    if (size > wasm::limits::tableElements)
      return failIn(part, ErrorKind::Limit,
                    "the table of functions has " + std::to_string(size) + " elements, most is " +
                        std::to_string(wasm::limits::tableElements));
  }
  tableSize = uint32_t(size);
  maxTable = limits.max;
  return {};
}

} // namespace w2n::dylink
