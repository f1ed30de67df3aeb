// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A progress bar for compiles that take long, on a terminal only.
#pragma once

#include "compiler/Options.h"
#include "lib/support/Error.h"

#include <chrono>
#include <span>

namespace w2n::tool {

/// Draws on standard error once a second has passed, and clears the line when destroyed. Calls must
/// not overlap.
class Progress {
public:
  /// `noun` is what is counted.
  explicit Progress(const char *noun = "functions");
  ~Progress();
  Progress(const Progress &) = delete;
  Progress &operator=(const Progress &) = delete;

  /// `note` is what is being done.
  void update(uint32_t done, uint32_t total, const std::string &note = "");

private:
  using Clock = std::chrono::steady_clock;
  const char *noun;
  bool onTerminal;
  bool drawn = false;
  Clock::time_point nextDraw;
};

/// Has the process end with an error about `input` when a compilation goes far beyond its limits.
void endAtCompileOverrun(const std::string &input);

/// Has the compiler library compile `wasm` for `targets`, and shows how far it is. Errors: those of
/// compileWithLibrary.
Result<std::vector<Result<std::vector<uint8_t>>>>
compileWithProgress(std::span<const uint8_t> wasm, compiler::CompileOptions options,
                    std::span<const std::string> targets);

/// The same for options.target.
Result<std::vector<uint8_t>> compileWithProgress(std::span<const uint8_t> wasm,
                                                 compiler::CompileOptions options);

} // namespace w2n::tool
