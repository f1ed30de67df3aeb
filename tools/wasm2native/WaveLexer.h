// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The words of the WebAssembly Value Encoding.
#pragma once

#include "lib/support/Error.h"

#include <string>
#include <string_view>

namespace w2n::tool {

class WaveLexer {
public:
  explicit WaveLexer(std::string_view text) : text(text) {}

  /// Whether the next character that is no space is `c`; it is taken if so.
  bool take(char c);
  Status expect(char c);
  bool atEnd();
  /// The next character that is no space, or 0 at the end.
  char peek();

  /// A label, without the '%' that makes one of a keyword. Errors: Invalid.
  Result<std::string_view> label();
  /// The characters of a number, nan or inf, with a sign.
  std::string_view number();
  /// The text between quotes, with escapes replaced. Errors: Invalid.
  Result<std::string> quoted(char quote);

  /// At the place that is reached, or at one before.
  std::unexpected<Error> invalid(std::string what) const { return invalidAt(position, what); }
  std::unexpected<Error> invalidAt(size_t offset, std::string what) const {
    return fail(ErrorKind::Invalid, "at character " + std::to_string(offset + 1) + ": " + what);
  }
  size_t offset() const { return position; }
  void returnTo(size_t offset) { position = offset; }

private:
  Status escape(std::string &to);

  const std::string_view text;
  size_t position = 0;
};

void appendUtf8(std::string &text, uint32_t character);

} // namespace w2n::tool
