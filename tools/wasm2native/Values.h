// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Values of WebAssembly as text: what `run --invoke` reads and prints.
#pragma once

#include "lib/support/Error.h"
#include "lib/wasm/Types.h"

#include <span>
#include <vector>

namespace w2n::tool {

/// Reads `text` as a value of `type` and appends its slots: i32 and i64 in decimal (signed or
/// unsigned) or hexadecimal, f32 and f64 as C does (1.5, 0x1p-3, nan, inf), v128 in hexadecimal
/// with lane 0 last. Errors: Invalid.
Status parseValue(wasm::ValueType type, const std::string &text, std::vector<uint64_t> &slots);

/// Formats the value that `slots` begin with: integers signed, floats with the fewest digits that
/// read back as the same value, vectors as they are read.
std::string formatValue(wasm::ValueType type, std::span<const uint64_t> slots);

} // namespace w2n::tool
