// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// An archive (zip, or tar, compressed or not) as a tree that only can be read. It is unpacked into
// memory when it is opened, once for all guests that are given the tree.
//
// Archives come from anywhere. A member whose name is absolute, has a component `..`, lies in
// something else than a directory, or is neither file, directory nor link, makes the whole archive
// an error, and so do limits; links are confined when they are followed (TreePaths.h).
#pragma once

#include "lib/support/Error.h"
#include "runtime/wasi/tree/Node.h"

namespace w2n::wasi {

struct ArchiveLimits {
  /// The size of all files, unpacked.
  uint64_t maxBytes = uint64_t(1) << 30;
  uint64_t maxMembers = 1 << 18;
};

/// Whether the file at `path` is named like an archive, and is no directory.
bool isArchiveName(const std::string &path);

/// The root. Errors: Io, Invalid (damaged or hostile), Limit, Unsupported (no library for
/// archives).
Result<NodeHandle> openArchiveTree(const std::string &path, const ArchiveLimits &limits = {});

} // namespace w2n::wasi
