// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/component/Version.h"

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

} // namespace

std::strong_ordering operator<=>(const Version &a, const Version &b) {
  const auto key = [](const Version &v) {
    return std::tuple(v.isGiven, v.major, v.minor, v.patch, v.preRelease.empty());
  };
  const auto order = key(a) <=> key(b);
  return order != 0 ? order : a.preRelease <=> b.preRelease;
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
