// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/wit/Version.h"

#include <algorithm>

namespace w2n::wit {

namespace {

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

} // namespace w2n::wit
