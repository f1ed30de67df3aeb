// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Makes the ModulePlan that all partitions share.
#pragma once

#include "compiler/plan/ModulePlan.h"
#include "compiler/targets/Target.h"

namespace w2n::compiler {

/// The plan for all targets. `module` must be validated and outlive the plan, as must `options`.
/// Nothing is in the image yet.
ModulePlan makePlan(const wasm::Module &module, const CompileOptions &options);

} // namespace w2n::compiler
