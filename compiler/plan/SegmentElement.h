// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Which elements of segments metadata can hold: functions and null. All others are computed when an
// instance is made.
#pragma once

#include "lib/artifact/Format.h"
#include "lib/wasm/Instruction.h"

#include <optional>

namespace w2n::compiler {

/// The index of the function that `expression` refers to, artifact::noIndex if it is null; nothing
/// if it is something else. `expression` must be valid.
inline std::optional<uint32_t> elementInMetadata(const wasm::ConstExpr &expression) {
  ByteReader reader(expression.code, expression.offset);
  wasm::Instruction instruction;
  if (!wasm::decodeInstruction(reader, instruction) || !reader.atEnd())
    return std::nullopt;
  if (instruction.opcode == wasm::Opcode::RefFunc)
    return instruction.index;
  if (instruction.opcode == wasm::Opcode::RefNull)
    return artifact::noIndex;
  return std::nullopt;
}

} // namespace w2n::compiler
