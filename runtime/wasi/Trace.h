// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The lines that --trace prints: each call with its arguments and its result on a line, as strace
// does. Names and meanings of the arguments are those of the declarations in Calls.h.
#pragma once

#include "runtime/wasi/CallTable.h"

#include <functional>
#include <string_view>

namespace w2n::wasi {

/// Takes one line, which ends in a newline. Called on the thread that makes the call.
using TraceSink = std::function<void(std::string_view line)>;

/// Does what `call.invoke` does and gives the line to `sink`: after the call, or before it if the
/// call does not come back.
Status invokeTraced(const Call &call, const TraceSink &sink, WasiContext &context,
                    GuestMemory memory, std::span<runtime::Slot> slots);

} // namespace w2n::wasi
