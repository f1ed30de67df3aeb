// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The values of constant expressions of a single instruction at compile time: offsets of active
// segments, and the elements of segments that metadata can hold. All others are computed when an
// instance is made. The expressions must be valid.
#pragma once

#include "lib/artifact/Format.h"
#include "lib/wasm/Instruction.h"

#include <optional>

namespace w2n::compiler {

/// The instruction of `expression` if it has no other.
inline std::optional<wasm::Instruction> onlyInstruction(const wasm::ConstExpr &expression) {
  std::optional<wasm::Instruction> only;
  for (const wasm::Instruction &instruction : wasm::Instructions(expression.code)) {
    if (only)
      return std::nullopt;
    only = instruction;
  }
  return only;
}

/// The value of `expression` if it is a single i32.const or i64.const.
inline std::optional<uint64_t> constantOffset(const wasm::ConstExpr &expression) {
  const auto instruction = onlyInstruction(expression);
  if (instruction && instruction->opcode == wasm::Opcode::I32Const)
    return uint32_t(instruction->bits);
  if (instruction && instruction->opcode == wasm::Opcode::I64Const)
    return instruction->bits;
  return std::nullopt;
}

/// The index of the function that `expression` refers to, artifact::noIndex if it is null; nothing
/// if it is something else.
inline std::optional<uint32_t> elementInMetadata(const wasm::ConstExpr &expression) {
  const auto instruction = onlyInstruction(expression);
  if (instruction && instruction->opcode == wasm::Opcode::RefFunc)
    return instruction->index;
  if (instruction && instruction->opcode == wasm::Opcode::RefNull)
    return artifact::noIndex;
  return std::nullopt;
}

} // namespace w2n::compiler
