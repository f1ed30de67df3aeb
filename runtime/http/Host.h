// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#pragma once

#include <string_view>

namespace w2n::http {

/// RFC 3986 without the comma, which might separate two hosts; numbers are not looked at.
inline bool isHost(std::string_view text) {
  constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                       "0123456789-._~%!$&'()*+;=:[]";
  return text.find_first_not_of(allowed) == text.npos;
}

} // namespace w2n::http
