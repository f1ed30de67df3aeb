// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The subcommands: the table from which dispatch, help, completions and man pages are made.
#pragma once

#include "tools/wasm2native/CommandLine.h"

#include <span>
#include <string_view>

namespace w2n::tool {

struct Subcommand {
  std::string_view word; ///< "run"
  const CommandSpec *spec;
  /// Takes the arguments after the word and returns the exit status.
  int (*main)(std::span<char *const> arguments);
};

/// In the order of help, `compile` first.
std::span<const Subcommand> subcommands();

/// Null if there is none of this name.
const Subcommand *findSubcommand(std::string_view word);

/// Advice about `word`, which is no subcommand, as the end of a message: ", did you mean
/// 'run'?".
std::string adviceForCommand(std::string_view word);

#define W2N_SUBCOMMAND(word, function)                                                             \
  extern const CommandSpec function##Spec;                                                         \
  int function##Main(std::span<char *const> arguments);
#include "tools/wasm2native/Subcommands.def"

} // namespace w2n::tool
