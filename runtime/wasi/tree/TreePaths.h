// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Paths in trees, as PathResolver.h has them in directories of the host: they never leave the
// directory that they begin at, neither by `..` nor by a link, nor by a link's absolute target.
#pragma once

#include "runtime/wasi/PathResolver.h"
#include "runtime/wasi/tree/Node.h"

namespace w2n::wasi {

/// The node at `path` beneath `directory`, opened, made or made empty as openat(2) with `hostFlags`
/// would. Errors: NotCapable if the path leads out, else as the system's.
WasiResult<NodeHandle> openInTree(const NodeHandle &directory, const char *path, int hostFlags);

/// The node at `path`: a link itself with `linkFlag` O_NOFOLLOW.
WasiResult<NodeHandle> findInTree(const NodeHandle &directory, const char *path, int linkFlag);

/// As PathResolver::entry.
WasiResult<Entry> entryInTree(const NodeHandle &directory, const char *path, Errno dotError);

// Operations on an entry that the resolver or entryInTree found. Each is one system call, or one of
// its directory's node.

/// The attributes of what is there, a link's own. Errors: NoEnt.
WasiResult<struct stat> statusOfEntry(const Entry &entry);
Outcome makeDirectoryAt(const Entry &entry);
Outcome makeLinkAt(const Entry &entry, const char *target);
Outcome removeEntry(const Entry &entry, bool directory);
/// Errors: Xdev, as between file systems.
Outcome renameEntry(const Entry &from, const Entry &to);
Outcome linkEntry(const Entry &from, const Entry &to);

} // namespace w2n::wasi
