// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/artifact/Profile.h"

#include <charconv>
#include <limits>
#include <optional>

namespace w2n::artifact {

bool Profile::add(std::string_view name, uint64_t hash, std::span<const uint64_t> counts) {
  auto found = byName.find(name);
  if (found == byName.end())
    found = byName.emplace(std::string(name), Versions()).first;
  const auto [version, isNew] = found->second.try_emplace(hash, counts.begin(), counts.end());
  if (isNew)
    return true;
  Counts &sums = version->second;
  if (sums.size() != counts.size())
    return false;
  for (size_t i = 0; i < counts.size(); ++i)
    if (__builtin_add_overflow(sums[i], counts[i], &sums[i]))
      sums[i] = std::numeric_limits<uint64_t>::max();
  return true;
}

size_t Profile::add(const Profile &other) {
  size_t leftOut = 0;
  for (const auto &[name, versions] : other.byName)
    for (const auto &[hash, counts] : versions)
      leftOut += add(name, hash, counts) ? 0 : 1;
  return leftOut;
}

namespace {

/// The lines of a text that are neither empty nor comments.
class Lines {
public:
  explicit Lines(std::string_view text) : rest(text) { next(); }

  /// Nothing at the end.
  std::optional<std::string_view> current() const { return line; }
  size_t number() const { return lineNumber; }

  void next() {
    line.reset();
    while (!line && !rest.empty()) {
      const size_t end = std::min(rest.find('\n'), rest.size());
      std::string_view text = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      ++lineNumber;
      if (text.ends_with('\r'))
        text.remove_suffix(1);
      if (!text.empty() && !text.starts_with('#'))
        line = text;
    }
  }

  std::unexpected<Error> malformed(const std::string &text) const {
    return fail(ErrorKind::Malformed, "line " + std::to_string(lineNumber) + ": " + text);
  }

  Result<uint64_t> readNumber(const char *what) {
    if (!line)
      return malformed(std::string("the text ends before ") + what);
    std::string_view digits = *line;
    const bool isHexadecimal = digits.starts_with("0x");
    if (isHexadecimal)
      digits.remove_prefix(2);
    uint64_t number = 0;
    const char *end = digits.data() + digits.size();
    auto [stop, error] = std::from_chars(digits.data(), end, number, isHexadecimal ? 16 : 10);
    if (error != std::errc() || stop != end)
      return malformed(std::string("expected ") + what + ", found '" +
                       std::string(line->substr(0, 40)) + "'");
    next();
    return number;
  }

private:
  std::string_view rest;
  std::optional<std::string_view> line;
  size_t lineNumber = 0;
};

/// Counters of functions, not of lines of a source, and all of them.
Status readHeader(Lines &lines) {
  if (lines.current() && *lines.current() != ":ir")
    return lines.malformed("a profile must begin with ':ir', found '" +
                           std::string(lines.current()->substr(0, 40)) + "'");
  lines.next();
  if (lines.current() && lines.current()->starts_with(':'))
    return lines.malformed("a profile of this kind cannot be used: '" +
                           std::string(lines.current()->substr(0, 40)) + "'");
  return {};
}

} // namespace

Result<Profile> Profile::parseText(std::string_view text) {
  Profile profile;
  Lines lines(text);
  W2N_CHECK(readHeader(lines));
  while (lines.current()) {
    const std::string_view name = *lines.current();
    lines.next();
    W2N_TRY(hash, lines.readNumber("the hash of a function"));
    W2N_TRY(count, lines.readNumber("the number of its counters"));
    Counts counts;
    for (uint64_t i = 0; i < count; ++i) {
      W2N_TRY(value, lines.readNumber("the value of a counter"));
      counts.push_back(value);
    }
    if (!profile.add(name, hash, counts))
      return lines.malformed("function '" + std::string(name) +
                             "' is there twice, with different numbers of counters");
  }
  return profile;
}

std::string Profile::text() const {
  std::string text = "# IR level Instrumentation Flag\n:ir\n";
  for (const auto &[name, versions] : byName)
    for (const auto &[hash, counts] : versions) {
      text += name + "\n# Func Hash:\n" + std::to_string(hash) + "\n# Num Counters:\n" +
              std::to_string(counts.size()) + "\n# Counter Values:\n";
      for (uint64_t count : counts)
        text += std::to_string(count) + "\n";
      text += "\n";
    }
  return text;
}

} // namespace w2n::artifact
