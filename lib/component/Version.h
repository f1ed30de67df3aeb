// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Versions of interfaces (semver.org), and which of them are compatible (the component
// model's "canonical interface names"): those that differ behind the first part that is not 0.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace w2n::component {

struct Version {
  bool isGiven = false;
  uint64_t major = 0, minor = 0, patch = 0;
  /// The rest of the version, such as "-rc.1"; releases come after it.
  std::string preRelease = {};

  friend std::strong_ordering operator<=>(const Version &a, const Version &b);
  friend bool operator==(const Version &a, const Version &b) = default;
};

struct VersionedName {
  std::string_view name; ///< "wasi:io/streams"
  Version version;
};

/// Splits "wasi:io/streams@0.2.12". What is no version stays part of the name.
VersionedName parseVersion(std::string_view name);

/// Whether version `a` precedes version `b` (semver.org, section 11). Both are valid, with numbers
/// of any size.
bool precedes(std::string_view a, std::string_view b);

/// Whether one may be given where the other is asked for; pre-releases only for themselves.
bool isCompatible(const Version &a, const Version &b);

} // namespace w2n::component
