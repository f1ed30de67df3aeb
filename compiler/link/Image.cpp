// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/link/Image.h"

#include "compiler/plan/ConstantExpression.h"
#include "lib/artifact/Abi.h"
#include "lib/artifact/Format.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>

namespace w2n::compiler {

namespace {

constexpr uint64_t pageBytes = artifact::segmentAlignment;
/// Runs with no more zeros than this between them are one: each takes a system call, and a mapping,
/// whenever an instance is made.
constexpr uint64_t maxGapBytes = 256 << 10;
/// Most bytes of an image, with the zeros between pages that are taken along: some anyway, and as
/// many times what segments have. Programs have their data in one piece.
constexpr uint64_t freeImageBytes = 1 << 20, imageBytesPerDataByte = 4;

uint64_t maxImageBytes(const wasm::Module &module) {
  uint64_t dataBytes = 0;
  for (const wasm::DataSegment &segment : module.data)
    dataBytes += segment.bytes.size();
  return freeImageBytes + imageBytesPerDataByte * dataBytes;
}

/// Offset of a segment that can be applied now: to a memory of this module, within its initial
/// size.
std::optional<uint64_t> applicableOffset(const wasm::Module &module,
                                         const wasm::DataSegment &segment) {
  if (segment.mode != wasm::SegmentMode::Active || segment.memoryIndex < module.importedMemories)
    return std::nullopt;
  const wasm::MemoryType &memory = module.memories[segment.memoryIndex].type;
  uint64_t memoryBytes = memory.limits.min << memory.pageSizeLog2;
  std::optional<uint64_t> offset = constantOffset(segment.offset);
  if (!offset || *offset > memoryBytes || segment.bytes.size() > memoryBytes - *offset ||
      memoryBytes > artifact::maxMemoryBytes)
    return std::nullopt;
  return offset;
}

} // namespace

MemoryImage buildImage(const wasm::Module &module, std::vector<bool> &dataInImage) {
  const uint64_t maxBytes = maxImageBytes(module);
  // Sparse: pages by number, only those that a segment touches.
  std::map<std::pair<uint32_t, uint64_t>, std::vector<uint8_t>> pages;
  for (size_t i = 0; i < module.data.size(); ++i) {
    const wasm::DataSegment &segment = module.data[i];
    if (segment.mode == wasm::SegmentMode::Passive)
      continue;
    std::optional<uint64_t> offset = applicableOffset(module, segment);
    // The segments behind it must not overtake it: it may trap, or write to the same place.
    if (!offset)
      break;
    const uint64_t touched =
        segment.bytes.empty()
            ? 0
            : (*offset + segment.bytes.size() - 1) / pageBytes - *offset / pageBytes + 1;
    if ((pages.size() + touched) * pageBytes > maxBytes)
      break;
    dataInImage[i] = true;
    for (size_t done = 0; done < segment.bytes.size();) {
      uint64_t address = *offset + done;
      size_t count =
          std::min<uint64_t>(pageBytes - address % pageBytes, segment.bytes.size() - done);
      auto &page = pages[{segment.memoryIndex, address / pageBytes}];
      page.resize(pageBytes);
      std::memcpy(page.data() + address % pageBytes, segment.bytes.data() + done, count);
      done += count;
    }
  }

  MemoryImage image;
  uint64_t bytesLeft = maxBytes - pages.size() * pageBytes; // for gaps
  for (auto &[key, page] : pages) {
    auto [memory, number] = key;
    const uint64_t offset = number * pageBytes;
    const bool follows = !image.runs.empty() && image.runs.back().memory == memory;
    const uint64_t gap = follows ? offset - image.runs.back().end() : 0;
    const bool continues = follows && gap <= std::min(maxGapBytes, bytesLeft);
    if (continues)
      bytesLeft -= gap;
    else
      image.runs.push_back({memory, offset, {}});
    std::vector<uint8_t> &bytes = image.runs.back().bytes;
    bytes.resize(offset - image.runs.back().memoryOffset);
    // The last page ends with the memory, rounded up to what artifacts count in.
    const wasm::MemoryType &type = module.memories[memory].type;
    const uint64_t left = (type.limits.min << type.pageSizeLog2) - offset;
    const uint64_t count = std::min<uint64_t>(page.size(), (left + 4095) & ~uint64_t(4095));
    bytes.insert(bytes.end(), page.begin(), page.begin() + ptrdiff_t(count));
  }
  return image;
}

} // namespace w2n::compiler
