// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// libwasm2native-http.so, which is opened when something of HTTP is used for the first time.
#pragma once

#include "lib/support/Error.h"
#include "runtime/http/Codec.h"

namespace w2n::http {

/// Looks for it where libraries of an installation are, beside the program, and where the system
/// finds libraries. Errors: Unsupported (not installed, or of another version). Threads: any.
Result<const Codec *> openCodec();

} // namespace w2n::http
