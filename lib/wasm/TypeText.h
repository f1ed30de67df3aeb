// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#pragma once

#include "lib/wasm/Types.h"

namespace w2n::wasm {

/// A definition as the text format has it, types by their indices:
/// "(sub 0 (struct (field (mut i8) anyref)))".
std::string toString(const TypeDefinition &type);

} // namespace w2n::wasm
