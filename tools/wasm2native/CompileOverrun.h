// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#pragma once

#include <string>

namespace w2n::tool {

/// Has the command end with an error about `input` when compiling it is far beyond its limits in
/// the middle of a step (onCompileOverrun).
void endAtCompileOverrun(const std::string &input);

} // namespace w2n::tool
