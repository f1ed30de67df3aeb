// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Throwing (core specification, section 4.4.8): making exceptions, finding who catches them, and
// carrying them through the host.
#pragma once

#include "lib/artifact/Abi.h"
#include "lib/support/Error.h"

namespace w2n::runtime {

class Instance;

/// The exception that `error`, which a host function has returned to `caller`, is about, or null:
/// that of a call back into the guest which nobody there caught. It goes on in the guest, which may
/// keep it.
artifact::Exception *exceptionOf(const Error &error, Instance &caller);

} // namespace w2n::runtime
