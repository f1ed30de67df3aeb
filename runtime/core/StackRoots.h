// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// References that guests of the calling thread may have on its stack and in registers.
#pragma once

#include "runtime/arch/Arch.h"
#include "runtime/core/Thread.h"

#include <span>

namespace w2n::runtime {

/// Calls `visit` with words in which references of running guests may be, wherever they are: the
/// guest's stack is one, whatever host functions are in between. For services and host functions,
/// which guests have called, and for a host without guests.
template <typename Visit> void visitGuestStack(Visit visit) {
  if (!w2nCurrentActivation)
    return;
  const uintptr_t begin = w2nCurrentActivation->guestStackPointer & ~uintptr_t(7);
  visit(std::span(reinterpret_cast<const uint64_t *>(begin),
                  (currentGuestStack->top - begin) / sizeof(uint64_t)));
  for (const Activation *activation = w2nCurrentActivation; activation;
       activation = activation->previous)
    visit(std::span<const uint64_t>(activation->savedRegisters));
}

} // namespace w2n::runtime
