// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The archives of builtins (compiler/builtins), embedded in the compiler library.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace w2n::compiler {

/// The archive for the target with this name in Targets.def; static.
std::span<const uint8_t> builtinsArchive(std::string_view targetName);

} // namespace w2n::compiler
