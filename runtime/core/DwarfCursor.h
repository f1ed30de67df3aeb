// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Reading what DWARF and its relatives encode.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>

namespace w2n::runtime {

/// Reads of untrusted bytes that cannot fail loudly: past the end everything is zero and `failed`
/// is set.
class Cursor {
public:
  explicit Cursor(std::span<const uint8_t> bytes) : at(bytes.data()), end(at + bytes.size()) {}

  bool atEnd() const { return failed || at == end; }
  const uint8_t *position() const { return at; }
  std::span<const uint8_t> rest() const { return {at, size_t(end - at)}; }

  template <typename T> T fixed() {
    T value = 0;
    if (!has(sizeof(T)))
      return 0;
    std::memcpy(&value, at, sizeof(T));
    at += sizeof(T);
    return value;
  }
  uint64_t uleb() {
    uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const uint8_t byte = fixed<uint8_t>();
      if (shift < 64)
        value |= uint64_t(byte & 0x7f) << shift;
      if (!(byte & 0x80))
        return value;
    }
  }
  int64_t sleb() {
    uint64_t value = 0;
    for (unsigned shift = 0;;) {
      const uint8_t byte = fixed<uint8_t>();
      if (shift < 64)
        value |= uint64_t(byte & 0x7f) << shift;
      shift += 7;
      if (byte & 0x80)
        continue;
      if (shift < 64 && (byte & 0x40))
        value |= ~uint64_t(0) << shift;
      return int64_t(value);
    }
  }
  std::span<const uint8_t> take(uint64_t count) {
    if (!has(count))
      return {};
    std::span<const uint8_t> taken(at, size_t(count));
    at += count;
    return taken;
  }
  void skip(uint64_t count) { take(count); }

  bool failed = false;

private:
  bool has(uint64_t count) {
    if (count <= uint64_t(end - at) && !failed)
      return true;
    failed = true;
    at = end;
    return false;
  }
  const uint8_t *at, *end;
};

} // namespace w2n::runtime
