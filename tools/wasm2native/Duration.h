// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Lengths of time on the command line: "500ms", "2s", "1.5".
#pragma once

#include <chrono>
#include <expected>
#include <string>

namespace w2n::tool {

/// A number, and a unit after it: us, ms, s, m or h; seconds without one, as for timeout(1). At
/// most 1,000 days. Errors: for usageError, without the option's name.
std::expected<std::chrono::nanoseconds, std::string> parseDuration(const std::string &text);

} // namespace w2n::tool
