// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Structs of the C API that begin with their size: a program may have been built with a header that
// knows fewer fields, or more.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace w2n::api {

/// Fills the fields of `out` that it has, by its size, and leaves the others.
template <typename T> void fillSized(T *out, T values) {
  values.size = out->size;
  std::memcpy(out, &values, std::min(out->size, sizeof(T)));
}

/// The fields of `given`; those that it lacks are zero. Null is all zeros.
template <typename T> T readSized(const T *given) {
  T values = {};
  if (given)
    std::memcpy(&values, given, std::min(given->size, sizeof(T)));
  return values;
}

} // namespace w2n::api
