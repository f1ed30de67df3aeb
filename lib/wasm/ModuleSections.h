// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The sections of a module that is put together item by item (core specification, 5.5).
#pragma once

#include "lib/support/ByteWriter.h"
#include "lib/wasm/Module.h"

#include <optional>

namespace w2n::wasm {

/// A section that is a vector of items.
struct Section {
  uint32_t count = 0;
  ByteWriter items;

  /// Writes the section with its number, if there are items.
  void write(ByteWriter &out, uint8_t id) const;
};

struct ModuleSections {
  /// `declared` has the types of functions, `code` their bodies.
  Section types, imports, declared, tables, memories, tags, globals, exports, elements, code, data;
  std::optional<uint32_t> startFunction;

  /// Writes the module, without empty sections. `beforeCode` are whole sections that belong between
  /// element segments and code.
  void write(ByteWriter &out, Bytes beforeCode = {}) const;
};

} // namespace w2n::wasm
