// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/WaveLexer.h"

#include <charconv>

namespace w2n::tool {

namespace {

bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool isDigit(char c) { return c >= '0' && c <= '9'; }

} // namespace

char WaveLexer::peek() {
  while (position < text.size() && isSpace(text[position]))
    ++position;
  return position < text.size() ? text[position] : 0;
}

bool WaveLexer::atEnd() {
  peek();
  return position == text.size();
}

bool WaveLexer::take(char c) {
  if (peek() != c || atEnd())
    return false;
  ++position;
  return true;
}

Status WaveLexer::expect(char c) {
  if (!take(c))
    return invalid(std::string("expected '") + c + "'");
  return {};
}

Result<std::string_view> WaveLexer::label() {
  take('%');
  const size_t begin = position;
  while (position < text.size() &&
         (isLetter(text[position]) || isDigit(text[position]) || text[position] == '-'))
    ++position;
  if (begin == position || !isLetter(text[begin]))
    return invalidAt(begin, "expected a name");
  return text.substr(begin, position - begin);
}

std::string_view WaveLexer::number() {
  peek();
  const size_t begin = position;
  const auto isPart = [&](char c) {
    return isLetter(c) || isDigit(c) || c == '.' || c == '-' || c == '+';
  };
  while (position < text.size() && isPart(text[position]))
    ++position;
  return text.substr(begin, position - begin);
}

void appendUtf8(std::string &text, uint32_t c) {
  const auto next = [&](unsigned shift) { text += char(0x80 | (c >> shift & 0x3f)); };
  if (c < 0x80) {
    text += char(c);
  } else if (c < 0x800) {
    text += char(0xc0 | c >> 6);
    next(0);
  } else if (c < 0x10000) {
    text += char(0xe0 | c >> 12);
    next(6);
    next(0);
  } else {
    text += char(0xf0 | c >> 18);
    next(12);
    next(6);
    next(0);
  }
}

Status WaveLexer::escape(std::string &to) {
  if (position == text.size())
    return invalid("the text ends in an escape");
  const char c = text[position++];
  constexpr std::string_view letters = "nrt\"'\\", meanings = "\n\r\t\"'\\";
  if (const size_t at = letters.find(c); at != std::string_view::npos) {
    to += meanings[at];
    return {};
  }
  const size_t begin = position;
  const size_t close = text.find('}', begin);
  if (c != 'u' || begin == text.size() || text[begin] != '{' || close == std::string_view::npos)
    return invalid("unknown escape");
  uint32_t character = 0;
  const char *const end = text.data() + close;
  const auto [stop, error] = std::from_chars(text.data() + begin + 1, end, character, 16);
  const bool isScalar = character < 0x110000 && (character < 0xd800 || character >= 0xe000);
  if (error != std::errc() || stop != end || !isScalar)
    return invalid("not the number of a Unicode scalar value");
  appendUtf8(to, character);
  position = close + 1;
  return {};
}

Result<std::string> WaveLexer::quoted(char quote) {
  const size_t begin = position;
  W2N_CHECK(expect(quote));
  std::string content;
  while (position < text.size()) {
    const char c = text[position++];
    if (c == quote)
      return content;
    if (c == '\\')
      W2N_CHECK(escape(content));
    else
      content += c;
  }
  return invalidAt(begin, "a quote is not closed");
}

} // namespace w2n::tool
