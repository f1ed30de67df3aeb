// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The subcommands: each takes the arguments after its name and returns the exit status.
#pragma once

#include <span>

namespace w2n::tool {

int compileMain(std::span<char *const> arguments);
int runMain(std::span<char *const> arguments);
int inspectMain(std::span<char *const> arguments);
int warmMain(std::span<char *const> arguments);
int cacheMain(std::span<char *const> arguments);

} // namespace w2n::tool
