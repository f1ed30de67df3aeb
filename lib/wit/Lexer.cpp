// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/wit/Lexer.h"

#include "lib/component/Names.h"

#include <algorithm>

namespace w2n::wit {

namespace {

constexpr std::string_view keywords[] = {
#define WIT_KEYWORD(text) text,
#include "lib/wit/Keywords.def"
};

constexpr std::string_view operators = "=,:;(){}<>*/.@_";
constexpr std::string_view blanks = " \n\r\t";

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool isHex(char c) { return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool isInWord(char c) { return isLetter(c) || isDigit(c) || c == '-'; }
bool isInVersion(char c) { return isInWord(c) || c == '.' || c == '+'; }

std::string_view trimEnd(std::string_view line) {
  const size_t last = line.find_last_not_of(blanks);
  return line.substr(0, last + 1); // npos + 1 is 0
}

/// A line of documentation without the space that separates it from the comment's sign.
void addLine(std::string &docs, std::string_view line) {
  line = trimEnd(line);
  if (line.starts_with(' '))
    line.remove_prefix(1);
  docs += line;
  docs += '\n';
}

/// The text between "/**" and "*/", whose lines may begin with a star.
void addBlock(std::string &docs, std::string_view block) {
  while (!block.empty()) {
    const size_t end = block.find('\n');
    std::string_view line = block.substr(0, end);
    block = end == block.npos ? std::string_view() : block.substr(end + 1);
    line = trimEnd(line.substr(std::min(line.find_first_not_of(" \t\r"), line.size())));
    if (line == "*" || line.starts_with("* "))
      line.remove_prefix(1);
    if (!line.empty() || !docs.empty())
      addLine(docs, line);
  }
  while (docs.ends_with("\n\n"))
    docs.pop_back();
}

size_t countWhile(std::string_view text, bool (*wanted)(char)) {
  return size_t(std::ranges::find_if_not(text, wanted) - text.begin());
}

} // namespace

bool isKeyword(std::string_view word) {
  return std::ranges::find(keywords, word) != std::end(keywords);
}

Status Lexer::skipBlank(std::string &docs) {
  for (;;) {
    at += std::min(rest().find_first_not_of(blanks), rest().size());
    if (rest().starts_with("/*")) {
      W2N_CHECK(skipBlockComment(docs));
      continue;
    }
    if (!rest().starts_with("//"))
      return {};
    const std::string_view line = rest().substr(0, rest().find('\n'));
    if (line.starts_with("///"))
      addLine(docs, line.substr(3));
    at += line.size();
  }
}

/// Block comments may be nested.
Status Lexer::skipBlockComment(std::string &docs) {
  const size_t begin = at;
  for (uint32_t depth = 0;;) {
    if (rest().empty())
      return malformed(begin, "the comment has no end");
    if (rest().starts_with("/*")) {
      ++depth;
      at += 2;
    } else if (rest().starts_with("*/")) {
      at += 2;
      if (--depth == 0)
        break;
    } else {
      ++at;
    }
  }
  const std::string_view comment = text.substr(begin, at - begin);
  if (comment.starts_with("/**") && comment.size() >= 5)
    addBlock(docs, comment.substr(3, comment.size() - 5));
  return {};
}

Token Lexer::finish(Token token, size_t bytes) {
  token.text = text.substr(at, bytes);
  at += bytes;
  previousEnd = at;
  return token;
}

Result<Token> Lexer::next() {
  Token token;
  token.previousEnd = uint32_t(previousEnd);
  W2N_CHECK(skipBlank(token.docs));
  token.offset = uint32_t(at);
  if (rest().empty())
    return token;
  const char first = rest()[0];
  if (isLetter(first) || first == '%')
    return word(std::move(token));
  if (first == '"')
    return quoted(std::move(token));
  if (isDigit(first)) {
    token.kind = TokenKind::Integer;
    return finish(std::move(token), countWhile(rest(), isDigit));
  }
  token.kind = TokenKind::Operator;
  if (rest().starts_with("->"))
    return finish(std::move(token), 2);
  if (operators.contains(first))
    return finish(std::move(token), 1);
  const bool isAscii = uint8_t(first) < 0x80;
  return malformed(at, isAscii ? std::string("unexpected character '") + first + "'"
                               : "unexpected character outside of ASCII");
}

Result<Token> Lexer::word(Token token) {
  const bool isExplicit = rest()[0] == '%';
  at += isExplicit;
  const std::string_view label = rest().substr(0, countWhile(rest(), isInWord));
  if (!component::isKebab(label))
    return malformed(token.offset,
                     "'" + std::string(label) +
                         "' is no identifier: words of letters and digits joined by hyphens, each "
                         "in lower or in upper case, the first beginning with a letter");
  token.kind = !isExplicit && isKeyword(label) ? TokenKind::Keyword : TokenKind::Identifier;
  return finish(std::move(token), label.size());
}

/// A string literal as in the text format of modules (core specification, section 6.3.3).
Result<Token> Lexer::quoted(Token token) {
  const size_t begin = at++;
  while (!rest().empty() && rest()[0] != '"') {
    if (rest()[0] == '\n')
      break;
    if (rest()[0] == '\\')
      W2N_CHECK(escape());
    else
      ++at;
  }
  if (rest().empty() || rest()[0] != '"')
    return malformed(begin, "the string has no end on its line");
  const size_t bytes = at + 1 - begin;
  at = begin;
  token.kind = TokenKind::String;
  return finish(std::move(token), bytes);
}

Status Lexer::escape() {
  const std::string_view escaped = rest().substr(1);
  if (!escaped.empty() && std::string_view("tnr\"'\\").contains(escaped[0])) {
    at += 2;
    return {};
  }
  if (escaped.size() >= 2 && isHex(escaped[0]) && isHex(escaped[1])) {
    at += 3;
    return {};
  }
  if (escaped.starts_with("u{")) {
    const size_t digits = countWhile(escaped.substr(2), isHex);
    if (digits > 0 && digits <= 6 && escaped.substr(2 + digits).starts_with('}')) {
      at += digits + 4;
      return {};
    }
  }
  return malformed(at, "unknown escape in a string");
}

Result<Token> Lexer::nextVersion() {
  Token token;
  W2N_CHECK(skipBlank(token.docs));
  token.offset = uint32_t(at);
  size_t bytes = countWhile(rest(), isInVersion);
  // `use a:b/c@1.0.0.{d}`: the last period is not of the version.
  if (bytes > 0 && rest()[bytes - 1] == '.' && rest().substr(bytes).starts_with('{'))
    --bytes;
  if (auto checked = component::checkVersion(rest().substr(0, bytes), 0); !checked)
    return malformed(at, "no semantic version: " + checked.error().text);
  token.kind = TokenKind::Identifier;
  return finish(std::move(token), bytes);
}

} // namespace w2n::wit
