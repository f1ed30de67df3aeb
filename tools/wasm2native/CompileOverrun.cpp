// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/CompileOverrun.h"

#include "tools/wasm2native/Diagnostics.h"
#include "tools/wasm2native/LoadCompiler.h"

namespace w2n::tool {

void endAtCompileOverrun(const std::string &input) {
  onCompileOverrun([input](const Error &error) { exitNow(reportError(input, error)); });
}

} // namespace w2n::tool
