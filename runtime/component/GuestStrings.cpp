// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/component/GuestStrings.h"

#include <cstring>

namespace w2n::runtime {

using component::CanonOption;
using component::CanonTrap;

namespace {

constexpr uint32_t utf16Tag = 1u << 31;
constexpr uint32_t maxStringBytes = (1u << 31) - 1;
constexpr char32_t noCharacter = ~char32_t(0);

bool isSurrogate(char32_t c) { return c >= 0xd800 && c <= 0xdfff; }

/// How many bytes of `text` from `at` on are ASCII: eight at a time.
size_t asciiRun(std::string_view text, size_t at) {
  const size_t from = at;
  for (uint64_t word; text.size() - at >= sizeof(word); at += sizeof(word)) {
    std::memcpy(&word, text.data() + at, sizeof(word));
    if (word & 0x8080808080808080)
      break;
  }
  while (at < text.size() && uint8_t(text[at]) < 0x80)
    ++at;
  return at - from;
}

/// The character at `at`, which moves behind it; noCharacter if there is none, and `at` stays.
char32_t nextCharacter(std::string_view text, size_t &at) {
  const uint8_t first = uint8_t(text[at]);
  if (first < 0x80)
    return ++at, first;
  const int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
  if (first < 0xc2 || first > 0xf4 || text.size() - at <= size_t(more))
    return noCharacter;
  char32_t character = first & (0x3f >> more);
  for (int index = 1; index <= more; ++index) {
    const uint8_t byte = uint8_t(text[at + size_t(index)]);
    if ((byte & 0xc0) != 0x80)
      return noCharacter;
    character = character << 6 | (byte & 0x3f);
  }
  constexpr char32_t least[] = {0, 0x80, 0x800, 0x10000};
  if (character < least[more] || character > 0x10ffff || isSurrogate(character))
    return noCharacter;
  at += size_t(more) + 1;
  return character;
}

void appendUtf8(std::string &text, char32_t c) {
  if (c < 0x80) {
    text += char(c);
    return;
  }
  const int more = c >= 0x10000 ? 3 : c >= 0x800 ? 2 : 1;
  text += char((0xff00 >> (more + 1) & 0xff) | c >> (6 * more));
  for (int index = more - 1; index >= 0; --index)
    text += char(0x80 | (c >> (6 * index) & 0x3f));
}

void appendUnit(std::string &units, uint32_t unit) {
  units += char(unit & 0xff);
  units += char(unit >> 8);
}

uint32_t unitAt(std::span<const uint8_t> bytes, size_t at) {
  return uint32_t(bytes[at] | bytes[at + 1] << 8);
}

Result<std::string> decodeUtf16(std::span<const uint8_t> bytes) {
  std::string text;
  for (size_t at = 0; at < bytes.size(); at += 2) {
    char32_t c = unitAt(bytes, at);
    if (isSurrogate(c)) {
      const uint32_t low = at + 2 < bytes.size() ? unitAt(bytes, at + 2) : 0;
      if (c >= 0xdc00 || low < 0xdc00 || low > 0xdfff)
        return canonTrap(CanonTrap::InvalidUtf16);
      c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
      at += 2;
    }
    appendUtf8(text, c);
  }
  return text;
}

std::string encodeUtf16(std::string_view text) {
  std::string units;
  for (size_t at = 0; at < text.size();) {
    const char32_t c = nextCharacter(text, at);
    if (c >= 0x10000) {
      appendUnit(units, 0xd800 + ((c - 0x10000) >> 10));
      appendUnit(units, 0xdc00 + ((c - 0x10000) & 0x3ff));
    } else {
      appendUnit(units, c);
    }
  }
  return units;
}

/// False if a character is not in Latin-1.
bool encodeLatin1(std::string_view text, std::string &out) {
  for (size_t at = 0; at < text.size();) {
    const char32_t c = nextCharacter(text, at);
    if (c > 0xff)
      return false;
    out += char(c);
  }
  return true;
}

} // namespace

bool isUtf8(std::string_view text) {
  size_t at = 0;
  while ((at += asciiRun(text, at)) < text.size())
    if (nextCharacter(text, at) == noCharacter)
      return false;
  return true;
}

std::string toUtf8(std::string_view text) {
  if (isUtf8(text))
    return std::string(text);
  std::string valid;
  for (size_t at = 0; at < text.size();) {
    const char32_t c = nextCharacter(text, at);
    at += c == noCharacter;
    appendUtf8(valid, c == noCharacter ? 0xfffd : c);
  }
  return valid;
}

Result<GuestString> findString(std::span<const uint8_t> memory, CanonOption encoding,
                               uint32_t address, uint32_t length) {
  uint64_t bytes = length;
  uint32_t alignment = 1;
  if (encoding == CanonOption::Latin1Utf16) {
    alignment = 2;
    if (length & utf16Tag) {
      encoding = CanonOption::Utf16;
      bytes = 2 * uint64_t(length ^ utf16Tag);
    }
  } else if (encoding == CanonOption::Utf16) {
    alignment = 2;
    bytes *= 2;
  }
  if (address % alignment != 0)
    return canonTrap(CanonTrap::UnalignedPointer);
  if (address > memory.size() || bytes > memory.size() - address)
    return canonTrap(CanonTrap::StringOutOfBounds);
  if (bytes > maxStringBytes)
    return canonTrap(CanonTrap::StringTooLong);
  return GuestString{memory.subspan(address, bytes), encoding};
}

Result<std::string> decodeString(const GuestString &string) {
  const auto *bytes = reinterpret_cast<const char *>(string.bytes.data());
  std::string text;
  switch (string.encoding) {
  case CanonOption::Utf16:
    return decodeUtf16(string.bytes);
  case CanonOption::Latin1Utf16:
    for (uint8_t byte : string.bytes)
      appendUtf8(text, byte);
    return text;
  default:
    text.assign(bytes, string.bytes.size());
    if (!isUtf8(text))
      return canonTrap(CanonTrap::InvalidUtf8);
    return text;
  }
}

Status encodeString(std::string_view text, CanonOption encoding, EncodedString &out) {
  std::string valid;
  if (!isUtf8(text))
    text = valid = toUtf8(text);
  uint32_t tag = 0;
  size_t unitBytes = 1;
  out.alignment = encoding == CanonOption::Utf8 ? 1 : 2;
  if (encoding == CanonOption::Utf8) {
    out.converted = std::move(valid);
    if (!out.converted.empty())
      text = out.converted;
  } else if (encoding == CanonOption::Latin1Utf16 && encodeLatin1(text, out.converted)) {
    text = out.converted;
  } else {
    out.converted = encodeUtf16(text);
    text = out.converted;
    unitBytes = 2;
    tag = encoding == CanonOption::Latin1Utf16 ? utf16Tag : 0;
  }
  if (text.size() > maxStringBytes)
    return canonTrap(CanonTrap::StringTooLong);
  out.bytes = {reinterpret_cast<const uint8_t *>(text.data()), text.size()};
  out.length = uint32_t(text.size() / unitBytes) | tag;
  return {};
}

} // namespace w2n::runtime
