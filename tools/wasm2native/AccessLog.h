// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#pragma once

#include "tools/wasm2native/ServeOptions.h"

namespace w2n::tool {

/// A function that writes a line on standard output for each request; empty for None.
std::function<void(const serve::LogRecord &)> accessLog(LogFormat format);

} // namespace w2n::tool
