// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Text as JSON writes it.
#pragma once

#include <string>
#include <string_view>

namespace w2n::record {

/// In quotation marks. What is no UTF-8 becomes U+FFFD, because names are the module's choice.
std::string jsonText(std::string_view text);

} // namespace w2n::record
