// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// What the guests of the calling thread may refer to from its stack and registers.
#pragma once

#include "runtime/arch/Arch.h"
#include "runtime/core/Fiber.h"
#include "runtime/core/Thread.h"

#include <span>

namespace w2n::runtime {

/// Calls `visit` with words in which references of guests may be that are in `activation`, on
/// `stack`, and in those before: one stack, whatever host functions are in between.
template <typename Visit>
void visitActivations(const Activation *activation, const GuestStack *stack, Visit visit) {
  if (!activation)
    return;
  const uintptr_t begin = activation->guestStackPointer & ~uintptr_t(7);
  visit(std::span(reinterpret_cast<const uint64_t *>(begin),
                  (stack->top - begin) / sizeof(uint64_t)));
  for (; activation; activation = activation->previous)
    visit(std::span<const uint64_t>(activation->savedRegisters));
}

/// The same with all activations of the calling thread that may share objects with the current one,
/// in fibers or not. For services and host
/// functions, which guests have called, and for a host without guests.
template <typename Visit> void visitGuestStack(Visit visit) {
  visitActivations(w2nCurrentActivation, currentGuestStack, visit);
  Fiber::visitOthers([&](const StackContext &context) {
    visitActivations(context.activation, context.guestStack, visit);
  });
}

} // namespace w2n::runtime
