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
};

/// Applies the active data segments of the memories that `module` defines, as far as they are known
/// to succeed: constant offsets, within the initial size, and nothing before them that may trap.
/// Marks those segments in `dataInImage`. Cost is linear in the bytes of the segments.
MemoryImage buildImage(const wasm::Module &module, std::vector<bool> &dataInImage);

} // namespace w2n::compiler
