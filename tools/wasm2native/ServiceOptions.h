// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Services of the host that a component is given by options: configuration, a log, buckets.
#pragma once

#include "runtime/wasi/Options.h"
#include "tools/wasm2native/CommandLine.h"

namespace w2n::tool {

/// Adds what the options in `line` give to `options`; buckets, and the file of a log, are opened.
/// Errors: for usageError.
std::expected<void, std::string> readServiceOptions(const CommandLine &line,
                                                    wasi::WasiOptions &options);

} // namespace w2n::tool
