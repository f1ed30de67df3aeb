// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// compile --emit=c-header: what a module exports as C functions, for programs that embed it.
#pragma once

#include "lib/support/Error.h"

#include <span>
#include <string>

namespace w2n::tool {

/// A header for `wasm`, whose file is `path`: a struct of its exported functions, which are looked
/// up once, and a function with their parameters and results for each whose types are numbers.
/// Errors: those of decoding and validation.
Result<std::string> makeCHeader(std::span<const uint8_t> wasm, const std::string &path);

} // namespace w2n::tool
