// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The custom section "dylink.0", by which a module says that it can be placed anywhere. Source: the
// tool conventions of WebAssembly, "WebAssembly Dynamic Linking".
#pragma once

#include "lib/wasm/Module.h"

#include <optional>
#include <set>
#include <string_view>
#include <vector>

namespace w2n::dylink {

struct DylinkInfo {
  uint32_t memoryBytes = 0, memoryAlignLog2 = 0;
  uint32_t tableElements = 0, tableAlignLog2 = 0;
  /// The files that it must be linked with.
  std::vector<std::string_view> needed;
  /// Symbols that may be undefined, whether functions or data.
  std::set<std::string_view> weakSymbols;
};

/// Reads the section, which is the first of its module. Nullopt if there is none. The result refers
/// to `bytes`, which have been decoded before. Errors: Malformed, Limit; Unsupported for the format
/// before this one.
Result<std::optional<DylinkInfo>> readDylinkSection(wasm::Bytes bytes);

} // namespace w2n::dylink
