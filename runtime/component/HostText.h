// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Text of the host on its way to guests, which rely on its being UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace w2n::runtime {

/// Whether `text` is UTF-8: no surrogates, nothing longer than needed.
bool isUtf8(std::string_view text);
/// `text` with U+FFFD in place of each sequence that is no character.
std::string toUtf8(std::string_view text);

} // namespace w2n::runtime
