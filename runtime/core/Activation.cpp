// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/Activation.h"

#include "runtime/core/Backtrace.h"
#include "runtime/core/InstanceState.h"
#include "runtime/core/Interrupt.h"
#include "runtime/core/Thread.h"
#include "runtime/core/TrapDetails.h"

#include <algorithm>

namespace w2n::runtime {

using artifact::TrapKind;

extern "C" {
constinit thread_local Activation *w2nCurrentActivation = nullptr;
}

Error trapError(TrapKind kind) {
  Error error;
  const bool isInterrupt = kind == TrapKind::Interrupted || kind == TrapKind::DeadlineExceeded;
  error.kind = isInterrupt ? ErrorKind::Interrupted : ErrorKind::Trap;
  error.code = uint32_t(kind);
  error.text = artifact::trapMessage(kind);
  return error;
}

Error limitError(std::string text) {
  Error error = trapError(TrapKind::ResourceLimit);
  error.text = std::move(text);
  return error;
}

namespace {

/// The top of the stack if nothing else was asked for, as in most calls; else 0.
uintptr_t usualGuestStackTop(const Activation *previous, uint64_t bytes) {
  const GuestStack *stack = currentGuestStack;
  return !previous && stack && stack->top - stack->limit == bytes ? stack->top : 0;
}

/// The top of the guest's stack for an activation that may have `bytes` of it: so many above the
/// guard region, and below the activation before. Errors: Limit, Trap (no room on the host's
/// stack).
Result<uintptr_t> nextGuestStackTop(const Activation *previous, uint64_t bytes) {
  if (previous && !hostStackHasRoom(previous->depth))
    return std::unexpected(trapError(TrapKind::StackOverflow));
  if (!previous && (!currentGuestStack ||
                    currentGuestStack->top - currentGuestStack->limit < bytes)) [[unlikely]]
    W2N_CHECK(makeGuestStack(std::max(bytes, defaultStackBytes)));
  const uintptr_t top = previous ? previous->guestStackPointer : currentGuestStack->top;
  const uintptr_t room = top - currentGuestStack->limit;
  return (room > bytes ? currentGuestStack->limit + bytes : top) & ~uintptr_t(15);
}

/// Says that an activation uses `stack`, if it is the first one there.
class StackUse {
public:
  StackUse(GuestStack &stack, const Activation *previous) : stack(previous ? nullptr : &stack) {
    if (!previous)
      stack.begin();
  }
  ~StackUse() {
    if (stack)
      stack->end();
  }
  StackUse(const StackUse &) = delete;
  StackUse &operator=(const StackUse &) = delete;

private:
  GuestStack *const stack;
};

/// The error of an activation that was left, with the frames that it had.
[[gnu::cold, gnu::noinline]] w2n_error *takeError(Activation &activation, Instance &entered) {
  auto *taken = new w2n_error;
  Error &error = taken->error;
  if (activation.hostError) {
    error = std::move(*activation.hostError);
    delete activation.hostError;
    activation.hostError = nullptr;
  } else {
    error = trapError(TrapKind(activation.trapKind));
  }
  if (error.kind != ErrorKind::Exit)
    appendBacktrace(activation, error.notes, &detailsFor(error).frames, &entered);
  return taken;
}

/// nextGuestStackTop, out of the way of most calls; null, and `top` is set, or its error.
[[gnu::noinline]] w2n_error *findGuestStackTop(const Activation *previous, uint64_t bytes,
                                               uintptr_t &top) {
  auto found = nextGuestStackTop(previous, bytes);
  if (!found)
    return new w2n_error{std::move(found).error()};
  top = *found;
  return nullptr;
}

Status statusOf(w2n_error *given) {
  const std::unique_ptr<w2n_error> error(given);
  if (error) [[unlikely]]
    return std::unexpected(std::move(error->error));
  return {};
}

} // namespace

w2n_error *enterGuest(artifact::EntryThunk thunk, artifact::InstanceContext *context,
                      const void *code, uint64_t *slots) {
  Activation activation;
  activation.previous = w2nCurrentActivation;
  Instance &instance = instanceOf(context);
  const uint64_t stackBytes = instance.stackBytes();
  uintptr_t top = usualGuestStackTop(activation.previous, stackBytes);
  if (top == 0) [[unlikely]]
    if (w2n_error *error = findGuestStackTop(activation.previous, stackBytes, top))
      return error;
  activation.depth = activation.previous ? activation.previous->depth + 1 : 0;
  activation.isDirect = 0;
  GuestStack &stack = *currentGuestStack;
  const StackUse use(stack, activation.previous);
  instance.noteStack(stack);
  activation.guestStackTop = activation.guestStackPointer = top;
  activation.hostError = nullptr;
  w2nCurrentActivation = &activation;
  const uint32_t wasLeft = w2nEnterGuest(&activation, thunk, context, code, slots);
  w2nCurrentActivation = activation.previous;
  return wasLeft ? takeError(activation, instance) : nullptr;
}

Status runGuest(artifact::EntryThunk thunk, artifact::InstanceContext *context, const void *code,
                uint64_t *slots) {
  return statusOf(enterGuest(thunk, context, code, slots));
}

std::optional<GuestPosition> guestPosition() {
  const Activation *activation = w2nCurrentActivation;
  if (!activation || activation->previous)
    return std::nullopt;
  GuestPosition position = {activation->guestStackPointer, activation->guestStackTop, {}};
  std::copy(std::begin(activation->savedRegisters), std::end(activation->savedRegisters),
            position.registers);
  return position;
}

Status resumeGuest(Instance &instance, const GuestPosition &position, artifact::HostFunction *self,
                   uint64_t *slots) {
  Activation activation = {};
  activation.guestStackTop = position.stackTop;
  activation.guestStackPointer = position.stackPointer;
  std::copy(std::begin(position.registers), std::end(position.registers),
            activation.savedRegisters);
  reinterpret_cast<uintptr_t *>(position.stackTop)[-1] =
      reinterpret_cast<uintptr_t>(&w2nResumedReturned);
  const StackUse use(*currentGuestStack, nullptr);
  instance.noteStack(*currentGuestStack);
  w2nCurrentActivation = &activation;
  const uint32_t wasLeft = w2nResumeGuest(&activation, self, slots);
  w2nCurrentActivation = nullptr;
  return statusOf(wasLeft ? takeError(activation, instance) : nullptr);
}

void noteTrap(TrapKind kind) {
  Activation &activation = *w2nCurrentActivation;
  activation.trapKind = uint32_t(kind);
  noteCrossing(activation);
}

void noteInterrupt(Activation &activation, bool atHandler) {
  activation.trapKind = pendingInterrupt();
  if (atHandler) {
    const auto &point = *reinterpret_cast<const ThrowPoint *>(activation.guestStackPointer);
    activation.trapProgramCounter = point.programCounter;
    activation.trapStackPointer = point.stackPointer;
    activation.trapFramePointer = point.framePointer;
    activation.trapReturnAddress = 0;
    activation.afterCall = 0;
  } else if (activation.guestStackPointer != activation.guestStackTop) {
    noteCrossing(activation);
  } else {
    // It was about to begin: there are no frames.
    activation.trapProgramCounter = activation.trapStackPointer = activation.trapFramePointer = 0;
    activation.trapReturnAddress = 0;
    activation.afterCall = 0;
  }
}

void noteHostError(Error error) {
  Activation &activation = *w2nCurrentActivation;
  // Errors other than traps, exits and interrupts become traps with the same text.
  if (error.kind != ErrorKind::Trap && error.kind != ErrorKind::Exit &&
      error.kind != ErrorKind::Interrupted) {
    error.kind = ErrorKind::Trap;
    error.code = uint32_t(TrapKind::HostError);
  }
  activation.hostError = new Error(std::move(error));
  noteCrossing(activation);
}

} // namespace w2n::runtime

extern "C" w2n_error *w2nDirectLeft(w2n::runtime::Activation *activation) {
  using namespace w2n::runtime;
  // The activation of a stack's DirectCalls.
  GuestStack &stack = *currentGuestStack;
  w2nCurrentActivation = nullptr;
  w2n_error *error = takeError(*activation, instanceOf(stack.context));
  stack.end();
  return error;
}

extern "C" void w2nDirectCleared(w2n::runtime::GuestStack *stack) { stack->end(); }

extern "C" void w2nInterrupted(bool atHandler) {
  using namespace w2n::runtime;
  noteInterrupt(*w2nCurrentActivation, atHandler);
}
