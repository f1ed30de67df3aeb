// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// compileForTargets(bytes, options, targets) -> outputs: the list of phases. Its C entry is
// include/wasm2native/compiler.h.
#pragma once

#include "compiler/Options.h"
#include "lib/support/Error.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace w2n::compiler {

/// Compiles it for each of `targets` (options.target does not matter), with one decoding, one
/// validation and one set of threads. What fails for one target fails for it alone. Errors: those
/// of the module and of the options.
Result<std::vector<Result<std::vector<uint8_t>>>>
compileForTargets(std::span<const uint8_t> bytes, const CompileOptions &options,
                  std::span<const std::string> targets);

/// The text that --mcpu=help and --mattr=help print for `target`. Errors: Unsupported.
Result<std::string> listFor(const std::string &target, List list);

} // namespace w2n::compiler
