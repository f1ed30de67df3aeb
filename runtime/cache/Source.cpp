// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/cache/Source.h"

#include "lib/support/File.h"
#include "runtime/cache/StoreFiles.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace w2n::cache {

namespace {

std::optional<Digest> digestOf(const std::string &text) {
  Digest digest;
  if (text.size() != digest.size())
    return std::nullopt;
  std::memcpy(digest.data(), text.data(), digest.size());
  return digest;
}

} // namespace

Result<Source> Source::open(const std::string &path) {
  Source source;
  source.path = path;
  if (path != "-") {
    source.file = Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!source.file)
      return fail(ErrorKind::Io, "cannot open '" + path + "': " + std::strerror(errno));
    struct stat status;
    const bool isRegular = fstat(source.file.get(), &status) == 0 && S_ISREG(status.st_mode);
    if (isRegular && uint64_t(status.st_size) > maxFileBytes)
      return tooLarge(path, uint64_t(status.st_size), maxFileBytes);
    if (isRegular)
      return source;
  }
  // A pipe can be read once.
  W2N_TRY(bytes, readDescriptor(path == "-" ? STDIN_FILENO : source.file.get(), path));
  source.file = Descriptor();
  source.owned = std::move(bytes);
  source.bytes = source.owned;
  return source;
}

Source Source::of(std::span<const uint8_t> bytes) {
  Source source;
  source.bytes = bytes;
  return source;
}

Result<Digest> Source::hash(Store &store) {
  if (!file)
    return hashOf(*bytes);
  const auto identity = FileIdentity::ofOpen(file.get());
  if (const auto note = identity ? store.findNote(*identity) : std::nullopt)
    if (const auto digest = digestOf(*note))
      return *digest;
  const int64_t taken = nowNanoseconds();
  W2N_TRY(digest, hashOfFile(file.get(), path));
  if (identity && FileIdentity::ofOpen(file.get()) == identity)
    store.keepNote(*identity, taken,
                   std::string(reinterpret_cast<const char *>(digest.data()), digest.size()));
  return digest;
}

uint64_t Source::size() const {
  struct stat status;
  if (!file)
    return bytes->size();
  return fstat(file.get(), &status) == 0 ? uint64_t(status.st_size) : 0;
}

Result<std::span<const uint8_t>> Source::read() {
  if (bytes)
    return *bytes;
  lseek(file.get(), 0, SEEK_SET);
  W2N_TRY(content, readDescriptor(file.get(), path));
  owned = std::move(content);
  return std::span<const uint8_t>(owned);
}

} // namespace w2n::cache
