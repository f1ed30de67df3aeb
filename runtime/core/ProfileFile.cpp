// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/ProfileFile.h"

#include "lib/support/Descriptor.h"
#include "lib/support/File.h"
#include "lib/support/FileLock.h"
#include "runtime/platform/VirtualMemory.h"

#include <fcntl.h>
#include <sys/stat.h>

namespace w2n::runtime {

namespace {

bool isSameFile(int descriptor, const std::string &path, struct stat &opened) {
  struct stat named;
  return fstat(descriptor, &opened) == 0 && stat(path.c_str(), &named) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

/// The time that others may hold the file: adding to it takes milliseconds.
constexpr std::chrono::seconds longestWait(60);

/// The file, locked: it is replaced only by whoever has the lock. The kernel ends the lock with its
/// holder. Errors: Io.
Result<Descriptor> openLocked(const std::string &path, struct stat &status) {
  while (true) {
    Descriptor file(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
    if (!file)
      return platform::failWithErrno("cannot open " + path);
    switch (lockFile(file.get(), longestWait)) {
    case LockOutcome::Taken:
      break;
    case LockOutcome::Busy:
      return fail(ErrorKind::Io, "cannot lock " + path +
                                     ": another process has held its lock for " +
                                     std::to_string(longestWait.count()) + " s");
    case LockOutcome::Impossible:
      return platform::failWithErrno("cannot lock " + path);
    }
    // Somebody else may have put another in its place meanwhile.
    if (isSameFile(file.get(), path, status))
      return file;
  }
}

} // namespace

Status addToProfileFile(const artifact::Profile &profile, const std::string &path) {
  struct stat status = {};
  W2N_TRY(file, openLocked(path, status));
  artifact::Profile all;
  if (S_ISREG(status.st_mode)) {
    W2N_TRY(bytes, readDescriptor(file.get(), path));
    auto before = artifact::Profile::parse(bytes);
    if (!before) {
      before.error().text.insert(0, path + ": ");
      return std::unexpected(std::move(before).error());
    }
    all = std::move(*before);
  }
  all.add(profile);
  const std::string text = all.text();
  return writeFileAtomically(path, {reinterpret_cast<const uint8_t *>(text.data()), text.size()});
}

} // namespace w2n::runtime
