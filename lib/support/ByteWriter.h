// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Bytes that grow: the numbers, names and vectors of the binary format (core specification, section
// 5.2), the other way round from ByteReader.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace w2n {

class ByteWriter {
public:
  void writeByte(uint8_t byte) { bytes.push_back(byte); }
  /// Little-endian, `count` bytes of `value`.
  void writeFixed(uint64_t value, unsigned count);
  /// LEB128, as short as it can be.
  void writeUnsigned(uint64_t value);
  void writeSigned(int64_t value);
  void writeBytes(std::span<const uint8_t> more) {
    bytes.insert(bytes.end(), more.begin(), more.end());
  }
  /// `contents` with their size before them.
  void writeSized(std::span<const uint8_t> contents);
  void writeName(std::string_view name);

  std::span<const uint8_t> written() const { return bytes; }
  std::vector<uint8_t> take() { return std::move(bytes); }

private:
  std::vector<uint8_t> bytes;
};

} // namespace w2n
