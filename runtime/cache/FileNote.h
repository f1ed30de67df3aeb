// What was found out about a file (its hash, that it is sound), remembered until the file changes.
//
// A note holds the file's identity: device, inode, size and both times, of which the system alone
// sets the second. Times are as coarse as the clock tick, on some file systems two seconds: a
// change just after the note was taken might leave them as they are. So a note is believed only if
// the file had been left alone for longer than that before (as git treats its index).
#pragma once

#include "lib/support/Hash.h"

#include <optional>
#include <string>
#include <sys/stat.h>

namespace w2n::cache {

/// Of a file at one moment; times in nanoseconds since 1970.
struct FileIdentity {
  uint64_t device, inode, bytes;
  int64_t modified, changed;

  static FileIdentity of(const struct stat &status);
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
