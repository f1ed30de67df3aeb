// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// System calls that a signal ends are made again: a guest has no signals, and nothing that it could
// do about one. Those with which the guest itself is ended (runtime/core/Interrupt.h) let the call
// return, and the crossing leaves the guest.
#pragma once

#include "runtime/core/Interrupt.h"

#include <cerrno>

namespace w2n::wasi {

/// Calls `call()`, which is negative and sets errno if it fails, again while signals interrupt it.
template <typename Call> auto restarted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR && !runtime::isInterrupted()) [[unlikely]]
    result = call();
  return result;
}

} // namespace w2n::wasi
