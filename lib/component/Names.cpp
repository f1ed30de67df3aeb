// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/component/Names.h"

#include "lib/component/Messages.h"

#include <array>

namespace w2n::component {

namespace {

bool isLower(char c) { return c >= 'a' && c <= 'z'; }
bool isUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool isDigit(char c) { return c >= '0' && c <= '9'; }

bool isWord(std::string_view word) {
  bool anyLower = false, anyUpper = false;
  for (const char c : word) {
    if (!isLower(c) && !isUpper(c) && !isDigit(c))
      return false;
    anyLower |= isLower(c);
    anyUpper |= isUpper(c);
  }
  return !word.empty() && !(anyLower && anyUpper);
}

bool isLowerKebab(std::string_view text) { return isKebab(text) && lowerCase(text) == text; }

Status checkKebab(std::string_view label, bool valid, uint64_t offset) {
  if (valid)
    return {};
  return invalid("is not a valid extern name, as " + quoted(label) + " is not in kebab case",
                 offset);
}

/// One of the numbers of a version at the beginning of `text`, which it takes away.
Status takeNumber(std::string_view &text, const char *part, uint64_t offset) {
  const std::string where = std::string(" while parsing ") + part + " version number";
  if (text.empty())
    return invalid("unexpected end of input" + where, offset);
  size_t count = 0;
  while (count < text.size() && isDigit(text[count]))
    ++count;
  if (count == 0)
    return invalid(std::string("unexpected character '") + text[0] + "'" + where, offset);
  if (count > 1 && text[0] == '0')
    return invalid("invalid leading zero in " + std::string(part) + " version number", offset);
  // Numbers have 64 bits, as in all implementations of semantic versions.
  if (count > 19)
    return invalid("value of " + std::string(part) + " version number exceeds 19 digits", offset);
  text.remove_prefix(count);
  return {};
}

Status takeDot(std::string_view &text, const char *part, uint64_t offset) {
  const std::string where = std::string(" after ") + part + " version number";
  if (text.empty())
    return invalid("unexpected end of input while parsing version number" + where, offset);
  if (text[0] != '.')
    return invalid(std::string("unexpected character '") + text[0] + "'" + where, offset);
  text.remove_prefix(1);
  return {};
}

/// The identifiers of a pre-release or of build metadata at the beginning of `text`.
Status takeIdentifiers(std::string_view &text, const char *what, bool isPreRelease,
                       uint64_t offset) {
  size_t begin = 0, at = 0;
  bool onlyDigits = true;
  for (;; ++at) {
    const char c = at < text.size() ? text[at] : '\0';
    if (isDigit(c) || isLower(c) || isUpper(c) || c == '-') {
      onlyDigits &= isDigit(c);
      continue;
    }
    if (at == begin)
      return invalid(std::string("empty identifier segment in ") + what, offset);
    if (isPreRelease && onlyDigits && text[begin] == '0' && at - begin > 1)
      return invalid(std::string("invalid leading zero in ") + what, offset);
    if (c != '.')
      break;
    begin = at + 1;
    onlyDigits = true;
  }
  text.remove_prefix(at);
  return {};
}

} // namespace

Status checkVersion(std::string_view text, uint64_t offset) {
  if (text.empty())
    return invalid("empty string, expected a semver version", offset);
  static constexpr std::array parts = {"major", "minor", "patch"};
  for (size_t i = 0; i < parts.size(); ++i) {
    W2N_CHECK(takeNumber(text, parts[i], offset));
    if (i + 1 < parts.size())
      W2N_CHECK(takeDot(text, parts[i], offset));
  }
  if (text.starts_with('-')) {
    text.remove_prefix(1);
    W2N_CHECK(takeIdentifiers(text, "pre-release identifier", true, offset));
  }
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    W2N_CHECK(takeIdentifiers(text, "build metadata", false, offset));
  }
  if (!text.empty())
    return invalid(std::string("unexpected character '") + text[0] + "' after patch version number",
                   offset);
  return {};
}

