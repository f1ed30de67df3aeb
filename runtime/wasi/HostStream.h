// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A standard stream that the host reads and writes itself, in place of a descriptor.
#pragma once

#include "runtime/wasi/Errno.h"

#include <span>

namespace w2n::wasi {

/// Calls may wait (runtime/core/Wait.h). Threads: one at a time.
class HostStream {
public:
  virtual ~HostStream() = default;
  /// At least one byte; 0 at the end.
  virtual WasiResult<size_t> read(std::span<uint8_t> buffer) = 0;
  /// All of them.
  virtual WasiResult<size_t> write(std::span<const uint8_t> bytes) = 0;
};

} // namespace w2n::wasi
