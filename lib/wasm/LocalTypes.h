// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The types of a function's locals by index, without a row for each: a few bytes can declare 50,000
// of them, in each of a million functions.
#pragma once

#include "lib/wasm/Module.h"

#include <algorithm>

namespace w2n::wasm {

class LocalTypes {
public:
  LocalTypes() = default;
  /// Parameters, then declared locals. Both are borrowed.
  LocalTypes(const std::vector<ValueType> &params, const std::vector<LocalGroup> &groups)
      : params(&params), groups(&groups) {
    uint32_t end = uint32_t(params.size());
    for (const LocalGroup &group : groups)
      ends.push_back(end += group.count);
  }

  uint32_t size() const {
    return !ends.empty() ? ends.back() : params ? uint32_t(params->size()) : 0;
  }
  /// The index must be in range.
  ValueType operator[](uint32_t index) const {
    if (index < params->size())
      return (*params)[index];
    return (*groups)[size_t(std::upper_bound(ends.begin(), ends.end(), index) - ends.begin())].type;
  }

private:
  const std::vector<ValueType> *params = nullptr;
  const std::vector<LocalGroup> *groups = nullptr;
  /// For each group the index after its last local.
  std::vector<uint32_t> ends;
};

} // namespace w2n::wasm
