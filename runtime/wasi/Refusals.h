// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Calls that fail for want of a directory, for a host that wants to say so.
#pragma once

#include "runtime/wasi/CallTable.h"
#include "runtime/wasi/Options.h"

namespace w2n::wasi {

/// Whether `call` has paths, or asks for directories.
bool mayBeRefused(const Call &call);

/// Does what `call.invoke` does, and tells `sink` if it failed with NotCapable or Badf.
Status invokeWatched(const Call &call, const RefusalSink &sink, WasiContext &context,
                     GuestMemory memory, std::span<runtime::Slot> slots);

} // namespace w2n::wasi
