// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Running a program with checkpoints, and going on with one.
#pragma once

#include "runtime/checkpoint/Checkpointer.h"

namespace w2n::checkpoint {

/// The checkpoint in `folder`, and whether it can be gone on with here. Errors: Io, Malformed,
/// Unsupported.
Result<Checkpoint> readCheckpoint(const Folder &folder);

/// Calls `function`, an export without parameters and results of `instance`, which was made with
/// `checkpointer` as its boundary and with `addresses`. Errors: as runtime::call; Limit.
Status runWithCheckpoints(Checkpointer &checkpointer, runtime::Instance &instance,
                          const runtime::Function &function, runtime::AddressPlan &addresses);

/// Goes on with the program of checkpointer.last() in `instance`, which was made with
/// InstanceOptions::isRestored and `world` new. Errors: as above; Malformed, Unsupported.
Status resumeProgram(Checkpointer &checkpointer, runtime::Instance &instance,
                     wasi::WasiContext &world, runtime::AddressPlan &addresses);

} // namespace w2n::checkpoint
