// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Location expressions of DWARF for wasm, as far as producers make them: a local, the frame, which
// is a local, an address or a constant, and an offset.
#pragma once

#include "compiler/debug/SourceInfo.h"

#include <optional>
#include <span>

namespace w2n::compiler {

/// The local that the frame base `expression` is; noSource if it is something else.
uint32_t frameLocalOf(std::span<const uint8_t> expression);

/// The place that `expression` says, everywhere, in a function whose frame base is the local
/// `frameLocal`; nothing if it is not understood.
std::optional<SourcePlace> placeOf(std::span<const uint8_t> expression, uint32_t frameLocal);

} // namespace w2n::compiler
