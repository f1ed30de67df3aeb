// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The memory image: active data segments applied at compile time.
#pragma once

#include "lib/wasm/Module.h"

#include <cstdint>
#include <vector>

namespace w2n::compiler {

/// A run of pages that are not all zero, but for short stretches. Offset and size are multiples of
/// artifact::segmentAlignment.
struct ImageRun {
  uint32_t memory;
  uint64_t memoryOffset;
  std::vector<uint8_t> bytes;

  uint64_t end() const { return memoryOffset + bytes.size(); }
};

struct MemoryImage {
  std::vector<ImageRun> runs; ///< by memory and offset

  uint64_t bytes() const {
    uint64_t sum = 0;
    for (const ImageRun &run : runs)
      sum += run.bytes.size();
    return sum;
  }
};

/// Applies the active data segments of the memories that `module` defines, as far as they are known
/// to succeed: constant offsets, within the initial size, and nothing before them that may trap.
/// Marks those segments in `dataInImage`. Small segments far apart would make an image of mostly
/// zeros: the image ends before the first segment with which it would be many times as large as the
/// segments, and `initialize` copies the others. Cost is linear in the bytes of the segments.
MemoryImage buildImage(const wasm::Module &module, std::vector<bool> &dataInImage);

} // namespace w2n::compiler
