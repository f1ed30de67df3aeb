// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Guest paths become host descriptors here and nowhere else, and never leave the directory they
// start in: no absolute path, no `..` above it, no symbolic link that leads out, no magic link
// (/proc/self/fd/3).
//
// The kernel does it in one call where it has openat2 (Linux 5.6), or where the path is one
// component and no link. Elsewhere the path is walked component by component with O_NOFOLLOW,
// keeping every directory on the way open, so that `..` is the directory we came from, whatever
// others rename meanwhile.
#pragma once

#include "runtime/wasi/Descriptor.h"
#include "runtime/wasi/Errno.h"

#include <atomic>
#include <climits>
#include <memory>
#include <sys/stat.h>

namespace w2n::wasi {

class Node;

enum class PathMethod : uint8_t {
  Automatic, ///< the kernel if it can
  Walk,      ///< always component by component
};

/// The directory that holds the last component of a path, and that component: what calls that make,
/// remove or rename an entry work on. `name` is one component, never empty, ".", ".." and without
/// slashes, so that a *at call on it neither leaves `directory` nor follows a link.
struct Entry {
  /// The descriptor of `opened`, or the directory that the path began at.
  int directory = -1;
  Descriptor opened;
  /// The directory, if it is one of a tree (tree/Node.h) instead.
  std::shared_ptr<Node> node;
  char name[NAME_MAX + 1];
  /// The path ended in a slash: it names a directory, or nothing.
  bool mustBeDirectory = false;
};

class PathResolver {
public:
  explicit PathResolver(PathMethod method) : useWalk(method == PathMethod::Walk) {}

  /// Opens `path` beneath `directory` as openat(2) with `flags` and `mode` would; O_NOFOLLOW in
  /// `flags` stands for the last component only. Errors: NotCapable if the path leads out, else the
  /// system's.
  WasiResult<Descriptor> open(int directory, const char *path, int flags, mode_t mode = 0);

  /// The attributes of what `path` names beneath `directory`, as fstatat(2): of a link itself with
  /// `linkFlag` O_NOFOLLOW, else of its target. Errors: as above.
  Outcome status(int directory, const char *path, int linkFlag, struct stat &status);

  /// The entry lives as long as `directory` stays open. Paths are shorter than PATH_MAX. Errors:
  /// NotCapable, `dotError` if the last component is "." or "..", else the system's.
  WasiResult<Entry> entry(int directory, const char *path, Errno dotError);

private:
  WasiResult<Descriptor> openBeneath(int directory, const char *path, int flags, mode_t mode);

  /// Set once the kernel has turned out to lack openat2.
  std::atomic<bool> useWalk;
};

} // namespace w2n::wasi
