// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Code of one module as code of another, in which all indices are others.
#pragma once

#include "lib/support/ByteWriter.h"
#include "lib/wasm/Instruction.h"
#include "lib/wasm/Module.h"

#include <optional>

namespace w2n::wasm {

/// The new indices of what a module has.
struct IndexMap {
  std::vector<uint32_t> functions, tables, memories, globals, tags;
  uint32_t firstType = 0, firstData = 0, firstElement = 0;
  /// A global instead of memory.size, and a function instead of memory.grow, if there is such.
  struct MemorySize {
    uint32_t global, growFunction;
  };
  std::optional<MemorySize> memorySize = {};

  ValueType operator()(ValueType type) const {
    if (type.isDefined())
      type.typeIndex += firstType;
    return type;
  }
};

/// Appends the instructions `code`, which begin at `offset` in their module and are valid.
Status rewriteCode(Bytes code, uint64_t offset, const IndexMap &map, ByteWriter &out);

/// The body of a valid function, with its locals.
Status rewriteBody(const Function &function, const IndexMap &map, ByteWriter &out);

} // namespace w2n::wasm
