// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Texts about the command itself: help and versions.
#pragma once

#include "tools/wasm2native/CommandLine.h"

namespace w2n::tool {

/// Prints what --help prints. Returns the exit status.
int printHelp(const CommandSpec &spec);

/// Prints what --version prints. Returns the exit status.
int printVersion();

} // namespace w2n::tool
