// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Code of one module as code of another, in which all indices are others.
#pragma once

#include "lib/support/ByteWriter.h"
#include "lib/wasm/Instruction.h"

namespace w2n::compiler {

/// The new indices of what a module has.
struct IndexMap {
  std::vector<uint32_t> functions, tables, memories, globals, tags;
  uint32_t firstType = 0, firstData = 0, firstElement = 0;

  wasm::ValueType operator()(wasm::ValueType type) const {
    if (type.isDefined())
      type.typeIndex += firstType;
    return type;
  }
};

/// Appends the instructions `code`, which begin at `offset` in their module and are valid.
Status rewriteCode(wasm::Bytes code, uint64_t offset, const IndexMap &map, ByteWriter &out);

} // namespace w2n::compiler
