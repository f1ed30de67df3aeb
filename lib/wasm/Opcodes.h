// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Look-up of opcodes by their encoding.
#pragma once

#include "lib/wasm/Instruction.h"

#include <optional>

namespace w2n::wasm {

/// The opcode with this encoding; `prefix` is 0 for one-byte opcodes.
std::optional<Opcode> findOpcode(uint8_t prefix, uint32_t code);

} // namespace w2n::wasm
