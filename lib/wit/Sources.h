// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The texts that packages are written in. Everything that is parsed refers to them, and errors name
// the line and the column.
#pragma once

#include "lib/support/Error.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace w2n::wit {

/// A place in a text.
struct Place {
  uint32_t file = 0, offset = 0;
};

class Sources {
public:
  /// Adds a text and returns its number. Errors: Malformed, if it is not UTF-8 or has characters
  /// that WIT forbids (WIT.md, "Lexical structure"); Limit, if it is too large.
  Result<uint32_t> add(std::string name, std::string text);

  std::string_view text(uint32_t file) const { return files[file]->text; }
  /// "FILE:LINE:COLUMN"; columns count bytes from 1.
  std::string locate(Place place) const;
  /// An error at a place: its text begins with the location, its notes show the line.
  std::unexpected<Error> fail(ErrorKind kind, Place place, const std::string &reason) const;

private:
  struct File {
    std::string name, text;
  };
  std::vector<std::unique_ptr<const File>> files;
};

} // namespace w2n::wit
