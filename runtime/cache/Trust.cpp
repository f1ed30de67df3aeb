// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/cache/Trust.h"

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace w2n::cache {

namespace {

std::unexpected<Error> refuse(std::string text) { return fail(ErrorKind::Io, std::move(text)); }

std::unexpected<Error> refuseWithErrno(const std::string &what) {
  return refuse(what + ": " + std::strerror(errno));
}

bool isTrustedOwner(uid_t owner) { return owner == geteuid() || owner == 0; }

Status checkOwner(const struct stat &status, const std::string &what) {
  if (isTrustedOwner(status.st_uid))
    return {};
  return refuse(what + " belongs to user " + std::to_string(status.st_uid) +
                ", must belong to you (user " + std::to_string(geteuid()) + ") or root");
}

Status checkWriters(const struct stat &status, const std::string &what, const std::string &path) {
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) == 0)
    return {};
  return refuse("others can write " + what + ": 'chmod go-w " + path + "' forbids it");
}

Status checkFolder(const struct stat &status, const std::string &path) {
  const std::string what = "folder '" + path + "'";
  W2N_CHECK(checkOwner(status, what));
  return checkWriters(status, what, path);
}

/// Others could replace what is in a folder above ours, unless it is sticky, as /tmp is.
Status checkFoldersAbove(const std::string &path) {
  for (size_t slash = path.rfind('/'); slash != path.npos && path.size() > 1;
       slash = slash == 0 ? path.npos : path.rfind('/', slash - 1)) {
    const std::string above = slash == 0 ? "/" : path.substr(0, slash);
    struct stat status;
    if (lstat(above.c_str(), &status) != 0)
      return refuseWithErrno("cannot look at '" + above + "'");
    W2N_CHECK(checkOwner(status, "folder '" + above + "'"));
    if (!(status.st_mode & S_ISVTX))
      W2N_CHECK(checkWriters(status, "folder '" + above + "'", above));
  }
  return {};
}

void makeFolders(const std::string &path) {
  for (size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    // An error shows when the whole is opened.
    mkdir(path.substr(0, slash).c_str(), 0700);
    if (slash == path.npos)
      return;
  }
}

int openFolder(int parent, const char *name) {
  return openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

} // namespace

Result<Descriptor> openRootFolder(std::string &path) {
  char resolved[PATH_MAX];
  if (!realpath(path.c_str(), resolved)) {
    if (errno == ENOENT)
      makeFolders(path);
    if (!realpath(path.c_str(), resolved))
      return refuseWithErrno("cannot make or open folder '" + path + "'");
  }
  path = resolved;
  W2N_CHECK(checkFoldersAbove(path));
  Descriptor folder(openFolder(AT_FDCWD, resolved));
  struct stat status;
  if (!folder || fstat(folder.get(), &status) != 0)
    return refuseWithErrno("cannot open folder '" + path + "'");
  W2N_CHECK(checkFolder(status, path));
  return folder;
}

Result<Descriptor> openInnerFolder(int root, const std::string &rootPath, const char *name) {
  const std::string path = rootPath + "/" + name;
  Descriptor folder(openFolder(root, name));
  if (!folder && errno == ENOENT) {
    if (mkdirat(root, name, 0755) != 0 && errno != EEXIST)
      return Descriptor();
    folder = Descriptor(openFolder(root, name));
  }
  if (!folder && (errno == ELOOP || errno == ENOTDIR))
    return refuse("'" + path + "' is a symbolic link or a file, must be a folder: remove it");
  struct stat status;
  if (!folder || fstat(folder.get(), &status) != 0)
    return refuseWithErrno("cannot open folder '" + path + "'");
  W2N_CHECK(checkFolder(status, path));
  return folder;
}

Result<std::optional<OpenedFile>> openTrustedFile(int folder, const std::string &folderPath,
                                                  const std::string &name) {
  // A folder that could not be made is empty.
  if (folder < 0)
    return std::nullopt;
  // A pipe must not make us wait for its writer.
  Descriptor file(openat(folder, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  const std::string path = folderPath + "/" + name, what = "file '" + path + "'";
  if (!file && errno == ENOENT)
    return std::nullopt;
  if (!file && errno == ELOOP)
    return refuse(what + " is a symbolic link, must be a regular file");
  struct stat status;
  if (!file || fstat(file.get(), &status) != 0)
    return refuseWithErrno("cannot open " + what);
  if (!S_ISREG(status.st_mode))
    return refuse(what + " is not a regular file");
  W2N_CHECK(checkOwner(status, what));
  W2N_CHECK(checkWriters(status, what, path));
  return OpenedFile{std::move(file), status};
}

} // namespace w2n::cache
