// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Directories of a program that are none of the host's: archives, memory, layers.
#pragma once

#include "runtime/wasi/Options.h"
#include "tools/wasm2native/CommandLine.h"

namespace w2n::tool {

/// If --dir names an archive, the preopen with its tree, else `preopen` as it is. Errors: for
/// usageError.
std::expected<wasi::Preopen, std::string> withArchive(wasi::Preopen preopen);

/// The directories of --tmpfs and --overlay. Errors: for usageError.
std::expected<std::vector<wasi::Preopen>, std::string> readTreeOptions(const CommandLine &line);

} // namespace w2n::tool
