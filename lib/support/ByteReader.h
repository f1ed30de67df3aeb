// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A cursor over untrusted bytes. Every read is checked and returns a Result: no file may abort us.
#pragma once

#include "lib/support/Error.h"

#include <span>
#include <string_view>

namespace w2n {

class ByteReader {
public:
  /// Reads `bytes`; `baseOffset` is the offset of their first byte in the file, for messages.
  explicit ByteReader(std::span<const uint8_t> bytes, uint64_t baseOffset = 0)
      : begin(bytes.data()), cursor(bytes.data()), end(bytes.data() + bytes.size()),
        baseOffset(baseOffset) {}

  bool atEnd() const { return cursor == end; }
  size_t remaining() const { return size_t(end - cursor); }
  /// Offset in the file of the next byte.
  uint64_t offset() const { return baseOffset + uint64_t(cursor - begin); }

  Result<uint8_t> readByte();
  /// Little-endian, fixed width.
  Result<uint32_t> readFixed32();
  Result<uint64_t> readFixed64();
  /// LEB128 as in core specification, section 5.2.2: at most ceil(bits/7) bytes, unused bits must
  /// be zero or sign.
  Result<uint32_t> readU32();
  Result<uint64_t> readU64();
  Result<int32_t> readS32();
  Result<int64_t> readS33();
  Result<int64_t> readS64();
  Result<std::span<const uint8_t>> readBytes(size_t count);
  /// A length-prefixed UTF-8 name (section 5.2.4).
  Result<std::string_view> readName();

  std::unexpected<Error> malformed(std::string text) const {
    return fail(ErrorKind::Malformed, std::move(text), offset());
  }

private:
  template <typename T, unsigned Bits> Result<T> readLeb128();

  const uint8_t *begin, *cursor, *end;
  uint64_t baseOffset;
};

/// Whether `bytes` are well-formed UTF-8 (no surrogates, no overlong forms).
bool isUtf8(std::span<const uint8_t> bytes);

} // namespace w2n
