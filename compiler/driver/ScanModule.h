// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The causes in the report that can be seen in the wasm module itself.
#pragma once

#include "compiler/lower/module/ModuleLowering.h"
#include "compiler/report/CodeReport.h"
#include "compiler/targets/Target.h"

#include <span>

namespace w2n::compiler {

/// Adds to `report` what `plan` and the code of its module say. `slices` are those that code is
/// made for.
void scanModule(const ModulePlan &plan, std::span<const TargetChoice> slices, CodeReport &report);

} // namespace w2n::compiler