namespace {

/// "namespace:package/interface@version".
Result<ParsedName> parseInterfaceName(std::string_view name, uint64_t offset) {
  const size_t colon = name.find(':');
  const std::string_view space = name.substr(0, colon);
  std::string_view rest = name.substr(colon + 1);
  W2N_CHECK(checkKebab(space, isLowerKebab(space), offset));
  const size_t end = rest.find_first_of("/:@");
  const std::string_view package = rest.substr(0, end);
  W2N_CHECK(checkKebab(package, isLowerKebab(package), offset));
  if (end == std::string_view::npos || rest[end] != '/')
    return invalid("expected `/` after package name", offset);
  rest.remove_prefix(end + 1);
  const size_t interfaceEnd = rest.find_first_of("/@");
  const std::string_view interface = rest.substr(0, interfaceEnd);
  W2N_CHECK(checkKebab(interface, isKebab(interface), offset));
  if (interfaceEnd == std::string_view::npos)
    return ParsedName{ParsedName::Kind::Interface, {}, {}};
  rest.remove_prefix(interfaceEnd);
  if (rest[0] != '@')
    return invalid("trailing characters found: " + quoted(rest), offset);
  W2N_CHECK(checkVersion(rest.substr(1), offset));
  return ParsedName{ParsedName::Kind::Interface, {}, {}};
}

struct Annotation {
  std::string_view text;
  ParsedName::Kind kind;
};
constexpr Annotation annotations[] = {
    {"[constructor]", ParsedName::Kind::Constructor},
    {"[method]", ParsedName::Kind::Method},
    {"[static]", ParsedName::Kind::Static},
};

} // namespace

bool isKebab(std::string_view text) {
  if (text.empty() || isDigit(text[0]))
    return false;
  while (true) {
    const size_t hyphen = text.find('-');
    if (!isWord(text.substr(0, hyphen)))
      return false;
    if (hyphen == std::string_view::npos)
      return true;
    text.remove_prefix(hyphen + 1);
  }
}

std::string lowerCase(std::string_view text) {
  std::string lower(text);
  for (char &c : lower)
    if (isUpper(c))
      c = char(c - 'A' + 'a');
  return lower;
}

namespace {

Result<ParsedName> parse(std::string_view name, uint64_t offset) {
  for (const auto &[text, kind] : annotations) {
    if (!name.starts_with(text))
      continue;
    ParsedName parsed{kind, name.substr(text.size()), {}};
    if (kind != ParsedName::Kind::Constructor) {
      const size_t dot = parsed.resource.find('.');
      if (dot == std::string_view::npos)
        return invalid("failed to find `.` character in " + quoted(name), offset);
      parsed.member = parsed.resource.substr(dot + 1);
      parsed.resource = parsed.resource.substr(0, dot);
      W2N_CHECK(checkKebab(parsed.member, isKebab(parsed.member), offset));
    }
    W2N_CHECK(checkKebab(parsed.resource, isKebab(parsed.resource), offset));
    return parsed;
  }
  if (name.find(':') != std::string_view::npos && name.find('=') == std::string_view::npos)
    return parseInterfaceName(name, offset);
  W2N_CHECK(checkKebab(name, isKebab(name), offset));
  return ParsedName{ParsedName::Kind::Label, name, {}};
}

} // namespace

Result<ParsedName> parseExternName(std::string_view name, const char *what, uint64_t offset) {
  auto parsed = parse(name, offset);
  if (!parsed)
    parsed.error().text = std::string(what) + " name " + quoted(name) + " " + parsed.error().text;
  return parsed;
}

Status UniqueNames::addKey(std::string key, std::string_view name, const std::string &what,
                           const std::string &previous, uint64_t offset) {
  const auto [found, isNew] = names.emplace(std::move(key), name);
  if (isNew)
    return {};
  return invalid(what + " " + quoted(name) + " conflicts with previous " + previous + " " +
                     quoted(found->second),
                 offset);
}

Status UniqueNames::add(std::string_view name, const ParsedName &parsed, const char *what,
                        uint64_t offset) {
  using Kind = ParsedName::Kind;
  const std::string text = std::string(what) + " name";
  const std::string resource = lowerCase(parsed.resource), member = lowerCase(parsed.member);
  switch (parsed.kind) {
  case Kind::Label:
    return addKey(resource, name, text, "name", offset);
  case Kind::Constructor:
    return addKey("[constructor]" + resource, name, text, "name", offset);
  case Kind::Method:
  case Kind::Static:
    // A label and a member of that name of the resource of that name are one name in bindings.
    if (resource == member)
      W2N_CHECK(addKey(member, name, text, "name", offset));
    return addKey(resource + "." + member, name, text, "name", offset);
  case Kind::Interface:
    return addKey(std::string(name), name, text, "name", offset);
  }
  return {};
}

Status UniqueNames::addLabel(std::string_view label, const char *what, const char *previous,
                             uint64_t offset) {
  return addKey(lowerCase(label), label, what, previous, offset);
}

} // namespace w2n::component
