// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The targets by name, for people.
#pragma once

#include <string>

namespace w2n::compiler {

/// The names of Targets.def, one to a line.
std::string listTargets();

} // namespace w2n::compiler
