// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Parts of the messages about components.
#pragma once

#include "lib/support/Error.h"

#include <string>
#include <string_view>

namespace w2n::component {

/// A name as messages show it.
inline std::string quoted(std::string_view text) { return "`" + std::string(text) + "`"; }

inline std::unexpected<Error> invalid(std::string text, uint64_t offset) {
  return fail(ErrorKind::Invalid, std::move(text), offset);
}

/// Says of an invalid component what was looked at.
inline Status inContext(Status status, const std::string &context) {
  if (!status && status.error().kind == ErrorKind::Invalid)
    status.error().text = context + ": " + status.error().text;
  return status;
}

} // namespace w2n::component
