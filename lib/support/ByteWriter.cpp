// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/support/ByteWriter.h"

namespace w2n {

void ByteWriter::writeFixed(uint64_t value, unsigned count) {
  for (unsigned i = 0; i < count; ++i)
    writeByte(uint8_t(value >> (8 * i)));
}

void ByteWriter::writeUnsigned(uint64_t value) {
  for (; value >= 0x80; value >>= 7)
    writeByte(uint8_t(value | 0x80));
  writeByte(uint8_t(value));
}

void ByteWriter::writeSigned(int64_t value) {
  for (; value < -64 || value > 63; value >>= 7)
    writeByte(uint8_t(value | 0x80));
  writeByte(uint8_t(value & 0x7f));
}

void ByteWriter::writeSized(std::span<const uint8_t> contents) {
  writeUnsigned(contents.size());
  writeBytes(contents);
}

void ByteWriter::writeName(std::string_view name) {
  writeSized({reinterpret_cast<const uint8_t *>(name.data()), name.size()});
}

} // namespace w2n
