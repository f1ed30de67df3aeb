// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The one place where an llvm::Error becomes ours.
#pragma once

#include "lib/support/Error.h"

#include <llvm/Support/Error.h>

namespace w2n::compiler {

/// Takes `error`, which must be a failure.
inline Error fromLlvm(llvm::Error error, ErrorKind kind = ErrorKind::Internal) {
  return Error{kind, Error::noOffset, llvm::toString(std::move(error)), {}, 0};
}

} // namespace w2n::compiler
