// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The end of a process whose compiled code has done what no guest may do.
#pragma once

#include "runtime/platform/Faults.h"

namespace w2n::runtime {

class Module;
struct Activation;

/// Says on the standard error stream where in the code of `module` the fault was and what was
/// accessed, beginning with "wasm2native: sandbox violation: ", then by which calls of `activation`
/// (whose registers are noted; null if there is none), and aborts: something is wrong with the
/// compiler or the runtime, and what else it has done is not known. For signal handlers of faults
/// in compiled code.
[[noreturn]] void endByViolation(const platform::Fault &fault, const Module &module,
                                 const Activation *activation);

} // namespace w2n::runtime
