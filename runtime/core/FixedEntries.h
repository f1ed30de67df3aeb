// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The runtime as a guest sees it that another process is to resume. Compiled code loads the
// addresses of services and of host functions' entries once and keeps them as it likes, in
// registers and on its stack, and the runtime lies elsewhere in the other process. Such a guest
// knows addresses of a page alone, which the runtime writes in each process: jumps to where it
// lies.
#pragma once

#include "lib/artifact/Abi.h"
#include "runtime/core/AddressPlan.h"

namespace w2n::runtime {

class FixedEntries {
public:
  /// At the next of `addresses`. Errors: Limit, Io (the system maps no code).
  static Result<FixedEntries> make(AddressPlan &addresses);

  const artifact::RuntimeServices *services() const {
    return reinterpret_cast<const artifact::RuntimeServices *>(page);
  }
  /// HostFunction::invoke.
  decltype(artifact::HostFunction::invoke) invokeHost() const;
  /// The way into a guest (writeFixedStub).
  artifact::EntryThunk stub() const;

private:
  const uint8_t *page = nullptr;
};

} // namespace w2n::runtime
