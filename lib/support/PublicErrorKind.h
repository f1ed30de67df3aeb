// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The kinds of error as the public headers number them: the one place where both meet.
#pragma once

#include "include/wasm2native/base.h"
#include "lib/support/Error.h"

namespace w2n {

static_assert(W2N_ERROR_MALFORMED == int(ErrorKind::Malformed));
static_assert(W2N_ERROR_INVALID == int(ErrorKind::Invalid));
static_assert(W2N_ERROR_UNSUPPORTED == int(ErrorKind::Unsupported));
static_assert(W2N_ERROR_LIMIT == int(ErrorKind::Limit));
static_assert(W2N_ERROR_IO == int(ErrorKind::Io));
static_assert(W2N_ERROR_LINK == int(ErrorKind::Link));
static_assert(W2N_ERROR_TRAP == int(ErrorKind::Trap));
static_assert(W2N_ERROR_EXIT == int(ErrorKind::Exit));
static_assert(W2N_ERROR_INTERNAL == int(ErrorKind::Internal));
static_assert(W2N_ERROR_INTERRUPTED == int(ErrorKind::Interrupted));
static_assert(W2N_NO_OFFSET == Error::noOffset);

inline w2n_error_kind publicKind(ErrorKind kind) { return w2n_error_kind(kind); }

} // namespace w2n
