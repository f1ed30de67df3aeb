// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The artifacts to be warmed: modules, each for some targets and processors.
#pragma once

#include "include/wasm2native/compiler.h"
#include "runtime/cache/ModuleCache.h"

namespace w2n::tool {

/// A kind of machine. An empty target is this one's; an empty processor is the target's baseline.
struct MachineKind {
  std::string target, processor;
};

/// One artifact that is wanted, and what became of it.
struct WarmJob {
  enum class State : uint8_t { Waiting, Hit, Compiled, Failed } state = State::Waiting;
  std::string path;
  MachineKind machine;
  uint64_t wasmBytes = 0, artifactBytes = 0;
  double seconds = 0; ///< of compiling
  cache::Key key = {};
  std::string error; ///< if it failed
  bool isFinished() const { return state != State::Waiting; }
};

/// The modules that `paths` name: files, folders (all *.wasm below, in order of their names; links
/// to folders are not followed), and "-", a list on standard input, one path to a line. A path that
/// cannot be used is among them: opening it fails.
std::vector<std::string> findModules(const std::vector<std::string> &paths);

/// A job for each of `paths` and `machines`; those whose artifact is there are hits, and those
/// whose module cannot be read have failed. Loads the compiler only if it must (ModuleCache).
std::vector<WarmJob> planJobs(cache::ModuleCache &cache, const std::vector<std::string> &paths,
                              const std::vector<MachineKind> &machines,
                              const w2n_compile_options &options);

/// `options` for `job`, which they refer to.
w2n_compile_options optionsFor(const WarmJob &job, w2n_compile_options options);

} // namespace w2n::tool
