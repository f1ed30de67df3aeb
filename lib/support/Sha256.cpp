// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/support/Sha256.h"

#include "lib/support/Hash.h"

#include <sodium/crypto_hash_sha256.h>

namespace w2n {

std::string sha256Of(std::span<const uint8_t> bytes) {
  std::array<uint8_t, crypto_hash_sha256_BYTES> digest;
  crypto_hash_sha256(digest.data(), bytes.data(), bytes.size());
  return hexOf(digest);
}

} // namespace w2n
