// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Lists of KEY=VALUE, from options and files.
#pragma once

#include <expected>
#include <string>
#include <vector>

namespace w2n::tool {

/// Whether `text` is KEY=VALUE, with a key.
bool isVariable(const std::string &text);
/// Sets a variable; a later value takes the place of an earlier one.
void setVariable(std::vector<std::string> &variables, const std::string &text);
/// Sets those of a file, the value of --`option`: a line for each; # begins a comment. Errors: for
/// usageError.
std::expected<void, std::string> addFileOfVariables(std::vector<std::string> &variables,
                                                    const char *option, const std::string &file);

} // namespace w2n::tool
