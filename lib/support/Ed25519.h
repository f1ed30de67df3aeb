// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Ed25519 signatures (RFC 8032), computed by libsodium.
#pragma once

#include "lib/support/Error.h"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace w2n {

using PublicKey = std::array<uint8_t, 32>;
using SignatureBytes = std::array<uint8_t, 64>;

/// Whether this build can: one without libsodium trusts no signature and makes none.
bool signaturesAreAvailable();

/// The secret half of a key pair: the seed that both halves are computed from. Forgotten when the
/// object is destroyed.
class SecretKey {
public:
  static constexpr size_t seedBytes = 32;

  explicit SecretKey(std::span<const uint8_t, seedBytes> seed);
  ~SecretKey();
  SecretKey(SecretKey &&);
  SecretKey(const SecretKey &) = delete;
  SecretKey &operator=(const SecretKey &) = delete;

  /// A new one from the system's random numbers. Errors: Io, Unsupported.
  static Result<SecretKey> generate();

  std::span<const uint8_t, seedBytes> seed() const { return std::span(bytes).first<seedBytes>(); }
  PublicKey publicKey() const;
  SignatureBytes sign(std::string_view message) const;

private:
  /// The seed, then the public key.
  std::array<uint8_t, 64> bytes;
};

/// Whether the holder of the secret half of `key` signed `message`.
bool isSignedBy(const PublicKey &key, const SignatureBytes &signature, std::string_view message);

} // namespace w2n
