// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// UTF-8, one sequence after the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace w2n {

/// The sequence at the beginning of some bytes.
struct Utf8Sequence {
  enum class Kind : uint8_t {
    WellFormed,
    IllFormed, ///< `bytes` of them, the first at least, are part of no character
    Truncated, ///< all of them are the beginning of a character
  };
  Kind kind;
  uint8_t bytes;
};

/// The sequence at the beginning of `bytes`, of which there is at least one (Unicode, table 3-7: no
/// surrogates, no overlong forms).
Utf8Sequence firstUtf8Sequence(std::span<const uint8_t> bytes);

/// Whether a well-formed sequence is a control character: C0, DEL, or C1 (U+0080 to U+009F).
constexpr bool isControl(std::span<const uint8_t> sequence) {
  const uint8_t first = sequence[0];
  return first < 0x20 || first == 0x7f || (first == 0xc2 && sequence[1] < 0xa0);
}

} // namespace w2n
