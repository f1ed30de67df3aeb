// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// sodium_init is not called, as in Hash.cpp: signatures choose no implementation by the processor,
// and the only random number is the system's own.
#include "lib/support/Ed25519.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sodium/crypto_sign_ed25519.h>
#include <sys/random.h>

namespace w2n {

static_assert(crypto_sign_ed25519_PUBLICKEYBYTES == sizeof(PublicKey));
static_assert(crypto_sign_ed25519_BYTES == sizeof(SignatureBytes));
static_assert(crypto_sign_ed25519_SEEDBYTES == SecretKey::seedBytes);
static_assert(crypto_sign_ed25519_SECRETKEYBYTES == 64);

namespace {
const uint8_t *bytesOf(std::string_view text) {
  return reinterpret_cast<const uint8_t *>(text.data());
}
} // namespace

bool signaturesAreAvailable() { return true; }

SecretKey::SecretKey(std::span<const uint8_t, seedBytes> seed) {
  PublicKey key;
  crypto_sign_ed25519_seed_keypair(key.data(), bytes.data(), seed.data());
}

SecretKey::~SecretKey() { explicit_bzero(bytes.data(), bytes.size()); }
SecretKey::SecretKey(SecretKey &&other) : bytes(other.bytes) {}

Result<SecretKey> SecretKey::generate() {
  std::array<uint8_t, seedBytes> seed;
  if (getrandom(seed.data(), seed.size(), 0) != ssize_t(seed.size()))
    return fail(ErrorKind::Io,
                std::string("the system gives no random numbers: ") + std::strerror(errno));
  SecretKey key{std::span<const uint8_t, seedBytes>(seed)};
  explicit_bzero(seed.data(), seed.size());
  return key;
}

PublicKey SecretKey::publicKey() const {
  PublicKey key;
  std::copy(bytes.begin() + seedBytes, bytes.end(), key.begin());
  return key;
}

SignatureBytes SecretKey::sign(std::string_view message) const {
  SignatureBytes signature;
  crypto_sign_ed25519_detached(signature.data(), nullptr, bytesOf(message), message.size(),
                               bytes.data());
  return signature;
}

bool isSignedBy(const PublicKey &key, const SignatureBytes &signature, std::string_view message) {
  return crypto_sign_ed25519_verify_detached(signature.data(), bytesOf(message), message.size(),
                                             key.data()) == 0;
}

} // namespace w2n
