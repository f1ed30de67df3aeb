// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The directory of a checkpoint:
//
//   artifact  a copy of what runs, so that the same code is there wherever the directory is
//   pages     Pages.h
//   state     Checkpoint.h; renamed into place when all else is on the disk
//   lock      held by the process that runs the program
//
// A checkpoint has the program's stack and is as trusted as machine code: whoever can write it has
// the rights of the one who resumes it. So the directory and its files must be the caller's own,
// and out of reach of the program.
#pragma once

#include "lib/support/Descriptor.h"
#include "runtime/checkpoint/Checkpoint.h"

#include <span>

namespace w2n::checkpoint {

/// Threads: one at a time.
class Folder {
public:
  /// Makes `path` if it is not there, for a new run of a program that is given the directories
  /// `granted`. Errors: Io; Invalid (others can write to it, it has a checkpoint already, another
  /// process uses it, or as checkIsOutside says).
  static Result<Folder> create(const std::string &path, std::span<const std::string> granted);
  /// The folder of a checkpoint. Errors: the same; Invalid if there is no checkpoint.
  static Result<Folder> open(const std::string &path);

  /// A program that could write its own checkpoint would have all that its host has. Errors: Io;
  /// Invalid, if the folder is one of the directories `granted`, or in one.
  Status checkIsOutside(std::span<const std::string> granted) const;

  /// Opens a file in it that is the caller's own; makes it for `isNew`. Errors: Io, Invalid.
  Result<Descriptor> openFile(const char *name, bool isNew) const;
  Status writeArtifact(std::span<const uint8_t> artifact) const;
  /// Puts the state in place of the last one, for good. Errors: Io.
  Status writeState(std::span<const uint8_t> state) const;
  Result<std::vector<uint8_t>> readState() const;
  /// Removes the checkpoint: the program has ended.
  void clear() const;

  std::string pathOf(const char *name) const { return path + "/" + name; }

private:
  static Result<Folder> find(const std::string &path);
  /// Waits for a while if another process has the lock.
  Status lock();
  /// Whether `name` is the file that is open as `file`.
  bool isThere(const char *name, int file) const;
  /// Removes what processes that were killed have left half written. The lock is held.
  void sweep() const;
  Status sync() const;

  std::string path;
  Descriptor directory, lockFile;
};

} // namespace w2n::checkpoint
