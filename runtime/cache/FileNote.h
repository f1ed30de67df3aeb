// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Facts about a file (its hash, that it is sound), remembered until the file changes.
//
// A note holds the file's identity: device, inode, size and both times, of which the system alone
// sets the second. Times are as coarse as the clock tick, on some file systems two seconds: a
// change just after the note was taken might leave them as they are. So a note is believed only if
// the file had been left alone for longer than that before (as git treats its index).
//
// The system sets times only of what is changed through it. Another image, mounted at the same
// place, can hold another file with equal numbers and times, because tools that make images choose
// them. So the identity of a file outside of the cache has the mount that it was seen through and
// the boot of the system: what is mounted anew is looked at anew. Since Linux 6.8 numbers of mounts
// are not used again. Before, they are, and what can only have been changed by mounting another
// image, a file of a read-only file system, has no identity; the same on an image that is mounted
// writable would go unnoticed there.
#pragma once

#include "lib/support/Hash.h"

#include <optional>
#include <string>
#include <sys/stat.h>

namespace w2n::cache {

/// The identity of a file at one moment; times in nanoseconds since 1970.
struct FileIdentity {
  uint64_t device = 0, inode = 0, bytes = 0;
  int64_t modified = 0, changed = 0;
  /// The boot of the system, a random number, and the mount; 0 where the note lies beside its file.
  uint64_t boot = 0, mount = 0;

  /// Without a mount: for a note in the same folder as its file, which is then gone with it.
  static FileIdentity of(const struct stat &status);
  /// For other notes; nullopt if the system cannot tell the file from another.
  static std::optional<FileIdentity> ofOpen(int descriptor);
  static std::optional<FileIdentity> at(const std::string &path);
  /// The identity by the system's `status`; `isReadOnly` is about the file system; `boot` as above,
  /// or 0 if it is not known.
  static std::optional<FileIdentity> from(const struct statx &status, bool isReadOnly,
                                          uint64_t boot);
  bool operator==(const FileIdentity &) const = default;
};

struct FileNote {
  FileIdentity identity;
  /// When the file was looked at, by the system's clock, before reading it.
  int64_t taken;
  std::string text;
};

/// Now, as file systems see it.
int64_t nowNanoseconds();

/// Whether `note` tells about the file as it is in `identity`, and was not taken too early.
bool vouchesFor(const FileNote &note, const FileIdentity &identity);

/// As bytes with a hash at their end; and back, nullopt if they are damaged.
std::string encode(const FileNote &note);
std::optional<FileNote> decode(std::string_view bytes);

/// "2049-1234", by which a note about a file is found.
std::string noteName(const FileIdentity &identity);

} // namespace w2n::cache
