// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// libwasm2native-http.so and libwasm2native-tls.so, which are opened when they are used for the
// first time.
#pragma once

#include "lib/support/Error.h"
#include "runtime/http/Codec.h"
#include "runtime/http/Tls.h"

namespace w2n::http {

/// Looks for HTTP where libraries of an installation are, beside the program, and where the system
/// finds libraries. Errors: Unsupported (not installed, or of another version). Threads: any.
Result<const Codec *> openCodec();
/// The same for TLS.
Result<const TlsLibrary *> openTls();

} // namespace w2n::http
