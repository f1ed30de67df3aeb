// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>

namespace w2n::http {

/// The rest of a host behind its name or address is nothing, or a colon and a port, which may be
/// empty.
inline bool isPort(std::string_view text) {
  if (text.size() <= 1)
    return text.empty() || text == ":";
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), port);
  return text[0] == ':' && error == std::errc() && end == text.data() + text.size();
}

/// RFC 3986 without the comma, which might separate two hosts; addresses are not looked at.
inline bool isHost(std::string_view text) {
  constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                       "0123456789-._~%!$&'()*+;=:[]";
  const bool isAddress = text.starts_with('[');
  size_t end = std::min(text.find_first_of(isAddress ? "]" : "[]:"), text.size());
  if (isAddress && end++ == text.size())
    return false;
  return text.find_first_not_of(allowed) == text.npos && isPort(text.substr(end));
}

} // namespace w2n::http
