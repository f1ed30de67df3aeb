// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/Fiber.h"

#include "runtime/arch/Arch.h"
#include "runtime/platform/VirtualMemory.h"

#include <cassert>
#include <cstring>
#include <utility>
#include <vector>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>
#endif

namespace w2n::runtime {

namespace {

/// The room that must be left for another nested call.
constexpr uintptr_t wantedBytes = 64 << 10;

constinit thread_local Fiber *currentFiber = nullptr;

} // namespace

class Fiber::HostStack {
public:
  static Result<std::unique_ptr<HostStack>> create() {
    std::unique_ptr<HostStack> stack(new HostStack);
    stack->mapping = platform::reserveStack(platform::pageBytes(), hostStackBytes);
    if (!stack->mapping)
      return fail(ErrorKind::Limit, "the system has no room for the stack of a fiber");
    return stack;
  }
  ~HostStack() { platform::release(mapping, platform::pageBytes() + hostStackBytes); }

  uintptr_t limit() const { return reinterpret_cast<uintptr_t>(mapping) + platform::pageBytes(); }
  uintptr_t top() const { return limit() + hostStackBytes; }

private:
  HostStack() = default;
  uint8_t *mapping = nullptr;
};

/// The fibers of a thread, and stacks of those that have ended.
struct Fiber::ThreadFibers {
  /// The most that are kept of each kind; more are given back to the system.
  static constexpr size_t maxFreeStacks = 128;

  Fiber *first = nullptr;
  uint64_t families = 0;
  std::vector<std::unique_ptr<HostStack>> hostStacks;
  std::vector<std::shared_ptr<GuestStack>> guestStacks;

  void keep(std::unique_ptr<HostStack> stack) {
#ifdef __SANITIZE_ADDRESS__
    // Frames of a function that has not returned are still marked.
    __asan_unpoison_memory_region(reinterpret_cast<void *>(stack->limit()), hostStackBytes);
#endif
    if (hostStacks.size() < maxFreeStacks)
      hostStacks.push_back(std::move(stack));
  }
  void keep(std::shared_ptr<GuestStack> stack) {
    if (guestStacks.size() < maxFreeStacks && stack->top - stack->limit == defaultStackBytes)
      guestStacks.push_back(std::move(stack));
  }
};

Fiber::ThreadFibers &Fiber::ofThread() {
  thread_local ThreadFibers fibers;
  return fibers;
}

Fiber *Fiber::current() { return currentFiber; }

Fiber::Fiber(Function function, FiberOptions options)
    : function(std::move(function)),
      family(options.beginsFamily ? ++ofThread().families : familyOf(current())) {
  Fiber *&first = ofThread().first;
  next = first;
  if (next)
    next->previous = this;
  first = this;
}

Result<std::unique_ptr<Fiber>> Fiber::create(Function function, FiberOptions options) {
  std::unique_ptr<Fiber> fiber(new Fiber(std::move(function), options));
  auto &free = ofThread().hostStacks;
  if (free.empty()) {
    W2N_TRY(stack, HostStack::create());
    fiber->hostStack = std::move(stack);
  } else {
    fiber->hostStack = std::move(free.back());
    free.pop_back();
  }
  // The thread is known to interrupts from here on.
  InterruptTarget::current();
  const HostStack &stack = *fiber->hostStack;
  fiber->other.stackPointer = prepareStack(stack.top(), begin, fiber.get());
  fiber->other.interrupts = &fiber->interrupts;
  fiber->other.fiber = fiber.get();
  fiber->other.stackBottom = reinterpret_cast<const void *>(stack.limit());
  fiber->other.stackBytes = hostStackBytes;
#ifdef __SANITIZE_THREAD__
  fiber->other.shadow = __tsan_create_fiber(0);
#endif
  return fiber;
}

Fiber::~Fiber() {
  assert(state == State::New || state == State::Done);
#ifdef __SANITIZE_THREAD__
  if (other.shadow)
    __tsan_destroy_fiber(other.shadow);
#endif
  ThreadFibers &fibers = ofThread();
  if (hostStack)
    fibers.keep(std::move(hostStack));
  if (guestStack)
    fibers.keep(std::move(guestStack));
  (previous ? previous->next : fibers.first) = next;
  if (next)
    next->previous = previous;
}

/// Swaps what runs with `other`. Returns when it is swapped back.
void Fiber::exchange([[maybe_unused]] bool isLast) {
  const StackContext there = other;
  other = {.activation = w2nCurrentActivation,
           .guestStack = currentGuestStack,
           .interrupts = &InterruptTarget::current(),
           .fiber = currentFiber};
#ifdef __SANITIZE_ADDRESS__
  void *fakeStack = nullptr;
  __sanitizer_start_switch_fiber(isLast ? nullptr : &fakeStack, there.stackBottom,
                                 there.stackBytes);
#endif
#ifdef __SANITIZE_THREAD__
  other.shadow = __tsan_get_current_fiber();
  __tsan_switch_to_fiber(there.shadow, 0);
#endif
  if (currentGuestStack)
    currentGuestStack->parked = w2nCurrentActivation;
  w2nCurrentActivation = there.activation;
  currentGuestStack = there.guestStack;
  other.interrupts->handOver(*there.interrupts);
  currentFiber = there.fiber;
  w2nSwitchStack(&other.stackPointer, there.stackPointer);
#ifdef __SANITIZE_ADDRESS__
  // `other` is now what was left for this.
  __sanitizer_finish_switch_fiber(fakeStack, &other.stackBottom, &other.stackBytes);
#endif
}

void Fiber::begin(void *argument) {
  Fiber &self = *static_cast<Fiber *>(argument);
#ifdef __SANITIZE_ADDRESS__
  __sanitizer_finish_switch_fiber(nullptr, &self.other.stackBottom, &self.other.stackBytes);
#endif
  self.function();
  self.function = nullptr;
  if (currentGuestStack)
    currentGuestStack->clear();
  self.state = State::Done;
  self.exchange(/*isLast=*/true);
  __builtin_unreachable();
}

void Fiber::resume() {
  assert((state == State::New || state == State::Parked) && "not one that runs or has ended");
  state = State::Running;
  exchange(/*isLast=*/false);
}

void Fiber::park() {
  Fiber &self = *currentFiber;
  self.state = State::Parked;
  self.exchange(/*isLast=*/false);
}

void Fiber::visitOthers(const std::function<void(const StackContext &)> &visit) {
  for (const Fiber *fiber = ofThread().first; fiber; fiber = fiber->next)
    if (familyOf(fiber->other.fiber) == familyOf(current()))
      visit(fiber->other);
}

Result<GuestStack *> Fiber::makeGuestStack(uint64_t bytes) {
  auto &free = ofThread().guestStacks;
  if (!guestStack && bytes <= defaultStackBytes && !free.empty()) {
    guestStack = std::move(free.back());
    free.pop_back();
    return guestStack.get();
  }
  guestStack.reset();
  W2N_TRY(made, GuestStack::create(bytes));
  guestStack = std::move(made);
  return guestStack.get();
}

bool Fiber::hostStackHasRoom() const {
  return reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) - hostStack->limit() >=
         wantedBytes;
}

} // namespace w2n::runtime
