// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// BLAKE2b-256, for names that nobody can make two contents for: WebAssembly modules come from
// strangers, so a checksum will not do. libsodium computes it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace w2n {

using Digest = std::array<uint8_t, 32>;

class Hasher {
public:
  Hasher();
  void add(std::span<const uint8_t> bytes);
  /// Once, at the end.
  Digest finish();

private:
  /// crypto_generichash_state, whose header stays in Hash.cpp.
  alignas(64) std::byte state[384];
};

/// Whether this build can: one without libsodium ends the process at an attempt.
bool hashIsAvailable();

inline Digest hashOf(std::span<const uint8_t> bytes) {
  Hasher hasher;
  hasher.add(bytes);
  return hasher.finish();
}
inline Digest hashOf(std::string_view text) {
  return hashOf({reinterpret_cast<const uint8_t *>(text.data()), text.size()});
}

/// In lower case.
inline std::string hexOf(std::span<const uint8_t> bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (uint8_t byte : bytes) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

} // namespace w2n
