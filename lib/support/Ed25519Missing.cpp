// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// For builds without libsodium: there are no keys, and no signature is right.
#include "lib/support/Ed25519.h"

namespace w2n {

bool signaturesAreAvailable() { return false; }

SecretKey::SecretKey(std::span<const uint8_t, seedBytes>) : bytes() {}
SecretKey::~SecretKey() = default;
SecretKey::SecretKey(SecretKey &&) = default;
Result<SecretKey> SecretKey::generate() {
  return fail(ErrorKind::Unsupported, "this build was made without libsodium: it cannot sign");
}
PublicKey SecretKey::publicKey() const { return {}; }
SignatureBytes SecretKey::sign(std::string_view) const { return {}; }

bool isSignedBy(const PublicKey &, const SignatureBytes &, std::string_view) { return false; }

} // namespace w2n
