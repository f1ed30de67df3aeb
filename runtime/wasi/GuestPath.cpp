// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/GuestPath.h"

#include <fcntl.h>

namespace w2n::wasi {

GuestPath::GuestPath(std::span<const uint8_t> path, Errno &failure) {
  copy[0] = 0;
  if (failure != Errno::Success)
    return;
  if (path.size() >= sizeof(copy)) {
    failure = Errno::NameTooLong;
    return;
  }
  bytes = path.size();
  std::memcpy(copy, path.data(), bytes);
  copy[bytes] = 0;
  // In the copy: another thread of the guest may write to the original.
  if (std::memchr(copy, 0, bytes))
    failure = Errno::Inval;
}

WasiResult<int> linkFlagOf(uint32_t lookup) {
  if (lookup & ~lookupflags::all)
    return std::unexpected(Errno::Inval);
  return lookup & lookupflags::symlinkFollow ? 0 : O_NOFOLLOW;
}

} // namespace w2n::wasi
