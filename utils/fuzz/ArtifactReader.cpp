// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Fuzzes the artifact reader: whatever the bytes, every accessor of what was accepted is safe. Also
// feeds the unwind tables.
#include "lib/artifact/Metadata.h"
#include "runtime/core/Unwind.h"
#include "runtime/core/ValueTypes.h"

#include <vector>

namespace {

using namespace w2n;
using artifact::Metadata;

volatile uint64_t sink;

void touch(std::span<const uint8_t> bytes) {
  uint64_t sum = 0;
  for (uint8_t byte : bytes)
    sum += byte;
  sink = sink + sum;
}

void touch(std::string_view text) {
  touch({reinterpret_cast<const uint8_t *>(text.data()), text.size()});
}

void walkRecords(const Metadata &metadata) {
  for (const artifact::TypeRecord &type : metadata.types())
    (void)runtime::functionTypeOf(metadata, type);
  for (const artifact::ImportRecord &record : metadata.imports())
    touch(metadata.string(record.module)), touch(metadata.string(record.name));
  for (const artifact::ExportRecord &record : metadata.exports())
    touch(metadata.string(record.name));
  for (uint32_t i = 0; i < metadata.functions().size(); ++i) {
    if (auto function = metadata.function(i))
      touch(metadata.string(function->name));
    (void)metadata.code(i);
  }
  for (uint32_t i = 0; i < metadata.data().size(); ++i)
    touch(metadata.dataBytes(i));
  for (const artifact::ElementRecord &segment : metadata.elements())
    (void)metadata.indices(segment.functions);
}

void walkUnwindTable(const Metadata &metadata) {
  const artifact::MetadataHeader &header = metadata.header();
  if (header.ehFrameBytes == 0)
    return;
  const runtime::UnwindTable table({metadata.address(header.ehFrame), header.ehFrameBytes});
  uintptr_t stack[64] = {};
  const auto begin = reinterpret_cast<uintptr_t>(stack);
  const auto &slice = metadata.slices()[metadata.sliceInUse()];
  const auto code = reinterpret_cast<uintptr_t>(metadata.address(slice.codeBegin));
  for (uintptr_t offset = 0; offset < 256; ++offset) {
    runtime::FrameRegisters registers = {code + offset, begin + 8, begin + 32, true};
    while (table.step(registers, true, {begin, begin + sizeof(stack)})) {
    }
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  // A copy that ends where the input does, aligned as a mapping is.
  const std::vector<uint8_t> file(data, data + size);
  if (auto metadata = Metadata::read(file)) {
    for (uint32_t slice = 0; slice < metadata->slices().size(); ++slice) {
      if (!metadata->useSlice(slice))
        continue;
      walkRecords(*metadata);
      walkUnwindTable(*metadata);
    }
  }
  return 0;
}
