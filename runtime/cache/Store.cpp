// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/cache/Store.h"

#include "runtime/cache/StoreFiles.h"
#include "runtime/cache/Trust.h"
#include "runtime/signing/Keys.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace w2n::cache {

namespace {

/// A use is noted when the last one is this old: then hits do not write.
constexpr int64_t useInterval = int64_t(3600) * 1'000'000'000;
/// Notes and lists are short; what is longer is none of ours.
constexpr size_t maxTextBytes = 1 << 16;

bool writeAll(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return false;
    bytes.remove_prefix(size_t(written));
  }
  return true;
}

/// Creates `name`.NUMBER.tmp, a number that no other process has. `temporary` becomes that name.
Descriptor createTemporary(int folder, const std::string &name, std::string &temporary) {
  static std::atomic<unsigned> nextNumber = 0;
  while (true) {
    temporary =
        name + "." + std::to_string(getpid()) + "-" + std::to_string(nextNumber++) + temporaryEnd;
    Descriptor file(openat(folder, temporary.c_str(),
                           O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
    if (file || errno != EEXIST)
      return file;
  }
}

constexpr std::string_view fetchedMark = " fetched";

std::string textOf(const Record &record) {
  return hexOf(record.content) +
         (record.origin == Origin::Fetched ? std::string(fetchedMark) : std::string());
}

std::optional<Record> parseRecord(std::string_view text) {
  const bool isFetched = text.ends_with(fetchedMark);
  if (isFetched)
    text.remove_suffix(fetchedMark.size());
  Record record = {{}, isFetched ? Origin::Fetched : Origin::Compiled};
  if (!signing::readHex(text, record.content))
    return std::nullopt;
  return record;
}

std::string_view textOf(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char *>(bytes.data()), bytes.size()};
}

} // namespace

std::string readText(int folder, const std::string &folderPath, const std::string &name,
                     int64_t *modified) {
  auto opened = openTrustedFile(folder, folderPath, name);
  if (!opened || !*opened || uint64_t((*opened)->status.st_size) > maxTextBytes)
    return "";
  std::string text(size_t((*opened)->status.st_size), 0);
  const ssize_t count = pread((*opened)->file.get(), text.data(), text.size(), 0);
  text.resize(count < 0 ? 0 : size_t(count));
  if (modified)
    *modified = FileIdentity::of((*opened)->status).modified;
  return text;
}

Result<Digest> hashOfFile(int file, const std::string &name) {
  std::vector<uint8_t> chunk(1 << 18);
  Hasher hasher;
  for (off_t offset = 0;;) {
    const ssize_t count = pread(file, chunk.data(), chunk.size(), offset);
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return fail(ErrorKind::Io, "cannot read '" + name + "': " + std::strerror(errno));
    if (count == 0)
      return hasher.finish();
    hasher.add({chunk.data(), size_t(count)});
    offset += count;
  }
}

Key keyOf(const Digest &family, const std::string &processor) {
  Hasher hasher;
  hasher.add(family);
  hasher.add({reinterpret_cast<const uint8_t *>(processor.data()), processor.size()});
  return hasher.finish();
}

Result<std::unique_ptr<Store>> Store::open(std::string folder, uint64_t limitBytes,
                                           std::chrono::seconds longestWait) {
  if (!hashIsAvailable())
    return fail(ErrorKind::Unsupported, "this build has no cache: it was made without libsodium");
  std::unique_ptr<Store> store(new Store);
  W2N_TRY(root, openRootFolder(folder));
  store->rootPath = folder;
  store->limit = limitBytes;
  store->maxWait = longestWait;
  struct Inner {
    const char *name;
    Descriptor &folder;
  };
  const Inner inners[] = {{entriesName, store->entries},
                          {locksName, store->locks},
                          {notesName, store->notes},
                          {familiesName, store->families}};
  for (const Inner &inner : inners) {
    W2N_TRY(opened, openInnerFolder(root.get(), folder, inner.name));
    inner.folder = std::move(opened);
  }
  store->root = std::move(root);
  return store;
}

Result<std::optional<StoredArtifact>> Store::find(const Key &key) {
  const std::string name = hexOf(key);
  W2N_TRY(opened, openTrustedFile(entries.get(), rootPath + "/entries", name + artifactEnd));
  if (!opened)
    return std::nullopt;
  const FileIdentity identity = FileIdentity::of(opened->status);
  StoredArtifact artifact{std::move(opened->file), identity.bytes};
  int64_t lastUsed = 0;
  const auto note =
      decode(readText(entries.get(), rootPath + "/entries", name + seenEnd, &lastUsed));
  if (!note || !vouchesFor(*note, identity))
    return check(name, std::move(artifact), identity);
  const int64_t now = nowNanoseconds();
  if (lastUsed < now - useInterval || lastUsed > now)
    utimensat(entries.get(), (name + seenEnd).c_str(), nullptr, AT_SYMLINK_NOFOLLOW);
  return artifact;
}

