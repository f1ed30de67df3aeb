// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/http/Message.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace w2n::http {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? char(c + 'a' - 'A') : c; }

/// RFC 9110, section 5.6.2.
bool isTokenChar(char c) {
  const bool isAlphanumeric = (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z');
  return isAlphanumeric || (c != 0 && std::string_view("!#$%&'*+-.^_`|~").contains(c));
}

/// Fields that are of one connection: those of RFC 9110, section 7.6.1, and some of proxies and of
/// HTTP/2.
constexpr std::array<std::string_view, 9> connectionFields = {
    "connection",          "keep-alive", "proxy-connection",  "proxy-authenticate",
    "proxy-authorization", "te",         "transfer-encoding", "upgrade",
    "http2-settings"};

} // namespace

bool isSameName(std::string_view one, std::string_view other) {
  return std::ranges::equal(one, other, {}, lower, lower);
}

const std::string *findField(const Fields &fields, std::string_view name) {
  for (const Field &field : fields)
    if (isSameName(field.name, name))
      return &field.value;
  return nullptr;
}

DeclaredLength declaredLength(const Fields &fields) {
  DeclaredLength length;
  for (const Field &field : fields) {
    if (!isSameName(field.name, "content-length"))
      continue;
    uint64_t bytes = 0;
    const char *const end = field.value.data() + field.value.size();
    const auto [rest, error] = std::from_chars(field.value.data(), end, bytes);
    if (length.bytes || error != std::errc() || rest != end)
      return {.isValid = false, .bytes = std::nullopt};
    length.bytes = bytes;
  }
  return length;
}

bool isFieldName(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, isTokenChar);
}

bool isFieldValue(std::string_view value) {
  constexpr char del = 0x7f;
  return std::ranges::all_of(value,
                             [](char c) { return c == '\t' || (uint8_t(c) >= ' ' && c != del); });
}

bool isConnectionField(std::string_view name) {
  return std::ranges::any_of(connectionFields,
                             [&](std::string_view known) { return isSameName(name, known); });
}

} // namespace w2n::http
