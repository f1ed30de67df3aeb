// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/checkpoint/Folder.h"

#include "lib/support/File.h"
#include "lib/support/FileLock.h"
#include "runtime/platform/VirtualMemory.h"

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <fcntl.h>
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

} // namespace

Result<Folder> Folder::lock(const std::string &path) {
  Folder folder;
  char resolved[PATH_MAX];
  if (!realpath(path.c_str(), resolved))
    return platform::failWithErrno("cannot open " + path);
  folder.path = resolved;
  folder.directory = Descriptor(::open(resolved, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.directory)
    return platform::failWithErrno("cannot open " + path);
  W2N_CHECK(checkOwn(folder.directory.get(), path));
  W2N_TRY(file, folder.openFile("lock", /*isNew=*/true));
  folder.lockFile = std::move(file);
  if (w2n::lockFile(folder.lockFile.get(), std::chrono::milliseconds(0)) == LockOutcome::Busy)
    return fail(ErrorKind::Invalid, "another process runs with the checkpoint in " + path);
  return folder;
}

Result<Folder> Folder::create(const std::string &path) {
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    return platform::failWithErrno("cannot make " + path);
  W2N_TRY(folder, lock(path));
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
  return lock(path);
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
  for (const char *name : {"state", "pages", "artifact", "lock"})
    unlinkat(directory.get(), name, 0);
}

} // namespace w2n::checkpoint
