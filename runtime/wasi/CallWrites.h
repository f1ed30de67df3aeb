// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Where a call of the table writes in guest memory, by the types of its parameters (Calls.h): for
// what records runs, so that the calls themselves need not say it.
#pragma once

#include "runtime/core/Boundary.h"
#include "runtime/wasi/CallTable.h"

namespace w2n::wasi {

/// Made for each import; keeps the context alive.
std::shared_ptr<const runtime::HostWrites> writesOf(const Call &call,
                                                    std::shared_ptr<const WasiContext> context);

} // namespace w2n::wasi
