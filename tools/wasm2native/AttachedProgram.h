// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Standalone programs: the static runtime, and behind its code an artifact, the options of `run`
// that were given when the program was made, and a footer that says where they are.
#pragma once

#include "lib/support/Error.h"

#include <expected>
#include <span>
#include <string>
#include <vector>

namespace w2n::tool {

struct AttachedProgram {
  int descriptor = -1; ///< the program's own file
  uint64_t artifactOffset = 0, artifactBytes = 0;
  /// Options of `wasm2native run`, each a word: "--dir=data::/data".
  std::vector<std::string> options;
  /// Whether the program's command line may begin with further ones.
  bool takesOptions = false;
};

/// The bytes of a program, to be written as an executable file. `stub` names the runtime to take,
/// the one that is installed for the artifact's processor if it is empty.
/// Errors: Io; Invalid (`stub` is for another processor or no runtime).
Result<std::vector<uint8_t>> makeProgram(std::span<const uint8_t> artifact,
                                         const AttachedProgram &program, const std::string &stub);

/// Reads what makeProgram attached to the file that is open as `descriptor`. Errors: Io, Malformed.
Result<AttachedProgram> readAttachedProgram(int descriptor);

/// Runs `program` with `arguments`, without its name, which is `name`. Returns the exit status.
int runAttached(const AttachedProgram &program, const char *name, std::span<char *const> arguments);

/// Errors: what `wasm2native run` would say of `options` before it opens anything, for usageError.
std::expected<void, std::string> checkRunOptions(std::span<const std::string> options);

} // namespace w2n::tool
