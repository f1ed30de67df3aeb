// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Core dumps of guests, in the format of WebAssembly's tool conventions ("Core dumps"): a module of
// custom sections and of the contents of memories and globals, which debuggers for wasm read.
#pragma once

#include "runtime/core/Instance.h"

#include <string>

namespace w2n::runtime {

/// Writes the core dump of a call of `entered` that ended with `trap` to a file at `path` that only
/// its owner can read: its frames, of which the functions are known, but neither offsets in the
/// wasm code (0) nor locals (none), and the memories and numeric globals of each instance that has
/// a frame, as they are now: call it before anything else runs in them. `name` is that of the
/// program. Errors: Limit, if memories hold more than 1 GiB that is not zero; Io, and nothing is
/// left behind. Threads: the thread of the instances.
Status writeCoreDump(const Error &trap, Instance &entered, std::string_view name,
                     const std::string &path);

} // namespace w2n::runtime
