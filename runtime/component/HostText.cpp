// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/component/HostText.h"

#include "lib/support/Utf8.h"

#include <cstring>

namespace w2n::runtime {

namespace {

/// The number of bytes of ASCII that `text` begins with: looks at eight at a time.
size_t asciiBytes(std::string_view text) {
  size_t at = 0;
  for (uint64_t word; text.size() - at >= sizeof(word); at += sizeof(word)) {
    std::memcpy(&word, text.data() + at, sizeof(word));
    if (word & 0x8080808080808080)
      break;
  }
  while (at < text.size() && uint8_t(text[at]) < 0x80)
    ++at;
  return at;
}

Utf8Sequence firstSequence(std::string_view text) {
  return firstUtf8Sequence({reinterpret_cast<const uint8_t *>(text.data()), text.size()});
}

} // namespace

bool isUtf8(std::string_view text) {
  while (true) {
    text.remove_prefix(asciiBytes(text));
    if (text.empty())
      return true;
    const Utf8Sequence sequence = firstSequence(text);
    if (sequence.kind != Utf8Sequence::Kind::WellFormed)
      return false;
    text.remove_prefix(sequence.bytes);
  }
}

std::string toUtf8(std::string_view text) {
  std::string valid;
  while (!text.empty()) {
    const Utf8Sequence sequence = firstSequence(text);
    const size_t bytes = std::max<size_t>(sequence.bytes, 1);
    if (sequence.kind == Utf8Sequence::Kind::WellFormed)
      valid += text.substr(0, bytes);
    else
      valid += "\xef\xbf\xbd";
    text.remove_prefix(std::min(bytes, text.size()));
  }
  return valid;
}

} // namespace w2n::runtime
