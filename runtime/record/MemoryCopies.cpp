// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/record/MemoryCopies.h"

#include "runtime/core/Memory.h"
#include "runtime/core/StateHash.h"

#include <algorithm>
#include <cstring>

namespace w2n::record {

namespace {

constexpr size_t blockBytes = 4096;

/// Adds the changed bytes of each block that differs, from its first to its last one.
void addDifferences(uint32_t memory, std::span<const uint8_t> before, std::span<const uint8_t> now,
                    std::vector<MemoryWrite> &writes) {
  static constexpr uint8_t zeros[blockBytes] = {};
  for (size_t begin = 0; begin < now.size(); begin += blockBytes) {
    const auto block = now.subspan(begin, std::min(blockBytes, now.size() - begin));
    // Pages that a memory has grown by are zeros.
    const uint8_t *old = begin < before.size() ? before.data() + begin : zeros;
    if (std::memcmp(block.data(), old, block.size()) == 0)
      continue;
    size_t first = 0, end = block.size();
    while (block[first] == old[first])
      ++first;
    while (block[end - 1] == old[end - 1])
      --end;
    writes.push_back({memory, false, begin + first, block.subspan(first, end - first)});
  }
}

} // namespace

void MemoryCopies::take(runtime::Instance &instance) {
  copies.resize(runtime::memoryCount(instance));
  for (uint32_t index = 0; index < copies.size(); ++index) {
    const runtime::Memory &memory = instance.memoryAt(index);
    const std::span<const uint8_t> bytes = memory.bytes();
    copies[index].bytes.assign(bytes.begin(), bytes.end());
    // Pages may be smaller than a block.
    copies[index].bytes.resize((bytes.size() + blockBytes - 1) & ~(blockBytes - 1));
    copies[index].pages = memory.pages();
  }
  taken = true;
}

void MemoryCopies::addChanges(runtime::Instance &instance, std::vector<MemoryWrite> &writes) const {
  for (uint32_t index = 0; index < copies.size(); ++index) {
    const runtime::Memory &memory = instance.memoryAt(index);
    if (memory.pages() != copies[index].pages)
      writes.push_back({index, true, memory.pages(), {}});
    addDifferences(index, copies[index].bytes, memory.bytes(), writes);
  }
}

} // namespace w2n::record
