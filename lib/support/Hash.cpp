// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// sodium_init is not called: it seeds random numbers and chooses implementations by the processor,
// which takes 40 us; the portable BLAKE2b, which is used without it, hashes 26 MB in 19 ms, the one
// that would be chosen (AVX2) in 35.
#include "lib/support/Hash.h"

#include <new>
#include <sodium/crypto_generichash.h>

namespace w2n {

static_assert(sizeof(crypto_generichash_state) <= 384 && alignof(crypto_generichash_state) <= 64);

namespace {
crypto_generichash_state *stateIn(std::byte *bytes) {
  return std::launder(reinterpret_cast<crypto_generichash_state *>(bytes));
}
} // namespace

bool hashIsAvailable() { return true; }

Hasher::Hasher() {
  new (state) crypto_generichash_state;
  crypto_generichash_init(stateIn(state), nullptr, 0, sizeof(Digest));
}

void Hasher::add(std::span<const uint8_t> bytes) {
  crypto_generichash_update(stateIn(state), bytes.data(), bytes.size());
}

Digest Hasher::finish() {
  Digest digest;
  crypto_generichash_final(stateIn(state), digest.data(), digest.size());
  return digest;
}

} // namespace w2n
