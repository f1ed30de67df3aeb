// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// One slice of an artifact (artifact::SliceRecord) on its way through the compiler. All slices of
// all targets share one plan.
#pragma once

#include "compiler/targets/Target.h"

namespace w2n::compiler {

class CodeReport;

/// The code of a module for one processor among those of a target.
struct Slice {
  const TargetChoice &target;
  /// Follows the names of all its symbols, where there are several slices.
  std::string symbolSuffix = {};
  /// Null if nothing is reported: other slices would say the same once more.
  CodeReport *report = nullptr;

  const TargetTraits &traits() const { return target.info->traits; }
};

} // namespace w2n::compiler
