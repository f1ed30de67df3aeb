// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The interface of libwasm2native-archive.so, which is opened when an archive is: it reads one from
// beginning to end with libarchive. Nothing here is checked but what libarchive checks; members are
// judged by who gets them (runtime/wasi/tree/ArchiveTree.cpp).
#pragma once

#include <cstddef>
#include <cstdint>

namespace w2n::libraries {

/// Texts live as long as the call that gets them.
struct ArchiveMember {
  const char *path;
  uint32_t type;     ///< S_IFREG, S_IFDIR, S_IFLNK or another of inode(7)
  uint64_t bytes;    ///< of a file, as its header says; 0 if it says nothing
  int64_t modifiedS; ///< since 1970
  uint32_t modifiedNs;
  const char *target;    ///< of a symbolic link, else null
  const char *sameFile;  ///< the path of a member that this is another name of, else null
  const char *encrypted; ///< not null if the bytes are
};

/// Gets the members in order, and the bytes of a file after it, holes left out. A call that returns
/// false ends the reading.
struct ArchiveSink {
  void *user;
  bool (*member)(void *user, const ArchiveMember *member);
  bool (*data)(void *user, const void *bytes, size_t count, uint64_t offset);
};

/// Reads the archive in the file `descriptor`. False if it is damaged, with a text in `error`, or a
/// call of the sink returned false, with an empty one.
using ReadArchive = bool(int descriptor, const ArchiveSink *sink, char *error, size_t errorBytes);
inline constexpr const char *archiveLibrary = "libwasm2native-archive.so";
inline constexpr const char *readArchiveName = "w2n_read_archive";

} // namespace w2n::libraries
