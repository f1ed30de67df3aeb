// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Dynamic linking of WebAssembly, done ahead of time: a main module and its side modules become one
// module without any. Source of the conventions: "WebAssembly Dynamic Linking" of the tool
// conventions.
#pragma once

#include "lib/wasm/Module.h"

#include <span>
#include <string>
#include <vector>

namespace w2n::dylink {

struct LinkInput {
  std::string name; ///< the file's, for messages, and by which others need it
  wasm::Bytes bytes;
};

struct LinkOptions {
  wasm::FeatureSet features = wasm::FeatureSet::all();
  /// Functions of "env" that no module defines stay imports.
  bool allowUndefined = false;
  /// The size of the stack if the main module can be placed anywhere: others have their own.
  uint32_t stackBytes = 1 << 20;
};

/// An error, and the input that it is about.
struct LinkError {
  std::string file;
  Error error;
};

/// The first input is the main module. Linear in the inputs' bytes; the result has about as many.
/// Errors: those of decoding and validating; Link for symbols that are missing or of other types;
/// Unsupported; Limit. Threads: any.
std::expected<std::vector<uint8_t>, LinkError> linkModules(std::span<const LinkInput> inputs,
                                                           const LinkOptions &options = {});

} // namespace w2n::dylink
