// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/component/Transcode.h"

#include "lib/support/Utf8.h"
#include "runtime/component/HostCall.h"

#include <algorithm>

namespace w2n::runtime {

using component::CanonOption;
using component::CanonTrap;

namespace {

/// Set in the length of a latin1+utf16 string whose units have two bytes.
constexpr uint32_t utf16Tag = 1u << 31;

std::span<const uint8_t> bytesOf(std::string_view text) {
  return {reinterpret_cast<const uint8_t *>(text.data()), text.size()};
}

/// Calls `use` with each character of a well-formed text.
template <typename Use> void forEachCharacter(std::string_view text, const Use &use) {
  for (std::span<const uint8_t> rest = bytesOf(text); !rest.empty();) {
    const uint8_t count = firstUtf8Sequence(rest).bytes;
    uint32_t character = count == 1 ? rest[0] : rest[0] & (0xffu >> (count + 1));
    for (uint8_t i = 1; i < count; ++i)
      character = character << 6 | (rest[i] & 0x3f);
    use(character);
    rest = rest.subspan(count);
  }
}

size_t putUtf8(char *to, uint32_t c) {
  if (c < 0x80) {
    to[0] = char(c);
    return 1;
  }
  const size_t count = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  constexpr uint8_t first[] = {0, 0, 0xc0, 0xe0, 0xf0};
  for (size_t i = count - 1; i > 0; --i, c >>= 6)
    to[i] = char(0x80 | (c & 0x3f));
  to[0] = char(first[count] | c);
  return count;
}

void appendUtf16(std::string &bytes, uint32_t c) {
  const auto append = [&](uint32_t unit) {
    bytes += char(unit & 0xff);
    bytes += char(unit >> 8);
  };
  if (c < 0x10000)
    return append(c);
  append(0xd800 + ((c - 0x10000) >> 10));
  append(0xdc00 + ((c - 0x10000) & 0x3ff));
}

Result<std::string_view> checkUtf8(std::span<const uint8_t> content) {
  for (std::span<const uint8_t> rest = content; !rest.empty();) {
    // Most text is ASCII.
    if (rest[0] < 0x80) {
      rest = rest.subspan(1);
      continue;
    }
    const Utf8Sequence sequence = firstUtf8Sequence(rest);
    if (sequence.kind == Utf8Sequence::Kind::Truncated)
      return canonTrap(CanonTrap::IncompleteUtf8);
    if (sequence.kind == Utf8Sequence::Kind::IllFormed)
      return canonTrap(CanonTrap::InvalidUtf8Sequence);
    rest = rest.subspan(sequence.bytes);
  }
  return std::string_view(reinterpret_cast<const char *>(content.data()), content.size());
}

Result<std::string_view> decodeUtf16(std::span<const uint8_t> content, ValueArena &arena) {
  // A unit of two bytes is at most three in UTF-8.
  W2N_TRY(text, arena.allocate<char>(content.size() / 2 * 3));
  size_t size = 0;
  for (size_t i = 0; i < content.size(); i += 2) {
    uint32_t c = uint32_t(content[i] | content[i + 1] << 8);
    if (c >= 0xd800 && c < 0xe000) {
      const uint32_t second =
          i + 3 < content.size() ? uint32_t(content[i + 2] | content[i + 3] << 8) : 0;
      if (c >= 0xdc00 || second < 0xdc00 || second >= 0xe000)
        return canonTrap(CanonTrap::InvalidUtf16);
      c = 0x10000 + ((c - 0xd800) << 10) + (second - 0xdc00);
      i += 2;
    }
    size += putUtf8(text.data() + size, c);
  }
  return std::string_view(text.data(), size);
}

Result<std::string_view> decodeLatin1(std::span<const uint8_t> content, ValueArena &arena) {
  W2N_TRY(text, arena.allocate<char>(content.size() * 2));
  size_t size = 0;
  for (const uint8_t c : content)
    size += putUtf8(text.data() + size, c);
  return std::string_view(text.data(), size);
}

} // namespace

Result<GuestString> encodeString(CanonOption encoding, std::string_view text) {
  // Twice as much in UTF-16.
  constexpr size_t maxBytes = (size_t(1) << 30) - 1;
  if (text.size() > maxBytes)
    return fail(ErrorKind::Limit, "string of " + std::to_string(text.size()) + " bytes, most is " +
                                      std::to_string(maxBytes));
  if (!checkUtf8(bytesOf(text)))
    return fail(ErrorKind::Invalid, "string is not UTF-8");
  GuestString made;
  if (encoding == CanonOption::Utf8) {
    made.bytes = text;
    made.length = uint32_t(text.size());
    return made;
  }
  made.alignment = 2;
  bool isWide = encoding == CanonOption::Utf16;
  if (!isWide)
    forEachCharacter(text, [&](uint32_t c) { isWide |= c >= 0x100; });
  forEachCharacter(text, [&](uint32_t c) {
    if (isWide)
      appendUtf16(made.bytes, c);
    else
      made.bytes += char(c);
  });
  made.length = uint32_t(isWide ? made.bytes.size() / 2 : made.bytes.size());
  if (isWide && encoding == CanonOption::Latin1Utf16)
    made.length |= utf16Tag;
  return made;
}

Result<std::string_view> decodeString(CanonOption encoding, std::span<uint8_t> memory,
                                      uint32_t address, uint32_t length, ValueArena &arena) {
  const bool isTagged = encoding == CanonOption::Latin1Utf16 && (length & utf16Tag);
  const bool isUtf16 = encoding == CanonOption::Utf16 || isTagged;
  const uint64_t count = isTagged ? length ^ utf16Tag : length;
  const uint64_t bytes = isUtf16 ? 2 * count : count;
  if (encoding != CanonOption::Utf8 && address % 2 != 0)
    return canonTrap(CanonTrap::UnalignedPointer);
  if (address + bytes > memory.size())
    return canonTrap(CanonTrap::StringPointerOutOfBounds);
  const std::span<const uint8_t> content = memory.subspan(address, bytes);
  if (encoding == CanonOption::Utf8)
    return checkUtf8(content);
  return isUtf16 ? decodeUtf16(content, arena) : decodeLatin1(content, arena);
}

} // namespace w2n::runtime
