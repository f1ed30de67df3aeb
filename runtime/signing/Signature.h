// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A signature of a file's content, in a file beside it, NAME.sig, or with an entry of the cache:
//
//   wasm2native signature 1
//   signer DIGITS       the public key
//   entry DIGITS        the key of the cache that the content was made for, or "none"
//   content DIGITS      BLAKE2b-256 of the content
//   signature DIGITS    Ed25519, of the lines before
//
// The entry's key is a hash of the module, the compiler and its options: a signed artifact cannot
// stand in for another one.
#pragma once

#include "lib/support/Hash.h"
#include "runtime/signing/Keys.h"

namespace w2n::signing {

inline constexpr char signatureEnd[] = ".sig";

struct Signature {
  PublicKey signer;
  /// Set for what is in a cache.
  std::optional<Digest> entry;
  Digest content;
  SignatureBytes bytes;

  /// Errors: Malformed, beginning with `name`.
  static Result<Signature> parse(std::string_view text, const std::string &name);
  std::string text() const;
};

/// Signs a content with this hash.
Signature sign(const SecretKey &key, const Digest &content,
               const std::optional<Digest> &entry = std::nullopt);

/// The facts that a signature has to vouch for.
struct Claim {
  Digest content;
  /// The entry that the signature has to name; nullopt is any or none.
  std::optional<Digest> entry = std::nullopt;
};

/// Whether `text`, the signature of `name`, says that a trusted key signed what is claimed. Returns
/// the key. Errors: Invalid: it is by another key, about another content or entry, or forged;
/// Malformed.
Result<PublicKey> verify(const TrustedKeys &keys, std::string_view text, const Claim &claim,
                         const std::string &name);

/// The text of the signature beside `path`. Errors: Invalid if there is none.
Result<std::string> readSignatureOf(const std::string &path);

} // namespace w2n::signing
