// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Operations on a path in a directory, for every version of WASI. Opening goes through the resolver
// as a whole; making, removing and renaming an entry resolves the directory that holds it and then
// names the entry alone.
//
// Errors of all: NotDir, NotCapable (a right, or a path that leads out), those of the system call.
#pragma once

#include "runtime/wasi/FileOperations.h"
#include "runtime/wasi/GuestPath.h"

namespace w2n::wasi {

/// Errors: NotDir, NotCapable.
Outcome checkDirectory(const File &directory, Needs needs);

/// The way to open a file: the numbers of path_open.
struct OpenHow {
  uint32_t lookup;
  uint32_t openFlags;
  uint32_t fdFlags;
  Rights base, inheriting;
};
/// Errors: Inval, Dquot.
WasiResult<File> openPath(WasiContext &context, const File &directory, const GuestPath &path,
                          const OpenHow &how);
/// The file of a node that was opened as open(2) does with `hostFlags`.
File treeFile(WasiContext &context, const std::shared_ptr<Node> &node, int hostFlags, Rights base,
              Rights inheriting);
/// Errors: Dquot.
Outcome createDirectory(WasiContext &context, const File &directory, const GuestPath &path);
Outcome removeDirectory(WasiContext &context, const File &directory, const GuestPath &path);
Outcome unlinkFile(WasiContext &context, const File &directory, const GuestPath &path);
Outcome renamePath(WasiContext &context, const File &oldDirectory, const GuestPath &oldPath,
                   const File &newDirectory, const GuestPath &newPath);
/// Errors: Dquot; NotCapable for a target that is absolute.
Outcome makeSymlink(WasiContext &context, const GuestPath &target, const File &directory,
                    const GuestPath &path);
/// Returns the number of bytes of the link's target in `buffer`. Errors: Inval.
WasiResult<size_t> readLink(WasiContext &context, const File &directory, const GuestPath &path,
                            std::span<uint8_t> buffer);
/// Errors: Dquot.
Outcome linkPath(WasiContext &context, const File &oldDirectory, const GuestPath &oldPath,
                 const File &newDirectory, const GuestPath &newPath);
/// `lookup` is $lookupflags. Errors: Inval.
WasiResult<struct stat> statusOfPath(WasiContext &context, const File &directory, uint32_t lookup,
                                     const GuestPath &path);
Outcome setPathTimes(WasiContext &context, const File &directory, uint32_t lookup,
                     const GuestPath &path, const FileTimes &times);

} // namespace w2n::wasi
