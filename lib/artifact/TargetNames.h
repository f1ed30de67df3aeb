// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Names of architectures: Targets.def has one for each target, and users know others.
#pragma once

#include <string_view>

namespace w2n::artifact {

struct ArchitectureAlias {
  std::string_view alias, name;
};

/// As Debian, Docker, Go and Apple call them.
inline constexpr ArchitectureAlias architectureAliases[] = {
    {"amd64", "x86_64"}, {"x86-64", "x86_64"}, {"arm64", "aarch64"}};

/// The architecture of `target`, a name or a triple, as Targets.def calls it; what is unknown stays
/// as it is.
constexpr std::string_view architectureOf(std::string_view target) {
  for (const ArchitectureAlias &row : architectureAliases)
    if (target.starts_with(row.alias) &&
        (target.size() == row.alias.size() || target[row.alias.size()] == '-'))
      return row.name;
  return target.substr(0, target.find('-'));
}

static_assert(architectureOf("arm64") == "aarch64" && architectureOf("x86-64") == "x86_64" &&
              architectureOf("amd64-linux-gnu") == "x86_64" &&
              architectureOf("riscv64-linux") == "riscv64");

} // namespace w2n::artifact
