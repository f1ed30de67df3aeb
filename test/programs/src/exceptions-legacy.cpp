// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The same in the older form, which producers still make by default.
//
// EXCEPTIONS: legacy
#include "exceptions.cpp"
