// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The world of a guest at a moment, for another process that goes on with it: its descriptors, how
// far its clocks are, what its random numbers go on from. What it was granted is not among it: that
// process grants it again.
#pragma once

#include "runtime/wasi/WasiContext.h"

#include <array>
#include <span>

namespace w2n::wasi {

struct SavedFile {
  enum class Kind : uint8_t {
    Closed, ///< nothing is at this number
    Given,  ///< a standard stream, directory or socket that the guest was given
    Opened, ///< a file or directory in one that it was given
    Lost,   ///< what no other process can have: a connection, a file that has no name
  };
  static constexpr uint32_t kinds = 4;
  Kind kind = Kind::Closed;
  Rights base = 0, inheriting = 0;
  /// The number at which it, or for Opened the directory, was given. The guest may have closed that
  /// directory; the rights are the file's own.
  uint32_t given = 0;
  /// For Opened: in that directory; without links and "..".
  std::string path;
  bool isDirectory = false;
  /// The flags of open(2).
  uint32_t flags = 0;
  /// The place in a regular file, and which one it is.
  uint64_t position = 0, device = 0, inode = 0;
};

struct SavedWorld {
  std::vector<SavedFile> files;
  SavedClocks clocks;
  std::optional<uint64_t> randomState;
  uint64_t quotaLeft = 0;
};

/// Errors: Unsupported, for grants that live in this process alone (trees in memory, injected
/// faults).
Status checkCanBeSaved(const WasiOptions &options);

/// A directory of the host that a guest was given.
struct GivenDirectory {
  uint32_t number; ///< at which it was given
  std::string path;
  /// The most that what is opened in it may have.
  Rights inheriting;
};

/// The directories of `context`, which is new: later the guest may have closed or narrowed them.
std::vector<GivenDirectory> givenDirectories(WasiContext &context);

/// `directories` are those that the guest was given. Threads: no other uses `context`.
SavedWorld saveWorld(WasiContext &context, std::span<const GivenDirectory> directories);

/// Gives `context`, which is new and has the same grants, that state. Files are opened in the
/// directories that are granted, and nowhere else; one that is not there any more is lost: each of
/// its calls fails with Errno::ConnReset until the guest closes it. A regular file goes on at its
/// position; a standard stream as well if it is the file that it was, or if it is read.
/// Errors: Malformed.
Status restoreWorld(WasiContext &context, const SavedWorld &world);

} // namespace w2n::wasi
