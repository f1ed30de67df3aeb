// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Maintenance of a store: sizes, leftovers, damage.
#include "runtime/cache/Store.h"
#include "runtime/cache/StoreFiles.h"
#include "runtime/cache/Trust.h"

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <map>
#include <sys/stat.h>
#include <unistd.h>

namespace w2n::cache {

namespace {

constexpr int64_t oldNanoseconds = int64_t(30) * 24 * 3600 * 1'000'000'000;
constexpr size_t keyDigits = 2 * sizeof(Key);

struct Name {
  std::string text;
  struct stat status;
};

/// The entries of a folder that are no folders.
std::vector<Name> namesIn(int folder) {
  std::vector<Name> names;
  // The stream closes its descriptor.
  const int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *stream = copy < 0 ? nullptr : fdopendir(copy);
  if (!stream)
    return names;
  while (const dirent *found = readdir(stream)) {
    Name name{found->d_name, {}};
    if (fstatat(folder, found->d_name, &name.status, AT_SYMLINK_NOFOLLOW) == 0 &&
        !S_ISDIR(name.status.st_mode))
      names.push_back(std::move(name));
  }
  closedir(stream);
  return names;
}

/// The key that a name begins with; "" if it begins with none.
std::string keyIn(const std::string &name) {
  const std::string key = name.substr(0, keyDigits);
  const bool isKey =
      key.size() == keyDigits && key.find_first_not_of("0123456789abcdef") == key.npos;
  return isKey ? key : "";
}

bool isArtifact(const std::string &name) {
  return name.size() == keyDigits + sizeof(artifactEnd) - 1 && name.ends_with(artifactEnd) &&
         !keyIn(name).empty();
}

uint64_t bytesOf(const struct stat &status) { return uint64_t(status.st_size); }

} // namespace

std::vector<EntryInfo> Store::list() {
  std::vector<EntryInfo> found;
  std::map<std::string, int64_t> uses;
  for (const Name &name : namesIn(entries.get())) {
    const int64_t modified = FileIdentity::of(name.status).modified;
    if (isArtifact(name.text))
      found.push_back({keyIn(name.text), bytesOf(name.status), modified});
    else if (name.text.ends_with(seenEnd))
      uses[keyIn(name.text)] = modified;
  }
  // Times from the future, from before a clock jumped back, do not make an entry stay for ever.
  const int64_t now = nowNanoseconds();
  for (EntryInfo &entry : found) {
    if (const auto use = uses.find(entry.key); use != uses.end())
      entry.lastUsed = use->second;
    entry.lastUsed = std::min(entry.lastUsed, now);
  }
  std::sort(found.begin(), found.end(), [](const EntryInfo &a, const EntryInfo &b) {
    return std::pair(a.lastUsed, a.key) < std::pair(b.lastUsed, b.key);
  });
  return found;
}

std::vector<EntryInfo> Store::evict(uint64_t limitBytes, const std::string &kept) {
  std::vector<EntryInfo> removed;
  std::vector<EntryInfo> all = list();
  uint64_t total = 0;
  for (const EntryInfo &entry : all)
    total += entry.bytes;
  for (const EntryInfo &entry : all) {
    if (total <= limitBytes)
      break;
    if (entry.key == kept)
      continue;
    // Users that have it open keep it; later ones compile it. A key being compiled is in use.
    const auto lock = KeyLock::take(locks.get(), entry.key, KeyLock::noWait);
    if (!lock)
      continue;
    if (unlinkat(entries.get(), (entry.key + artifactEnd).c_str(), 0) != 0 && errno != ENOENT)
      continue;
    for (const char *end : companionEnds)
      unlinkat(entries.get(), (entry.key + end).c_str(), 0);
    total -= entry.bytes;
    removed.push_back(entry);
  }
  return removed;
}

std::vector<Store::Damage> Store::verify() {
  std::vector<Damage> damages;
  const std::string path = rootPath + "/entries";
  for (const EntryInfo &entry : list()) {
    const std::string name = entry.key + artifactEnd;
    // Whoever compiles it replaces it anyway.
    const auto lock = KeyLock::take(locks.get(), entry.key, KeyLock::noWait);
    if (!lock)
      continue;
    auto opened = openTrustedFile(entries.get(), path, name);
    if (opened && !*opened)
      continue;
    auto checked = opened ? check(entry.key, {std::move((*opened)->file), entry.bytes},
                                  FileIdentity::of((*opened)->status))
                          : Result<std::optional<StoredArtifact>>(std::unexpected(opened.error()));
    if (checked)
      continue;
    damages.push_back({entry.key, checked.error().text});
    auto quarantine = openInnerFolder(root.get(), rootPath, quarantineName);
    if (!quarantine || renameat(entries.get(), name.c_str(), quarantine->get(), name.c_str()) != 0)
      unlinkat(entries.get(), name.c_str(), 0);
    for (const char *end : companionEnds)
      unlinkat(entries.get(), (entry.key + end).c_str(), 0);
  }
  return damages;
}

/// Temporary files, and hashes without an artifact, of keys that nobody works on; locks that nobody
/// holds.
uint64_t Store::removeLeftovers() {
  uint64_t count = 0;
  for (const Name &name : namesIn(entries.get())) {
    const std::string key = keyIn(name.text);
    struct stat status;
    const auto isAlone = [&] {
      return fstatat(entries.get(), (key + artifactEnd).c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0;
    };
    if (key.empty() || isArtifact(name.text) || (!name.text.ends_with(temporaryEnd) && !isAlone()))
      continue;
    const auto lock = KeyLock::take(locks.get(), key, KeyLock::noWait);
    if (lock && (name.text.ends_with(temporaryEnd) || isAlone()))
      count += unlinkat(entries.get(), name.text.c_str(), 0) == 0;
  }
  // Taking a lock and letting it go removes its file.
  for (const Name &name : namesIn(locks.get()))
    if (auto lock = KeyLock::take(locks.get(), name.text, KeyLock::noWait); lock && lock->isHeld())
      ++count;
  return count;
}

uint64_t Store::removeOldFiles(int folder) {
  uint64_t count = 0;
  for (const Name &name : namesIn(folder))
    if (FileIdentity::of(name.status).modified < nowNanoseconds() - oldNanoseconds)
      count += unlinkat(folder, name.text.c_str(), 0) == 0;
  return count;
}

uint64_t Store::removeEmptyFamilies() {
  uint64_t count = 0;
  for (const Name &name : namesIn(families.get())) {
    Digest family;
    if (name.text.size() != keyDigits || keyIn(name.text).empty())
      continue;
    for (size_t i = 0; i < family.size(); ++i)
      family[i] = uint8_t(std::stoul(name.text.substr(2 * i, 2), nullptr, 16));
    const auto processors = processorsOf(family);
    const bool isUsed =
        std::any_of(processors.begin(), processors.end(), [&](const std::string &processor) {
          const std::string entry = hexOf(keyOf(family, processor)) + artifactEnd;
          return faccessat(entries.get(), entry.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
        });
    if (!isUsed)
      count += unlinkat(families.get(), name.text.c_str(), 0) == 0;
  }
  return count;
}

Store::Collected Store::collect() {
  Collected result = {};
  for (const EntryInfo &entry : evict(limit)) {
    ++result.entries;
    result.bytes += entry.bytes;
  }
  result.leftovers = removeLeftovers() + removeOldFiles(notes.get()) + removeEmptyFamilies();
  if (auto quarantine = openInnerFolder(root.get(), rootPath, quarantineName))
    result.leftovers += removeOldFiles(quarantine->get());
  return result;
}

Store::Collected Store::clear() {
  Collected result = {};
  for (const EntryInfo &entry : evict(0)) {
    ++result.entries;
    result.bytes += entry.bytes;
  }
  result.leftovers = removeLeftovers();
  auto quarantine = openInnerFolder(root.get(), rootPath, quarantineName);
  const int folders[] = {notes.get(), families.get(), quarantine ? quarantine->get() : -1};
  for (int folder : folders)
    for (const Name &name : namesIn(folder))
      result.leftovers += unlinkat(folder, name.text.c_str(), 0) == 0;
  return result;
}

} // namespace w2n::cache
