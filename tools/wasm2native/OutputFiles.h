// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The files that `compile` writes: an output beside each input, one that is named, or a folder.
#pragma once

#include "tools/wasm2native/CommandLine.h"

namespace w2n::tool {

struct OutputKind {
  bool isWritten; ///< otherwise names do not matter
  bool isText;
  const char *extension; ///< ".so"
  /// An output for each; the name goes before the extension if there are several.
  std::vector<std::string> targets;
};

struct FilePlan {
  std::string input;
  std::vector<std::string> outputs; ///< one for each target
};

/// The inputs of `line` and what becomes of them. Errors: for usageError.
std::expected<std::vector<FilePlan>, std::string> planFiles(const CommandLine &line,
                                                            const OutputKind &kind);

} // namespace w2n::tool
