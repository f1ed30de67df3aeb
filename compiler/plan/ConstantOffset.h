// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Offsets of active segments that are known at compile time.
#pragma once

#include "lib/wasm/Instruction.h"

#include <optional>

namespace w2n::compiler {

/// The value of `expression` if it is a single i32.const or i64.const.
inline std::optional<uint64_t> constantOffset(const wasm::ConstExpr &expression) {
  ByteReader reader(expression.code, expression.offset);
  wasm::Instruction instruction;
  if (!wasm::decodeInstruction(reader, instruction) || !reader.atEnd())
    return std::nullopt;
  if (instruction.opcode == wasm::Opcode::I32Const)
    return uint32_t(instruction.bits);
  if (instruction.opcode == wasm::Opcode::I64Const)
    return instruction.bits;
  return std::nullopt;
}

} // namespace w2n::compiler
