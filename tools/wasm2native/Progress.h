// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The progress of a long compilation: a bar on a terminal, lines in a log.
#pragma once

#include "include/wasm2native/compiler.h"
#include "lib/support/Error.h"

#include <chrono>
#include <span>
#include <vector>

namespace w2n::tool {

enum class ProgressMode : uint8_t { Automatic, Bar, Lines, None };

/// For the process; Automatic is a bar if standard error is a terminal, else lines.
void setProgressMode(ProgressMode mode);

/// Writes to standard error. A bar appears once a second has passed, and is cleared at the end; the
/// first line comes after ten seconds, unless lines were asked for, and further ones every ten
/// seconds. Calls must not overlap.
class Progress {
public:
  /// `noun` is what is counted.
  explicit Progress(const char *noun = "functions");
  ~Progress();
  Progress(const Progress &) = delete;
  Progress &operator=(const Progress &) = delete;

  /// `note` is what is being done.
  void update(uint32_t done, uint32_t total, const std::string &note = "");

  /// Has a compilation with `options` shown, which must end before this does.
  void watch(w2n_compile_options &options);

  /// A line of its own about something that is done; none where there is a bar, nor before the
  /// first line is due.
  void tell(const std::string &text);

private:
  using Clock = std::chrono::steady_clock;
  void drawBar(uint32_t done, uint32_t total, const std::string &note);
  void printLine(uint32_t done, uint32_t total, const std::string &note);

  const char *noun;
  ProgressMode mode; ///< not Automatic
  bool drawn = false;
  const Clock::time_point begin = Clock::now();
  Clock::time_point firstOutput, nextOutput;
};

/// Has the compiler library compile `wasm` for `targets`, and shows how far it is. Errors: those of
/// compileWithLibrary.
Result<std::vector<Result<std::vector<uint8_t>>>>
compileWithProgress(std::span<const uint8_t> wasm, w2n_compile_options options,
                    std::span<const std::string> targets);

/// The same for options.target.
Result<std::vector<uint8_t>> compileWithProgress(std::span<const uint8_t> wasm,
                                                 w2n_compile_options options);

} // namespace w2n::tool
