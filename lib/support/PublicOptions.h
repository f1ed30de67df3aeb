// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Options of compilation as programs hand them in, which may have been built with an older or a
// newer header.
#pragma once

#include "include/wasm2native/compiler.h"
#include "lib/support/Error.h"

#include <algorithm>
#include <cstring>

namespace w2n {

/// The size of the options in the first version that has a size.
inline constexpr size_t firstCompileOptionsBytes = 168;

/// All fields that this version knows; null is w2n_compile_options_init's. Errors: Invalid (no size
/// that any version has had), Unsupported (a field that this version does not know is not zero).
inline Result<w2n_compile_options> completed(const w2n_compile_options *given) {
  w2n_compile_options options;
  w2n_compile_options_init(&options);
  if (!given)
    return options;
  if (given->size < firstCompileOptionsBytes)
    return fail(ErrorKind::Invalid, "the options of compilation have a size of " +
                                        std::to_string(given->size) +
                                        " bytes: w2n_compile_options_init has not been called");
  const auto *bytes = reinterpret_cast<const uint8_t *>(given);
  if (given->size > sizeof(options) &&
      std::any_of(bytes + sizeof(options), bytes + given->size, [](uint8_t byte) { return byte; }))
    return fail(ErrorKind::Unsupported,
                "an option of compilation is set that this version does not know");
  std::memcpy(&options, given, std::min(given->size, sizeof(options)));
  options.size = sizeof(options);
  return options;
}

} // namespace w2n
