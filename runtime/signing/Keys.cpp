// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/signing/Keys.h"

#include "lib/support/Descriptor.h"
#include "lib/support/File.h"
#include "lib/support/Hash.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace w2n::signing {

namespace {

constexpr std::string_view publicWord = "ed25519", secretWord = "ed25519-secret";
constexpr size_t maxKeyFileBytes = 1 << 20;

struct KeyLine {
  std::string_view word, digits, comment;
};

std::string_view takeWord(std::string_view &line) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  const std::string_view word = line.substr(0, line.find_first_of(" \t"));
  line.remove_prefix(word.size());
  return word;
}

KeyLine splitLine(std::string_view line) {
  KeyLine parts;
  parts.word = takeWord(line);
  parts.digits = takeWord(line);
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  parts.comment = line.substr(0, line.find_last_not_of(" \t\r") + 1);
  return parts;
}

struct KeyFile {
  std::string text;
  struct stat status;
};

Result<KeyFile> readKeyFile(const std::string &path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  KeyFile found = {};
  if (!file || fstat(file.get(), &found.status) != 0)
    return fail(ErrorKind::Io, "cannot open '" + path + "': " + std::strerror(errno));
  if (!S_ISREG(found.status.st_mode) || size_t(found.status.st_size) > maxKeyFileBytes)
    return fail(ErrorKind::Invalid, "'" + path + "' is no file of keys");
  W2N_TRY(bytes, readDescriptor(file.get(), path, maxKeyFileBytes));
  found.text.assign(bytes.begin(), bytes.end());
  return found;
}

/// A file that did not exist, with one line.
Status createKeyFile(const std::string &path, std::string_view line, mode_t mode) {
  const Descriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (!file)
    return fail(ErrorKind::Io, "cannot create '" + path + "': " + std::strerror(errno));
  if (write(file.get(), line.data(), line.size()) == ssize_t(line.size()) && fsync(file.get()) == 0)
    return {};
  auto error = fail(ErrorKind::Io, "cannot write '" + path + "': " + std::strerror(errno));
  unlink(path.c_str());
  return error;
}

std::string lineOf(std::string_view word, std::span<const uint8_t> bytes,
                   const std::string &comment) {
  return std::string(word) + " " + hexOf(bytes) + (comment.empty() ? "" : " " + comment) + "\n";
}

} // namespace

std::string nameOf(const PublicKey &key) { return hexOf(std::span(key).first(8)); }

bool readHex(std::string_view text, std::span<uint8_t> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  if (text.size() != 2 * bytes.size())
    return false;
  for (size_t i = 0; i < bytes.size(); ++i) {
    const size_t high = digits.find(text[2 * i]), low = digits.find(text[2 * i + 1]);
    if (high == digits.npos || low == digits.npos)
      return false;
    bytes[i] = uint8_t(high << 4 | low);
  }
  return true;
}

Result<TrustedKeys> TrustedKeys::parse(std::string_view text, const std::string &name) {
  if (!signaturesAreAvailable())
    return fail(ErrorKind::Unsupported,
                "this build was made without libsodium: it trusts no signature");
  TrustedKeys keys;
  size_t lineNumber = 0;
  for (size_t begin = 0; begin < text.size(); ++lineNumber) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const KeyLine line = splitLine(text.substr(begin, end - begin));
    Entry entry = {{}, std::string(line.comment)};
    if (!line.word.empty() && line.word[0] != '#') {
      if (line.word != publicWord || !readHex(line.digits, entry.key))
        return fail(ErrorKind::Malformed,
                    "'" + name + "' line " + std::to_string(lineNumber + 1) +
                        " is no public key, must be: ed25519, 64 hexadecimal digits, a comment",
                    begin);
      keys.entries.push_back(std::move(entry));
    }
    begin = end + 1;
  }
  if (keys.entries.empty())
    return fail(ErrorKind::Invalid, "'" + name + "' has no public key");
  return keys;
}

Result<TrustedKeys> TrustedKeys::read(const std::string &path) {
  W2N_TRY(file, readKeyFile(path));
  if (file.status.st_mode & (S_IWGRP | S_IWOTH))
    return fail(ErrorKind::Invalid, "others can write '" + path + "', which says whom to trust: " +
                                        "'chmod go-w " + path + "' forbids it");
  if (file.status.st_uid != 0 && file.status.st_uid != geteuid())
    return fail(ErrorKind::Invalid, "'" + path + "' belongs to user " +
                                        std::to_string(file.status.st_uid) +
                                        ", must belong to you or root");
  return parse(file.text, path);
}

TrustedKeys TrustedKeys::of(const PublicKey &key) {
  TrustedKeys keys;
  keys.entries.push_back({key, ""});
  return keys;
}

TrustedKeys TrustedKeys::with(const PublicKey &key) const {
  TrustedKeys keys = *this;
  keys.entries.push_back({key, ""});
  return keys;
}

bool TrustedKeys::trusts(const PublicKey &key) const {
  return std::any_of(entries.begin(), entries.end(),
                     [&](const Entry &entry) { return entry.key == key; });
}

std::string TrustedKeys::commentOf(const PublicKey &key) const {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const Entry &entry) { return entry.key == key; });
  return found == entries.end() ? "" : found->comment;
}

Result<PublicKey> makeKeyFiles(const std::string &name, const std::string &comment) {
  W2N_TRY(secret, SecretKey::generate());
  const PublicKey key = secret.publicKey();
  std::string secretLine = lineOf(secretWord, secret.seed(), comment);
  const Status written = createKeyFile(name + ".key", secretLine, 0600);
  explicit_bzero(secretLine.data(), secretLine.size());
  W2N_CHECK(written);
  if (Status made = createKeyFile(name + ".pub", lineOf(publicWord, key, comment), 0644); !made) {
    unlink((name + ".key").c_str());
    return std::unexpected(made.error());
  }
  return key;
}

Result<SecretKey> readSecretKey(const std::string &path) {
  W2N_TRY(file, readKeyFile(path));
  if (file.status.st_mode & (S_IRWXG | S_IRWXO))
    return fail(ErrorKind::Invalid, "others can read the secret key '" + path + "': 'chmod 600 " +
                                        path + "' forbids it; sign with a new one if they did");
  const KeyLine line = splitLine(std::string_view(file.text).substr(0, file.text.find('\n')));
  std::array<uint8_t, SecretKey::seedBytes> seed;
  const bool isKey = line.word == secretWord && readHex(line.digits, seed);
  explicit_bzero(file.text.data(), file.text.size());
  if (!isKey)
    return fail(ErrorKind::Malformed, "'" + path + "' is no secret key of 'wasm2native keygen'", 0);
  SecretKey key{std::span<const uint8_t, SecretKey::seedBytes>(seed)};
  explicit_bzero(seed.data(), seed.size());
  return key;
}

} // namespace w2n::signing
