// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/record/Json.h"

#include "lib/support/ByteReader.h"

#include <cstdio>

namespace w2n::record {

namespace {

/// The size of the character that begins `text`, at least 1; 0 if it is none.
size_t characterBytes(std::string_view text) {
  for (size_t bytes = 1; bytes <= 4 && bytes <= text.size(); ++bytes)
    if (isUtf8({reinterpret_cast<const uint8_t *>(text.data()), bytes}))
      return bytes;
  return 0;
}

} // namespace

std::string jsonText(std::string_view text) {
  std::string quoted = "\"";
  while (!text.empty()) {
    const size_t bytes = characterBytes(text);
    const auto letter = uint8_t(text.front());
    if (letter == '"' || letter == '\\')
      quoted.append("\\").append(1, char(letter));
    else if (letter < 0x20 || letter == 0x7f) {
      char escaped[8];
      snprintf(escaped, sizeof(escaped), "\\u%04x", unsigned(letter));
      quoted += escaped;
    } else
      quoted += bytes == 0 ? std::string_view("\\ufffd") : text.substr(0, bytes);
    text.remove_prefix(bytes == 0 ? 1 : bytes);
  }
  return quoted + "\"";
}

} // namespace w2n::record
