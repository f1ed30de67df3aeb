// Values of WebAssembly as text: what `run --invoke` reads and prints.
#pragma once

#include "lib/support/Error.h"
#include "lib/wasm/Types.h"

namespace w2n::tool {

/// Reads `text` as a value of `type` into a slot: i32 and i64 in decimal (signed or unsigned) or
/// hexadecimal, f32 and f64 as C does (1.5, 0x1p-3, nan, inf). Errors: Invalid.
Result<uint64_t> parseValue(wasm::ValueType type, const std::string &text);

/// Integers signed, floats with the fewest digits that read back as the same value.
std::string formatValue(wasm::ValueType type, uint64_t slot);

} // namespace w2n::tool
