// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Declarations that wasm2native-bindgen --runtime refuses, with the error at its line.
#include "runtime/wasi/Calls.h"

namespace w2n::wasi {

WASI_CALL("pointer")
Outcome takesPointer(WasiContext &context, const char *text);
WASI_CALL("result")
Errno givesNumber(WasiContext &context);

} // namespace w2n::wasi
