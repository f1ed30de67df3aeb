// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A processor's features as a table, and what a machine has of them: rows have a `name`, and a
// machine says of a row whether it `has` it.
#pragma once

#include "runtime/arch/Features.h"

namespace w2n::runtime {

template <typename Rows, typename Machine>
FeatureState featureIn(const Rows &rows, std::string_view name, const Machine &machine) {
  for (const auto &row : rows)
    if (row.name == name)
      return machine.has(row) ? FeatureState::Present : FeatureState::Missing;
  return FeatureState::Unknown;
}

template <typename Rows, typename Machine>
std::string namesIn(const Rows &rows, const Machine &machine) {
  std::string names;
  for (const auto &row : rows)
    if (machine.has(row))
      names += (names.empty() ? "" : ",") + std::string(row.name);
  return names;
}

} // namespace w2n::runtime
