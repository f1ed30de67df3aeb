// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/support/ByteReader.h"

#include "lib/support/Utf8.h"

#include <type_traits>

namespace w2n {

Result<uint8_t> ByteReader::readByte() {
  if (cursor == end)
    return malformed("unexpected end");
  return *cursor++;
}

Result<std::span<const uint8_t>> ByteReader::readBytes(size_t count) {
  if (count > remaining())
    return malformed("length out of bounds: " + std::to_string(count) + " bytes wanted, " +
                     std::to_string(remaining()) + " left");
  std::span<const uint8_t> bytes(cursor, count);
  cursor += count;
  return bytes;
}

Result<uint32_t> ByteReader::readFixed32() {
  if (remaining() < 4)
    return malformed("unexpected end");
  uint32_t value = 0;
  for (unsigned i = 0; i < 4; ++i)
    value |= uint32_t(*cursor++) << (8 * i);
  return value;
}

Result<uint64_t> ByteReader::readFixed64() {
  if (remaining() < 8)
    return malformed("unexpected end");
  uint64_t value = 0;
  for (unsigned i = 0; i < 8; ++i)
    value |= uint64_t(*cursor++) << (8 * i);
  return value;
}

template <typename T, unsigned Bits> Result<T> ByteReader::readLeb128() {
  constexpr unsigned maxBytes = (Bits + 6) / 7;
  // Bits of the last byte that belong to the value; the others must repeat the sign, or be zero.
  constexpr unsigned lastBits = Bits - 7 * (maxBytes - 1);
  uint64_t value = 0;
  for (unsigned i = 0; i < maxBytes; ++i) {
    if (cursor == end)
      return malformed("unexpected end");
    uint8_t byte = *cursor++;
    uint64_t payload = byte & 0x7f;
    value |= payload << (7 * i);
    if (i + 1 == maxBytes) {
      if (byte & 0x80)
        return malformed("integer representation too long");
      uint64_t unused = payload >> lastBits;
      bool isNegative = std::is_signed_v<T> && ((payload >> (lastBits - 1)) & 1);
      if (unused != (isNegative ? 0x7fu >> lastBits : 0))
        return malformed("integer too large");
    }
    if (byte & 0x80)
      continue;
    unsigned shift = 7 * (i + 1);
    if (std::is_signed_v<T> && (byte & 0x40) && shift < 64)
      value |= ~uint64_t(0) << shift;
    return T(value);
  }
  return malformed("integer representation too long");
}

Result<uint32_t> ByteReader::readU32() {
  // Most integers in a module are below 128.
  if (cursor != end && *cursor < 0x80) [[likely]]
    return *cursor++;
  return readLeb128<uint32_t, 32>();
}
Result<uint64_t> ByteReader::readU64() { return readLeb128<uint64_t, 64>(); }
Result<int32_t> ByteReader::readS32() { return readLeb128<int32_t, 32>(); }
Result<int64_t> ByteReader::readS33() { return readLeb128<int64_t, 33>(); }
Result<int64_t> ByteReader::readS64() { return readLeb128<int64_t, 64>(); }

Result<std::string_view> ByteReader::readName() {
  W2N_TRY(count, readU32());
  W2N_TRY(bytes, readBytes(count));
  if (!isUtf8(bytes))
    return malformed("malformed UTF-8 encoding");
  return std::string_view(reinterpret_cast<const char *>(bytes.data()), bytes.size());
}

bool isUtf8(std::span<const uint8_t> bytes) {
  while (!bytes.empty()) {
    const Utf8Sequence sequence = firstUtf8Sequence(bytes);
    if (sequence.kind != Utf8Sequence::Kind::WellFormed)
      return false;
    bytes = bytes.subspan(sequence.bytes);
  }
  return true;
}

} // namespace w2n
