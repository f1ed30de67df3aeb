// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/checkpoint/Folder.h"

#include "lib/support/File.h"
#include "lib/support/FileLock.h"
#include "runtime/platform/VirtualMemory.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <dirent.h>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>

namespace w2n::checkpoint {

namespace {

/// Errors: Invalid, if others own what is open as `file` or can write to it.
Status checkOwn(int file, const std::string &path) {
  struct stat status;
  if (fstat(file, &status) != 0)
    return platform::failWithErrno("cannot look at " + path);
  if (status.st_uid != geteuid() || (status.st_mode & (S_IWGRP | S_IWOTH)))
    return fail(ErrorKind::Invalid, path + " is not yours alone: others could write to it, and "
                                           "what resumes a checkpoint runs what is in it");
  return {};
}

bool isSame(const struct stat &a, const struct stat &b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/// Whether `name` is that of a file which was to be renamed to "state" or "artifact" when its
/// process was killed (writeFileAtomically): with the process and a number.
bool isTemporary(std::string_view name) {
  const size_t end = std::min(name.find('.'), name.size());
  const std::string_view whole = name.substr(0, end), rest = name.substr(end);
  return (whole == "state" || whole == "artifact") && rest.size() > 1 &&
         rest.find_first_not_of("0123456789-", 1) == rest.npos;
}

/// Whether `directory`, whose path has at most `depth` parts, is `outer` or in it.
Result<bool> isIn(int directory, size_t depth, const struct stat &outer) {
  Descriptor parent;
  struct stat last = {};
  for (size_t steps = 0;; ++steps) {
    const int current = parent ? parent.get() : directory;
    struct stat status;
    if (fstat(current, &status) != 0)
      return platform::failWithErrno("cannot look at the directories above the checkpoint");
    if (isSame(status, outer))
      return true;
    // The root is above itself; and so looks a directory that is mounted in itself.
    if (steps > depth && isSame(status, last))
      return false;
    last = status;
    parent = Descriptor(openat(current, "..", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!parent)
      return platform::failWithErrno("cannot open the directories above the checkpoint");
  }
}

} // namespace

Result<Folder> Folder::find(const std::string &path) {
  Folder folder;
  char resolved[PATH_MAX];
  if (!realpath(path.c_str(), resolved))
    return platform::failWithErrno("cannot open " + path);
  folder.path = resolved;
  folder.directory = Descriptor(::open(resolved, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.directory)
    return platform::failWithErrno("cannot open " + path);
  W2N_CHECK(checkOwn(folder.directory.get(), path));
  return folder;
}

Status Folder::lock() {
  // A process that was killed has its lock until the system has freed all of its memory.
  constexpr std::chrono::seconds longestWait(5);
  do {
    W2N_TRY(file, openFile("lock", /*isNew=*/true));
    lockFile = std::move(file);
    if (w2n::lockFile(lockFile.get(), longestWait) == LockOutcome::Busy)
      return fail(ErrorKind::Invalid, "another process runs with the checkpoint in " + path);
    // The one before may have removed the file, so that the next one locks another.
  } while (!isThere("lock", lockFile.get()));
  sweep();
  return {};
}

bool Folder::isThere(const char *name, int file) const {
  struct stat named, open;
  return fstatat(directory.get(), name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
         fstat(file, &open) == 0 && isSame(named, open);
}

void Folder::sweep() const {
  const int listed = openat(directory.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *const entries = listed < 0 ? nullptr : fdopendir(listed);
  if (!entries) {
    if (listed >= 0)
      close(listed);
    return;
  }
  while (const dirent *entry = readdir(entries))
    if (isTemporary(entry->d_name))
      unlinkat(directory.get(), entry->d_name, 0);
  closedir(entries);
}

Status Folder::checkIsOutside(std::span<const std::string> granted) const {
  const auto depth = size_t(std::ranges::count(path, '/'));
  for (const std::string &name : granted) {
    struct stat outer;
    if (stat(name.c_str(), &outer) != 0)
      return platform::failWithErrno("cannot look at " + name);
    W2N_TRY(isInside, isIn(directory.get(), depth, outer));
    if (isInside)
      return fail(ErrorKind::Invalid, "the checkpoint's directory '" + path +
                                          "' lies in a directory that the program is given, '" +
                                          name + "'");
  }
  return {};
}

Result<Folder> Folder::create(const std::string &path, std::span<const std::string> granted) {
  const bool isNew = mkdir(path.c_str(), 0700) == 0;
  if (!isNew && errno != EEXIST)
    return platform::failWithErrno("cannot make " + path);
  W2N_TRY(folder, find(path));
  if (Status outside = folder.checkIsOutside(granted); !outside) {
    if (isNew)
      rmdir(path.c_str());
    return std::unexpected(std::move(outside).error());
  }
  W2N_CHECK(folder.lock());
  if (faccessat(folder.directory.get(), "state", F_OK, 0) == 0)
    return fail(ErrorKind::Invalid, path + " has a checkpoint already: 'wasm2native resume " +
                                        path + "' goes on with it");
  return folder;
}

Result<Folder> Folder::open(const std::string &path) {
  const Descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory)
    return platform::failWithErrno("cannot open " + path);
  if (faccessat(directory.get(), "state", F_OK, 0) != 0)
    return fail(ErrorKind::Invalid, "there is no checkpoint in " + path);
  W2N_TRY(folder, find(path));
  W2N_CHECK(folder.lock());
  // Another process may have brought the program to its end meanwhile.
  if (faccessat(folder.directory.get(), "state", F_OK, 0) != 0) {
    folder.clear();
    return fail(ErrorKind::Invalid, "there is no checkpoint in " + path);
  }
  return folder;
}

Result<Descriptor> Folder::openFile(const char *name, bool isNew) const {
  const int flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | (isNew ? O_CREAT : 0);
  Descriptor file(openat(directory.get(), name, flags, 0600));
  if (!file)
    return platform::failWithErrno("cannot open " + pathOf(name));
  W2N_CHECK(checkOwn(file.get(), pathOf(name)));
  return file;
}

Status Folder::sync() const {
  if (fsync(directory.get()) != 0)
    return platform::failWithErrno("cannot write to " + path);
  return {};
}

Status Folder::writeArtifact(std::span<const uint8_t> artifact) const {
  return writeFileAtomically(pathOf("artifact"), artifact, FileMode::Private);
}

Status Folder::writeState(std::span<const uint8_t> state) const {
  W2N_CHECK(writeFileAtomically(pathOf("state"), state, FileMode::Private));
  return sync();
}

Result<std::vector<uint8_t>> Folder::readState() const {
  W2N_TRY(file, openFile("state", /*isNew=*/false));
  return readDescriptor(file.get(), pathOf("state"));
}

void Folder::clear() const {
  sweep();
  for (const char *name : {"state", "pages", "artifact", "lock"})
    unlinkat(directory.get(), name, 0);
}

} // namespace w2n::checkpoint
