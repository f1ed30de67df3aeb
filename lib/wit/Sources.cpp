// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/wit/Sources.h"

#include "lib/support/Utf8.h"
#include "lib/wit/Limits.h"

#include <algorithm>
#include <array>

namespace w2n::wit {

namespace {

struct Range {
  uint32_t first, last;
  const char *what;
};

// Characters that make a text look like another one, and those that Unicode deprecates or strongly
// discourages.
constexpr std::array forbidden = {
    Range{0x0, 0x8, "a control character"},
    Range{0xb, 0xc, "a control character"},
    Range{0xe, 0x1f, "a control character"},
    Range{0x7f, 0x9f, "a control character"},
    Range{0x149, 0x149, "a deprecated character"},
    Range{0x673, 0x673, "a deprecated character"},
    Range{0xf77, 0xf77, "a deprecated character"},
    Range{0xf79, 0xf79, "a deprecated character"},
    Range{0x17a3, 0x17a4, "a deprecated character"},
    Range{0x17b4, 0x17b5, "a discouraged character"},
    Range{0x202a, 0x202e, "a bidirectional override"},
    Range{0x2066, 0x2069, "a bidirectional override"},
    Range{0x206a, 0x206f, "a deprecated character"},
    Range{0x2329, 0x232a, "a deprecated character"},
    Range{0xe0001, 0xe0001, "a deprecated character"},
};

uint32_t codePointOf(std::span<const uint8_t> sequence) {
  if (sequence.size() == 1)
    return sequence[0];
  uint32_t value = sequence[0] & (0x7fu >> sequence.size());
  for (const uint8_t byte : sequence.subspan(1))
    value = value << 6 | (byte & 0x3f);
  return value;
}

const char *whyForbidden(uint32_t codePoint) {
  for (const Range &range : forbidden)
    if (codePoint >= range.first && codePoint <= range.last)
      return range.what;
  return nullptr;
}

constexpr size_t maxShownColumns = 200;

} // namespace

Result<uint32_t> Sources::add(std::string name, std::string text) {
  const auto file = uint32_t(files.size());
  if (text.size() > limits::fileBytes)
    return w2n::fail(ErrorKind::Limit, name + ": has " + std::to_string(text.size()) +
                                           " bytes, most is " + std::to_string(limits::fileBytes));
  files.push_back(std::make_unique<const File>(std::move(name), std::move(text)));
  const std::string &kept = files.back()->text;
  const std::span bytes(reinterpret_cast<const uint8_t *>(kept.data()), kept.size());
  for (size_t at = 0; at < bytes.size();) {
    const Utf8Sequence sequence = firstUtf8Sequence(bytes.subspan(at));
    const Place place{file, uint32_t(at)};
    if (sequence.kind != Utf8Sequence::Kind::WellFormed)
      return fail(ErrorKind::Malformed, place, "the text is not UTF-8");
    if (const char *why = whyForbidden(codePointOf(bytes.subspan(at, sequence.bytes))))
      return fail(ErrorKind::Malformed, place, std::string(why) + " is not allowed");
    at += sequence.bytes;
  }
  return file;
}

std::string Sources::locate(Place place) const {
  const std::string_view before = text(place.file).substr(0, place.offset);
  const size_t lineBegin = before.rfind('\n') + 1; // npos + 1 is 0
  return files[place.file]->name + ":" + std::to_string(1 + std::ranges::count(before, '\n')) +
         ":" + std::to_string(1 + place.offset - lineBegin);
}

std::unexpected<Error> Sources::fail(ErrorKind kind, Place place, const std::string &reason) const {
  auto error = w2n::fail(kind, locate(place) + ": " + reason);
  const std::string_view all = text(place.file);
  const size_t begin = all.substr(0, place.offset).rfind('\n') + 1;
  const std::string_view line = all.substr(begin, all.find('\n', begin) - begin);
  const size_t column = place.offset - begin;
  if (line.size() > maxShownColumns || column > line.size())
    return error;
  std::string shown(line), marker(column, ' ');
  for (char &letter : shown)
    letter = letter == '\t' || letter == '\r' ? ' ' : letter;
  error.error().notes = "  " + shown + "\n  " + marker + "^\n";
  return error;
}

} // namespace w2n::wit