/// Compares an entry with its hash, and notes that it did.
Result<std::optional<StoredArtifact>> Store::check(const std::string &name, StoredArtifact artifact,
                                                   const FileIdentity &identity) {
  const std::string path = rootPath + "/entries/" + name + artifactEnd;
  const int64_t taken = nowNanoseconds();
  const std::string text = readText(entries.get(), rootPath + "/entries", name + hashEnd, nullptr);
  const auto record = parseRecord(text);
  W2N_TRY(digest, hashOfFile(artifact.file.get(), path));
  if (!record || record->content != digest)
    return fail(ErrorKind::Malformed,
                "file '" + path + "' is damaged: " +
                    (text.empty() ? "there is no hash to compare it with" : "its hash is another"));
  struct stat status;
  if (fstat(artifact.file.get(), &status) == 0 && FileIdentity::of(status) == identity)
    (void)write(entries.get(), entriesName, name + seenEnd, encode({identity, taken, ""}),
                /*lasting=*/false);
  return artifact;
}

std::optional<KeyLock> Store::lock(const Key &key, std::chrono::milliseconds longest) {
  return KeyLock::take(locks.get(), hexOf(key), longest);
}

/// Puts `bytes` under `name` with a rename. What is `lasting` is on the disk before it has its
/// name. Errors: Io.
Status Store::write(int folder, const std::string &folderName, const std::string &name,
                    std::string_view bytes, bool lasting) {
  std::string temporary;
  Descriptor file = createTemporary(folder, name, temporary);
  const std::string path = rootPath + "/" + folderName + "/" + name;
  if (!file)
    return fail(ErrorKind::Io, "cannot create '" + path + "': " + std::strerror(errno));
  if (writeAll(file.get(), bytes) && (!lasting || fsync(file.get()) == 0) &&
      renameat(folder, temporary.c_str(), folder, name.c_str()) == 0)
    return {};
  auto error = fail(ErrorKind::Io, "cannot write '" + path + "': " + std::strerror(errno));
  unlinkat(folder, temporary.c_str(), 0);
  return error;
}

Result<StoredArtifact> Store::insert(const Key &key, std::span<const uint8_t> artifact,
                                     Origin origin) {
  if (artifact.size() > limit)
    return fail(ErrorKind::Limit, "an artifact of " + std::to_string(artifact.size()) +
                                      " bytes is larger than the cache may be (" +
                                      std::to_string(limit) + " bytes)");
  const std::string name = hexOf(key);
  const Record record = {hashOf(artifact), origin};
  discard(key);
  Status written = write(entries.get(), entriesName, name + hashEnd, textOf(record), true);
  if (written)
    written = write(entries.get(), entriesName, name + artifactEnd, textOf(artifact), true);
  if (!written) {
    discard(key);
    return std::unexpected(written.error());
  }
  fsync(entries.get());
  // Hashed again from the file, once: also what the system made of the bytes is right.
  W2N_TRY(found, find(key));
  if (!found)
    return fail(ErrorKind::Io, "somebody removed '" + name + "' from the cache");
  evict(limit, name);
  return std::move(*found);
}

void Store::discard(const Key &key) {
  // The artifact goes first: it is never there without its hash.
  const std::string name = hexOf(key);
  unlinkat(entries.get(), (name + artifactEnd).c_str(), 0);
  for (const char *end : companionEnds)
    unlinkat(entries.get(), (name + end).c_str(), 0);
}

std::optional<Record> Store::recordOf(const Key &key) {
  return parseRecord(readText(entries.get(), rootPath + "/entries", hexOf(key) + hashEnd, nullptr));
}

std::string Store::signatureOf(const Key &key) {
  return readText(entries.get(), rootPath + "/entries", hexOf(key) + signatureEnd, nullptr);
}

Status Store::keepSignature(const Key &key, const std::string &signature) {
  return write(entries.get(), entriesName, hexOf(key) + signatureEnd, signature, /*lasting=*/true);
}

std::optional<std::string> Store::findNote(const FileIdentity &identity) {
  const auto note = decode(readText(notes.get(), rootPath + "/notes", noteName(identity), nullptr));
  if (!note || !vouchesFor(*note, identity))
    return std::nullopt;
  return note->text;
}

void Store::keepNote(const FileIdentity &identity, int64_t taken, const std::string &text) {
  const FileNote note = {identity, taken, text};
  // One that will never be believed is not worth a file.
  if (vouchesFor(note, identity))
    (void)write(notes.get(), notesName, noteName(identity), encode(note), /*lasting=*/false);
}

std::string Store::findText(const std::string &name) {
  return readText(notes.get(), rootPath + "/notes", name, nullptr);
}

void Store::keepText(const std::string &name, const std::string &text) {
  (void)write(notes.get(), notesName, name, text, /*lasting=*/false);
}

std::vector<std::string> Store::processorsOf(const Digest &family) {
  const std::string text = readText(families.get(), rootPath + "/families", hexOf(family), nullptr);
  std::vector<std::string> lines;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

void Store::addProcessor(const Digest &family, const std::string &processor) {
  std::vector<std::string> lines = processorsOf(family);
  if (std::find(lines.begin(), lines.end(), processor) != lines.end())
    return;
  // Appending in one call: lines of two processes do not mix. One that is lost costs a compilation.
  Descriptor file(openat(families.get(), hexOf(family).c_str(),
                         O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0644));
  if (file)
    writeAll(file.get(), processor + "\n");
}

} // namespace w2n::cache
