// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/cache/KeyLock.h"

#include "lib/support/FileLock.h"

#include <fcntl.h>
#include <sys/stat.h>

namespace w2n::cache {

namespace {

constexpr mode_t ownerOnly = 0600;

/// Whether `file` is still what `name` is: its last holder removes it.
bool isCurrent(int folder, const std::string &name, int file) {
  struct stat opened, named;
  return fstat(file, &opened) == 0 &&
         fstatat(folder, name.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 &&
         opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

/// Files of versions before could be opened, and locked, by whoever could read the cache.
void closeToOthers(int file) {
  struct stat status;
  if (fstat(file, &status) == 0 && (status.st_mode & ~S_IFMT) != ownerOnly)
    fchmod(file, ownerOnly);
}

} // namespace

std::optional<KeyLock> KeyLock::take(int folder, const std::string &name,
                                     std::chrono::milliseconds longest) {
  while (true) {
    Descriptor file(
        openat(folder, name.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, ownerOnly));
    if (!file)
      return KeyLock(folder, name, Descriptor());
    closeToOthers(file.get());
    switch (lockFile(file.get(), longest)) {
    case LockOutcome::Busy:
      return std::nullopt;
    case LockOutcome::Impossible:
      unlinkat(folder, name.c_str(), 0);
      return KeyLock(folder, name, Descriptor());
    case LockOutcome::Taken:
      if (isCurrent(folder, name, file.get()))
        return KeyLock(folder, name, std::move(file));
    }
  }
}

KeyLock::~KeyLock() {
  // Only the holder of the file that has the name gets here, so no other lock is removed.
  if (file)
    unlinkat(folder, name.c_str(), 0);
}

} // namespace w2n::cache
