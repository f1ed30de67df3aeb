// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/component/Version.h"

#include <algorithm>
#include <charconv>
#include <tuple>

namespace w2n::component {

namespace {

bool parseNumber(std::string_view &text, uint64_t &number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc())
    return false;
  text.remove_prefix(size_t(end - text.data()));
  return true;
}

bool skipDot(std::string_view &text) {
  if (!text.starts_with('.'))
    return false;
  text.remove_prefix(1);
  return true;
}

/// The text before the first `separator`, which is taken away with it.
std::string_view take(std::string_view &text, char separator) {
  const size_t end = std::min(text.find(separator), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

bool isNumber(std::string_view part) {
  return part.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Negative, zero or positive. Numbers have no leading zeros.
int compareNumbers(std::string_view a, std::string_view b) {
  return a.size() != b.size() ? (a.size() < b.size() ? -1 : 1) : a.compare(b);
}

int compareIdentifiers(std::string_view a, std::string_view b) {
  if (isNumber(a) && isNumber(b))
    return compareNumbers(a, b);
  if (isNumber(a) != isNumber(b))
    return isNumber(a) ? -1 : 1;
  return a.compare(b);
}

int comparePreReleases(std::string_view a, std::string_view b) {
  // A version without a pre-release comes after those with one.
  if (a.empty() || b.empty())
    return int(a.empty()) - int(b.empty());
  while (!a.empty() && !b.empty())
    if (const int order = compareIdentifiers(take(a, '.'), take(b, '.')))
      return order;
  return int(!a.empty()) - int(!b.empty());
}

} // namespace

std::strong_ordering operator<=>(const Version &a, const Version &b) {
  const auto key = [](const Version &v) {
    return std::tuple(v.isGiven, v.major, v.minor, v.patch);
  };
  const auto order = key(a) <=> key(b);
  if (order != 0)
    return order;
  // Without the hyphens.
  std::string_view afterA = a.preRelease, afterB = b.preRelease;
  take(afterA, '-'), take(afterB, '-');
  return comparePreReleases(afterA, afterB) <=> 0;
}

bool precedes(std::string_view a, std::string_view b) {
  // Build metadata has no part in the order.
  a = a.substr(0, a.find('+'));
  b = b.substr(0, b.find('+'));
  std::string_view coreA = take(a, '-'), coreB = take(b, '-');
  while (!coreA.empty() && !coreB.empty())
    if (const int order = compareNumbers(take(coreA, '.'), take(coreB, '.')))
      return order < 0;
  return comparePreReleases(a, b) < 0;
}

VersionedName parseVersion(std::string_view name) {
  const size_t at = name.find('@');
  if (at == std::string_view::npos)
    return {name, {}};
  std::string_view text = name.substr(at + 1);
  Version version{.isGiven = true};
  if (!parseNumber(text, version.major) || !skipDot(text) || !parseNumber(text, version.minor) ||
      !skipDot(text) || !parseNumber(text, version.patch))
    return {name, {}};
  // Metadata of a build ("+...") does not count.
  text = text.substr(0, text.find('+'));
  if (!text.empty() && !text.starts_with('-'))
    return {name, {}};
  version.preRelease = text;
  return {name.substr(0, at), version};
}

bool isCompatible(const Version &a, const Version &b) {
  if (a.isGiven != b.isGiven || !a.preRelease.empty() || !b.preRelease.empty())
    return a == b;
  if (a.major != b.major)
    return false;
  if (a.major != 0)
    return true;
  return a.minor == b.minor && (a.minor != 0 || a.patch == b.patch);
}

} // namespace w2n::component
