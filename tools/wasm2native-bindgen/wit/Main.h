// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasm2native-bindgen --wit: headers of C++ from a world in WIT.
#pragma once

#include <span>

namespace w2n::bindgen {

/// Whether the command line asks for it.
bool wantsWit(std::span<const char *const> arguments);
/// Returns the exit status.
int runWit(std::span<const char *const> arguments);

} // namespace w2n::bindgen
