// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Names of imports and exports (Explainer.md, "Import and Export Definitions", "Name Uniqueness").
#pragma once

#include "lib/support/Error.h"

#include <string_view>
#include <unordered_map>

namespace w2n::component {

/// Whether `text` is a label: words of letters and digits, joined by hyphens, each all lower or all
/// upper case, the first beginning with a letter.
bool isKebab(std::string_view text);
std::string lowerCase(std::string_view text);

/// Whether `text` is a semantic version (https://semver.org, version 2.0.0). Errors: Invalid, with
/// `offset`.
Status checkVersion(std::string_view text, uint64_t offset);

struct ParsedName {
  enum class Kind : uint8_t { Label, Constructor, Method, Static, Interface };
  Kind kind = Kind::Label;
  /// The label before the dot, and the one after it.
  std::string_view resource, member;
  bool isPlain() const { return kind != Kind::Interface; }
};

/// Errors: Invalid, with `offset`. `what` is "import" or "export".
Result<ParsedName> parseExternName(std::string_view name, const char *what, uint64_t offset);

/// Names that must be strongly unique.
class UniqueNames {
public:
  /// Adds a name, or refuses it with the name before that it conflicts with.
  Status add(std::string_view name, const ParsedName &parsed, const char *what, uint64_t offset);
  /// Labels, which must differ in more than case.
  Status addLabel(std::string_view label, const char *what, const char *previous, uint64_t offset);

private:
  Status addKey(std::string key, std::string_view name, const std::string &what,
                const std::string &previous, uint64_t offset);
  std::unordered_map<std::string, std::string_view> names;
};

} // namespace w2n::component
