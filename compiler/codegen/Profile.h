// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Profiles: code that counts how often it runs (--profile-generate), and code that is made with
// what was counted (--profile-use). Both are LLVM's instrumentation for profiles, on the IR as the
// lowering made it: so the hash of a function's control flow, by which a profile is found to fit,
// depends on the function and not on target, processor or optimization level.
#pragma once

#include "compiler/lower/module/ModuleLowering.h"
#include "lib/artifact/Profile.h"

#include <atomic>
#include <llvm/Support/MemoryBuffer.h>
#include <memory>

namespace w2n::compiler {

struct ProfiledFunction {
  std::string name;
  uint64_t hash;
  uint32_t counters;
};

/// The functions of a partition that count, in the order of their counters. Where the first one's
/// are, among those of the module, is known when all partitions are done: the metadata has a
/// constant that says so, in bytes, called `symbol`.
struct CounterBlock {
  std::string symbol;
  std::vector<ProfiledFunction> functions;
};

/// Makes every function in `lowering.module` count: for modules that hold functions of the wasm
/// module and nothing else. Fills in `block`.
void countExecutions(ModuleLowering &lowering, CounterBlock &block);

/// A profile to compile with, shared by all partitions.
class ProfileUse {
public:
  /// Reads what a profile file holds, as text or indexed; `name` is what messages call it. Errors:
  /// Malformed, beginning with the name.
  static Result<std::shared_ptr<const ProfileUse>> read(std::span<const uint8_t> bytes,
                                                        const std::string &name);

  /// Tells every function in `lowering.module` how often its blocks ran, if the profile knows and
  /// the function has not changed since. Threads: any.
  void annotate(ModuleLowering &lowering) const;

  /// The most that any block of the function ran: 0 if the profile does not know of it.
  uint64_t hotness(const std::string &displayName) const;

  /// The outcome, after the last annotate: "of 12 functions, ...".
  struct Outcome {
    std::string text;
    bool isWarning; ///< the module is not the one that was counted
  };
  Outcome outcome() const;

private:
  explicit ProfileUse(artifact::Profile profile, std::string name);

  artifact::Profile profile;
  const std::string name;
  /// The profile as LLVM's passes read it.
  std::unique_ptr<llvm::MemoryBuffer> indexed;
  mutable std::atomic<uint32_t> fitting = 0, changed = 0, unknown = 0;
};

} // namespace w2n::compiler
