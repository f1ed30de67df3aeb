// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Semantic versions (https://semver.org, 2.0.0).
#pragma once

#include <string_view>

namespace w2n::wit {

/// Whether version `a` precedes version `b` (section 11). Both are valid.
bool precedes(std::string_view a, std::string_view b);

} // namespace w2n::wit
