// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Counts of how often the parts of a module's functions ran: what code that was compiled with
// --profile-generate counts, and --profile-use reads.
//
// A function is known by a name and by a hash of its control flow, and has a number of counters
// from which LLVM derives how often each of its blocks ran. In files a profile is LLVM's text
// format, which its tools read (llvm-profdata merge, show), and which needs no LLVM:
//
//   :ir
//   name
//   # Func Hash:
//   742261418966908927
//   # Num Counters:
//   2
//   # Counter Values:
//   17
//   3
//
#pragma once

#include "lib/support/Error.h"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace w2n::artifact {

class Profile {
public:
  using Counts = std::vector<uint64_t>;
  /// By hash: there may be functions of several modules, or of one that has changed.
  using Versions = std::map<uint64_t, Counts>;

  /// Adds `counts` to those of the function; sums that do not fit are the greatest number. Counts
  /// of another length than those that are there are left out, and false is returned.
  bool add(std::string_view name, uint64_t hash, std::span<const uint64_t> counts);
  /// Adds everything in `other`. Returns how many functions were left out, as above.
  size_t add(const Profile &other);

  const std::map<std::string, Versions, std::less<>> &functions() const { return byName; }

  /// The profile in a file: text, or what `llvm-profdata merge` makes of it. Without any line it is
  /// one of nothing. Errors: Malformed, beginning with the line or byte.
  static Result<Profile> parse(std::span<const uint8_t> bytes);
  /// The same bytes for the same profile, however it was put together.
  std::string text() const;

private:
  static bool isIndexed(std::span<const uint8_t> bytes);
  static Result<Profile> parseText(std::string_view text);

  std::map<std::string, Versions, std::less<>> byName;
};

} // namespace w2n::artifact
