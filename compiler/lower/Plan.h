// Makes the ModulePlan that all partitions share.
#pragma once

#include "compiler/codegen/Target.h"
#include "compiler/lower/ModuleLowering.h"

namespace w2n::compiler {

/// `module` must be validated and outlive the plan. Nothing is in the image yet.
ModulePlan makePlan(const wasm::Module &module, const CompileOptions &options,
                    const TargetChoice &target);

} // namespace w2n::compiler
