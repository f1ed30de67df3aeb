// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/component/CanonicalText.h"

#include <cstdio>

namespace w2n::runtime {

void appendQuoted(std::string &text, std::string_view bytes) {
  constexpr size_t maxBytes = 64;
  text += '"';
  for (char c : bytes.substr(0, maxBytes)) {
    if (c == '\n')
      text += "\\n";
    else if (c == '"' || c == '\\')
      (text += '\\') += c;
    else if (c >= 0x20 && c < 0x7f)
      text += c;
    else {
      char escaped[8];
      snprintf(escaped, sizeof(escaped), "\\x%02x", uint8_t(c));
      text += escaped;
    }
  }
  text += bytes.size() > maxBytes ? "\"..." : "\"";
}

void appendNumber(std::string &text, double value) {
  char digits[32];
  snprintf(digits, sizeof(digits), "%.17g", value);
  text += digits;
}

void appendResource(std::string &text, HostContext &context, const ResourceType &type,
                    Resource *resource) {
  if (!resource) // given away meanwhile
    return void(text += type.name);
  if (resource->traceNumber == 0)
    resource->traceNumber = ++context.tracedResources;
  text.append(type.name).append("#").append(std::to_string(resource->traceNumber));
}

} // namespace w2n::runtime
