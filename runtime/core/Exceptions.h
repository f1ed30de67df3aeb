// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Throwing (core specification, section 4.4.8): making exceptions, finding who catches them, and
// carrying them through the host.
#pragma once

#include "lib/artifact/Abi.h"
#include "lib/support/Error.h"
#include "runtime/core/Extern.h"

namespace w2n::runtime {

/// The exception that `error`, which a host function has returned to `caller`, is about, or null:
/// that of a call back into the guest which nobody there caught. It goes on in the guest, which may
/// keep it.
artifact::Exception *exceptionOf(const Error &error, Instance &caller);

/// The error by which a host function that `caller` has called throws an exception of `tag` with
/// `payload`, whose references `caller` may keep. Errors: Limit (no room for another exception),
/// Link (the tag is of an instance with another heap).
Result<Error> makeThrownError(Instance &caller, const std::shared_ptr<Tag> &tag,
                              std::span<const Slot> payload);
/// The exception that `error` holds, as long as it lives; null if there is none.
artifact::Exception *heldException(const Error &error);
/// The tag of `exception`; keeps it.
std::shared_ptr<Tag> tagOf(const artifact::Exception &exception);

} // namespace w2n::runtime
