// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The contents of a checkpoint, but for the contents of pages (Pages.h) and the artifact: how the
// program was started, the instance in the middle of a host call, the world of WASI, and where the
// pages are. The file begins with a magic number and ends with a hash of all before it.
#pragma once

#include "runtime/core/InstanceImage.h"
#include "runtime/wasi/SavedWorld.h"

#include <chrono>
#include <map>

namespace w2n::checkpoint {

/// The way in which a program was started.
struct Start {
  /// The file that was run, for messages.
  std::string program;
  /// The options of `run`, which name what the program was granted.
  std::vector<std::string> options;
  /// The directory in which they were given.
  std::string workingDirectory;
  std::vector<std::string> arguments, environment;
};

/// When checkpoints are taken: at the first host call after some time, or at every so many.
struct Interval {
  std::chrono::nanoseconds time = std::chrono::seconds(1);
  uint64_t calls = 0; ///< 0: by time
};

/// The place in the file of pages where one is, and the hash of its bytes.
struct SavedPage {
  uint64_t slot = 0;
  uint64_t hash = 0;
};
/// By memory, by number of the page.
using PageIndex = std::vector<std::map<uint64_t, SavedPage>>;

struct Checkpoint {
  Start start;
  Interval interval;
  /// The checksum that the artifact has, its size, and the CPU whose code was used.
  uint64_t artifactHash = 0, artifactBytes = 0;
  std::string cpu;
  uint64_t pageBytes = 0;
  /// The first of the addresses (AddressPlan), and the end of them.
  uint64_t firstAddress = 0, endAddress = 0;
  uint64_t stackBytes = 0;
  runtime::InstanceImage image;
  wasi::SavedWorld world;
  PageIndex pages;
};

std::vector<uint8_t> encodeCheckpoint(const Checkpoint &checkpoint);
/// Reads one from bytes that may be damaged. Errors: Malformed.
Result<Checkpoint> decodeCheckpoint(std::span<const uint8_t> bytes);

} // namespace w2n::checkpoint
