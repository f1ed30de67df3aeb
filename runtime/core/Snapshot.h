// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The state of an instance, for a module that begins with it.
#pragma once

#include "lib/wasm/Snapshot.h"
#include "runtime/core/Instance.h"

namespace w2n::runtime {

/// Takes the present state of `instance`, which must not run; its memories are borrowed and must
/// not change while the snapshot is used. Tables that no instruction of the module writes to may be
/// null where they are not, as their functions may be in the code alone. Errors: Unsupported, for
/// what belongs to others: imported memories, tables and globals, references to anything but
/// functions of the module, exceptions. Threads: the thread of the instance.
Result<wasm::Snapshot> takeSnapshot(Instance &instance);

} // namespace w2n::runtime
