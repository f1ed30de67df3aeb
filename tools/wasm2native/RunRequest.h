// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The command line of `run`, understood.
#pragma once

#include "runtime/core/Instance.h"
#include "runtime/core/Module.h"
#include "runtime/wasi/ThreadGroup.h"
#include "tools/wasm2native/AttachedProgram.h"
#include "tools/wasm2native/CheckpointOptions.h"
#include "tools/wasm2native/CodegenOptions.h"
#include "tools/wasm2native/LoadModule.h"
#include "tools/wasm2native/Observers.h"
#include "tools/wasm2native/WasiOptions.h"

#include <chrono>
#include <expected>
#include <optional>
#include <string>
#include <vector>

namespace w2n::tool {

struct Preload {
  std::string name, file;
};

/// The options of a run, and what it is of.
struct RunRequest {
  std::string file;
  /// The program that this process is, in place of `file`'s contents; borrowed.
  const AttachedProgram *attached = nullptr;
  std::optional<std::string> invoke;
  std::vector<Preload> preloads;
  runtime::InstanceOptions instance;
  uint32_t maxThreads = wasi::ThreadGroup::defaultMaxThreads;
  w2n_compile_options compile;
  CacheChoice cache;
  runtime::LoadOptions load;
  std::string profileFile;
  std::string coreDumpFile; ///< empty is none
  bool heapStats = false;
  wasi::WasiOptions wasi;
  std::optional<std::chrono::nanoseconds> timeout;
  ObserverRequest observers;
  std::optional<CheckpointRequest> checkpoint;
  /// As they were given.
  std::vector<std::string> options;
  bool isQuiet = false; ///< no notes and warnings
};

/// `isResumed`: the program goes on from a checkpoint. Errors: an option's text, for the user.
std::expected<RunRequest, std::string> readRunRequest(const CommandLine &line,
                                                      bool isResumed = false);

/// Words as main's are; they refer to `options`.
std::vector<char *> wordsOf(std::span<const std::string> options);

} // namespace w2n::tool
