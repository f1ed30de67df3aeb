// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/signing/Signature.h"

#include "lib/support/File.h"

#include <unistd.h>

namespace w2n::signing {

namespace {

constexpr std::string_view heading = "wasm2native signature 1\n", noEntry = "entry none\n";
constexpr size_t maxSignatureBytes = 1024;

/// Reads the lines of a signature: each is a word, a space, and a value.
class LineReader {
public:
  LineReader(std::string_view text, const std::string &name) : text(text), name(name) {}

  std::unexpected<Error> malformed(const std::string &wanted) const {
    return fail(ErrorKind::Malformed, "'" + name + "' is no signature: wanted " + wanted, offset);
  }
  Status skip(std::string_view expected, const char *description) {
    if (!text.substr(offset).starts_with(expected))
      return malformed(description);
    offset += expected.size();
    return {};
  }
  /// The value of the line that begins with `word`.
  Result<std::string_view> value(const std::string &word) {
    W2N_CHECK(skip(word + " ", ("'" + word + "'").c_str()));
    const size_t end = text.find('\n', offset);
    if (end == text.npos)
      return malformed("the end of the line");
    const std::string_view found = text.substr(offset, end - offset);
    offset = end + 1;
    return found;
  }
  Status bytes(const std::string &word, std::span<uint8_t> out) {
    const size_t begin = offset;
    W2N_TRY(digits, value(word));
    if (readHex(digits, out))
      return {};
    offset = begin;
    return malformed("'" + word + "' and " + std::to_string(2 * out.size()) +
                     " hexadecimal digits in lower case");
  }
  Status end() const { return offset == text.size() ? Status() : malformed("the end"); }

private:
  std::string_view text;
  const std::string &name;
  size_t offset = 0;
};

/// The lines that are signed.
std::string messageOf(const Signature &signature) {
  return std::string(heading) + "signer " + hexOf(signature.signer) + "\n" +
         (signature.entry ? "entry " + hexOf(*signature.entry) + "\n" : std::string(noEntry)) +
         "content " + hexOf(signature.content) + "\n";
}

} // namespace

Result<Signature> Signature::parse(std::string_view text, const std::string &name) {
  Signature signature = {};
  LineReader lines(text, name);
  W2N_CHECK(lines.skip(heading, "'wasm2native signature 1'"));
  W2N_CHECK(lines.bytes("signer", signature.signer));
  if (lines.skip(noEntry, "'entry'"))
    signature.entry = std::nullopt;
  else
    W2N_CHECK(lines.bytes("entry", signature.entry.emplace()));
  W2N_CHECK(lines.bytes("content", signature.content));
  W2N_CHECK(lines.bytes("signature", signature.bytes));
  W2N_CHECK(lines.end());
  return signature;
}

std::string Signature::text() const {
  return messageOf(*this) + "signature " + hexOf(bytes) + "\n";
}

Signature sign(const SecretKey &key, const Digest &content, const std::optional<Digest> &entry) {
  Signature signature = {key.publicKey(), entry, content, {}};
  signature.bytes = key.sign(messageOf(signature));
  return signature;
}

Result<PublicKey> verify(const TrustedKeys &keys, std::string_view text, const Claim &claim,
                         const std::string &name) {
  W2N_TRY(signature, Signature::parse(text, name));
  const auto refuse = [&](const std::string &why) {
    return fail(ErrorKind::Invalid, "'" + name + "' is not to be trusted: " + why);
  };
  // First whether its words are the signer's at all: what they say means nothing otherwise.
  if (!keys.trusts(signature.signer))
    return refuse("signed by key " + nameOf(signature.signer) + ", which is not among the trusted");
  if (!isSignedBy(signature.signer, signature.bytes, messageOf(signature)))
    return refuse("key " + nameOf(signature.signer) + " did not sign this");
  if (signature.content != claim.content)
    return refuse("it is a signature of other content, or the content was changed");
  if (claim.entry && signature.entry != claim.entry)
    return refuse("it is a signature of another entry of a cache");
  return signature.signer;
}

Result<std::string> readSignatureOf(const std::string &path) {
  const std::string file = path + signatureEnd;
  if (path == "-" || path.empty())
    return fail(ErrorKind::Invalid,
                "not signed: what comes from no file has no signature beside it");
  if (access(file.c_str(), F_OK) != 0)
    return fail(ErrorKind::Invalid, "not signed: there is no '" + file + "'");
  W2N_TRY(bytes, readRegularFile(file, maxSignatureBytes));
  return std::string(bytes.begin(), bytes.end());
}

} // namespace w2n::signing
