// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Files of keys.
//
//   NAME.pub   a line: "ed25519 DIGITS COMMENT", 64 hexadecimal digits; the comment may be missing
//   NAME.key   a line: "ed25519-secret DIGITS COMMENT"; for the owner's eyes alone
//
// A file of trusted keys has any number of the first, one on a line, empty lines and comments that
// begin with '#'.
#pragma once

#include "lib/support/Ed25519.h"

#include <optional>
#include <string>
#include <vector>

namespace w2n::signing {

/// "1f2e3d4c5b6a7988": enough of a key for people to tell it from others.
std::string nameOf(const PublicKey &key);

/// `text`, in lower case and exactly that long, as bytes.
bool readHex(std::string_view text, std::span<uint8_t> bytes);

class TrustedKeys {
public:
  /// Reads a file. Errors: Io; Malformed, with its line; Invalid if it has no key or others than
  /// its owner and root can write it; Unsupported in a build without libsodium.
  static Result<TrustedKeys> read(const std::string &path);
  static Result<TrustedKeys> parse(std::string_view text, const std::string &name);

  /// Just this one.
  static TrustedKeys of(const PublicKey &key);

  /// These, and `key`.
  TrustedKeys with(const PublicKey &key) const;

  bool trusts(const PublicKey &key) const;
  /// The comment that the file has about `key`.
  std::string commentOf(const PublicKey &key) const;

private:
  struct Entry {
    PublicKey key;
    std::string comment;
  };
  std::vector<Entry> entries;
};

/// Makes a key pair in `name`.key and `name`.pub, neither of which may be there. Errors: Io.
Result<PublicKey> makeKeyFiles(const std::string &name, const std::string &comment);

/// Reads a secret key, which others must not be able to read. Errors: Io, Malformed, Invalid.
Result<SecretKey> readSecretKey(const std::string &path);

} // namespace w2n::signing
