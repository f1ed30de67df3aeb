// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Rows of text in columns, and numbers for people.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace w2n::tool {

/// Prints `rows`, the first of which is the heading, to standard output; every column is as wide as
/// its widest word. Control characters are escaped.
void printTable(const std::vector<std::vector<std::string>> &rows);

/// "14.2 MiB".
std::string sizeText(uint64_t bytes);

} // namespace w2n::tool
