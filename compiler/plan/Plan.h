// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Makes the ModulePlan that all partitions share.
#pragma once

#include "compiler/plan/ModulePlan.h"
#include "compiler/targets/Target.h"

namespace w2n::compiler {

/// What is the same for all targets. `module` must be validated and outlive the plan, as must
/// `options`. Nothing is in the image yet.
ModulePlan makePlan(const wasm::Module &module, const CompileOptions &options);

/// `plan` for one slice of a target; `symbolSuffix` is empty if it is the only one.
ModulePlan planFor(const ModulePlan &plan, const TargetChoice &target,
                   const std::string &symbolSuffix);

} // namespace w2n::compiler
