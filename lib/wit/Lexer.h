// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Tokens of a WIT text (WIT.md, "Lexical structure").
#pragma once

#include "lib/wit/Sources.h"

namespace w2n::wit {

/// Whether a word is no identifier by itself.
bool isKeyword(std::string_view word);

enum class TokenKind : uint8_t { End, Identifier, Keyword, Integer, String, Operator };

struct Token {
  TokenKind kind = TokenKind::End;
  /// The text of an identifier without its percent sign, of a string with its quotes.
  std::string_view text;
  uint32_t offset = 0;
  /// The end of the token before it: where they touch, nothing is between them.
  uint32_t previousEnd = 0;
  /// The documentation that precedes the token, without the signs of comments; lines end in '\n'.
  std::string docs = {};
};

class Lexer {
public:
  Lexer(const Sources &sources, uint32_t file)
      : sources(sources), file(file), text(sources.text(file)) {}

  /// The next token. Errors: Malformed.
  Result<Token> next();
  /// The version that follows instead of a token (semver.org). Errors: Malformed.
  Result<Token> nextVersion();
  Place placeOf(const Token &token) const { return {file, token.offset}; }

  /// To read tokens once more: where the lexer is.
  struct Mark {
    size_t at, previousEnd;
  };
  Mark mark() const { return {at, previousEnd}; }
  void rewind(Mark mark) { at = mark.at, previousEnd = mark.previousEnd; }

private:
  Status skipBlank(std::string &docs);
  Status skipBlockComment(std::string &docs);
  Result<Token> word(Token token);
  Result<Token> quoted(Token token);
  Status escape();
  Token finish(Token token, size_t bytes);
  std::string_view rest() const { return text.substr(at); }
  std::unexpected<Error> malformed(size_t offset, const std::string &reason) const {
    return sources.fail(ErrorKind::Malformed, {file, uint32_t(offset)}, reason);
  }

  const Sources &sources;
  uint32_t file;
  std::string_view text;
  size_t at = 0, previousEnd = 0;
};

} // namespace w2n::wit
