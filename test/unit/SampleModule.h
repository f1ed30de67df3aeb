// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A module in hand-written code (SampleCode.h): functions of type [i32 i32] -> [i32] that do what
// the runtime's tests need.
#pragma once

#include "runtime/core/Instance.h"
#include "test/unit/ArtifactBuilder.h"

namespace w2n::test {

/// The number of instances that each thread of a test makes, and the distance between the bytes
/// that a test damages, each in an instance of its own. qemu-user keeps 84 MB for each reservation
/// of 8 GiB, also after its end.
#ifdef W2N_EMULATED
constexpr uint32_t threadRounds = 6;
constexpr size_t damageStep = 211;
#else
constexpr uint32_t threadRounds = 50;
constexpr size_t damageStep = 1;
#endif

struct SampleOptions {
  uint64_t minPages = 1, maxPages = 65536;
  bool importsMemory = false;
  bool explicitBounds = false;
  std::string features = {};
  /// The function that "call-host" calls.
  std::string hostModule = "env", hostName = "host";
  /// It has type [i32] -> [].
  bool hostTakesOne = false;
  /// Exports, as the last function, "take-reference" of type [funcref] -> [], which never returns.
  bool takesReference = false;
};

/// Imports a function, "env"."host"; exports "add", "trap" (the kind in its first argument), "load"
/// (address), "recurse", "grow" (pages), "fill" (address, count), "call-host", "divide", "illegal",
/// and "memory", whose page at 16384 begins with "image" in the image.
std::vector<uint8_t> buildSample(const SampleOptions &options = {});

/// For wasi-threads: imports "wasi"."thread-spawn" and "env"."run", of type [i32 i32] -> [], and
/// the shared memory "env"."memory"; exports "spawn", which is thread-spawn, "wait" (address,
/// expected), which waits for ever, and, if asked for, "wasi_thread_start", which calls "run".
std::vector<uint8_t> buildThreadSample(bool exportsStart = true);

/// For interrupts: the functions of the sample, and "loop" and "loop-host", which never return, the
/// second calling "host". Its memory has 1 GiB, or so many pages.
std::vector<uint8_t> buildLoopSample(uint64_t pages = 16384);

/// Writes `file` to a temporary file and loads it.
Result<std::shared_ptr<const runtime::Module>> loadBytes(const std::vector<uint8_t> &file);

} // namespace w2n::test
