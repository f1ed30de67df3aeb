// Arguments that the calls on paths have in common.
#pragma once

#include "runtime/wasi/GuestMemory.h"
#include "runtime/wasi/Witx.h"

#include <string>

namespace w2n::wasi {

/// The path at `pointer`. Errors: Fault, NameTooLong, Inval if it contains a NUL, which the host
/// would take for its end.
WasiResult<std::string> readPath(GuestMemory memory, GuestPointer<char> pointer, uint32_t bytes);

/// O_NOFOLLOW unless the guest asked for links to be followed. Errors: Inval.
WasiResult<int> linkFlagOf(uint32_t lookup);

} // namespace w2n::wasi
