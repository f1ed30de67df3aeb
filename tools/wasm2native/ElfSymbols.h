// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The functions in an artifact's symbol table, for people who look at its code.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace w2n::tool {

struct CodeSymbol {
  uint64_t begin, bytes; ///< in the file, where artifacts have what they have in memory
  std::string_view name; ///< in the file; the module's choice
};

/// The functions of the 64-bit little-endian ELF file `file` that lie inside of it, by address,
/// each ending where the next begins at the latest; of several at one address the first that has a
/// size. Empty if it has no symbol table, or a damaged one.
std::vector<CodeSymbol> codeSymbolsOf(std::span<const uint8_t> file);

} // namespace w2n::tool
