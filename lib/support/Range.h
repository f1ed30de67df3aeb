// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#pragma once

#include <cstdint>

namespace w2n {

/// Whether `count` things from `begin` lie inside `total`, whatever the values.
constexpr bool isInside(uint64_t begin, uint64_t count, uint64_t total) {
  return begin <= total && count <= total - begin;
}

} // namespace w2n
