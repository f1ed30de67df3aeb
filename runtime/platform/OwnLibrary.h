// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Libraries that need much are opened when they are used, so that a program that does not use them
// starts without them.
#pragma once

#include "lib/support/Error.h"

namespace w2n::platform {

/// The path of this process's file: where there is no /proc, the one that it was started by. Empty
/// if the system does not tell.
std::string pathOfProgram();

/// The address of `symbol` in our library `name`, which is beside the library folder of the
/// command, or beside the library that this code is in; it stays open. Errors: Unsupported, with
/// `wanted` ("reading archives") in the text.
Result<void *> symbolOfOwnLibrary(const char *name, const char *symbol, const char *wanted);

} // namespace w2n::platform
