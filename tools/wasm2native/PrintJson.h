// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// JSON on standard output.
#pragma once

#include <cstdio>
#include <unistd.h>

namespace w2n::tool {

/// Prints `json`, of any kind of nlohmann's, and a newline. Names in it need not be UTF-8; the
/// output is. On a terminal it is ASCII, so that no control character of a name reaches it (JSON
/// need not escape DEL and U+0080 to U+009F).
template <typename Json> void printJson(const Json &json) {
  const bool onlyAscii = isatty(STDOUT_FILENO);
  puts(json.dump(/*indent=*/2, ' ', onlyAscii, Json::error_handler_t::replace).c_str());
}

} // namespace w2n::tool
