// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A path that the guest gave.
#pragma once

#include "runtime/wasi/GuestMemory.h"
#include "runtime/wasi/Witx.h"

#include <climits>
#include <string_view>

namespace w2n::wasi {

/// A copy of a path, so that the guest cannot change what was checked. Without allocation: paths of
/// the system are short.
class GuestPath {
public:
  /// Notes in `failure`, unless something is there: NameTooLong, Inval if it contains a NUL, which
  /// the host would take for its end.
  GuestPath(std::span<const uint8_t> path, Errno &failure);
  GuestPath(const GuestPath &) = delete;
  GuestPath &operator=(const GuestPath &) = delete;

  /// With a NUL at its end.
  const char *text() const { return copy; }
  std::string_view view() const { return {copy, bytes}; }

private:
  size_t bytes = 0;
  char copy[PATH_MAX];
};

/// O_NOFOLLOW unless the guest asked for links to be followed. Errors: Inval.
WasiResult<int> linkFlagOf(uint32_t lookup);

} // namespace w2n::wasi
