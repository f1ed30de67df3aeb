// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/support/Utf8.h"

namespace w2n {

namespace {
struct Range {
  uint8_t low, high;
  bool contains(uint8_t byte) const { return byte >= low && byte <= high; }
};

/// The second byte's range keeps out overlong forms, surrogates and what lies past U+10FFFF.
Range secondByteRange(uint8_t first) {
  return {.low = uint8_t(first == 0xe0   ? 0xa0
                         : first == 0xf0 ? 0x90
                                         : 0x80),
          .high = uint8_t(first == 0xed   ? 0x9f
                          : first == 0xf4 ? 0x8f
                                          : 0xbf)};
}
} // namespace

Utf8Sequence firstUtf8Sequence(std::span<const uint8_t> bytes) {
  using enum Utf8Sequence::Kind;
  const uint8_t first = bytes[0];
  if (first < 0x80)
    return {WellFormed, 1};
  if (first < 0xc2 || first > 0xf4)
    return {IllFormed, 1};
  const uint8_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  for (uint8_t index = 1; index < length; ++index) {
    if (index == bytes.size())
      return {Truncated, index};
    const Range range = index == 1 ? secondByteRange(first) : Range{0x80, 0xbf};
    if (!range.contains(bytes[index]))
      return {IllFormed, index};
  }
  return {WellFormed, length};
}

} // namespace w2n
