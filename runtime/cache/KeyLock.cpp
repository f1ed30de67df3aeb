#include "runtime/cache/KeyLock.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace w2n::cache {

namespace {

enum class Outcome { Taken, Busy, Impossible };

// flock, not fcntl: its locks belong to the open file, so that two threads exclude each other too.
Outcome lock(int file, KeyLock::Wait wait) {
  const int operation = LOCK_EX | (wait == KeyLock::Wait::No ? LOCK_NB : 0);
  while (flock(file, operation) != 0) {
    if (errno == EWOULDBLOCK)
      return Outcome::Busy;
    if (errno != EINTR)
      return Outcome::Impossible;
  }
  return Outcome::Taken;
}

/// Whether `file` is still what `name` is: its last holder removes it.
bool isCurrent(int folder, const std::string &name, int file) {
  struct stat opened, named;
  return fstat(file, &opened) == 0 &&
         fstatat(folder, name.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 &&
         opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

} // namespace

std::optional<KeyLock> KeyLock::take(int folder, const std::string &name, Wait wait) {
  while (true) {
    Descriptor file(openat(folder, name.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644));
    if (!file)
      return KeyLock(folder, name, Descriptor());
    switch (lock(file.get(), wait)) {
    case Outcome::Busy:
      return std::nullopt;
    case Outcome::Impossible:
      unlinkat(folder, name.c_str(), 0);
      return KeyLock(folder, name, Descriptor());
    case Outcome::Taken:
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
