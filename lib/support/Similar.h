// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Words that may have been meant instead of an unknown one.
#pragma once

#include <span>
#include <string_view>

namespace w2n {

/// The candidate that takes the fewest edits to become from `word`: a letter inserted, removed,
/// replaced, or swapped with its neighbor. Empty if all take more than a third of the word's
/// letters. Of equally similar ones the first.
std::string_view closestWord(std::string_view word, std::span<const std::string_view> candidates);

} // namespace w2n
