// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Rights against operations: what a descriptor must have for each.
#pragma once

#include "runtime/wasi/Witx.h"

namespace w2n::wasi {

/// The rights that an operation needs.
struct Needs {
  Rights all = 0; ///< each of these
  Rights any = 0; ///< one of these, if there are any

  constexpr bool areMetBy(Rights held) const {
    return (held & all) == all && (any == 0 || (held & any) != 0);
  }
};

/// The needs of both operations together. At most one has alternatives (`any`), or both the same.
constexpr Needs operator|(Needs lhs, Needs rhs) { return {lhs.all | rhs.all, lhs.any | rhs.any}; }

namespace needs {
inline constexpr Needs nothing = {};
#define W2N_WASI_OPERATION(name, allOf, anyOf)                                                     \
  inline constexpr Needs name = {.all = allOf, .any = anyOf};
#include "runtime/wasi/Operations.def"
} // namespace needs

} // namespace w2n::wasi
