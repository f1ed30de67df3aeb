// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A stack of the host's own for a piece of work that waits without holding its thread. Everything
// below it, guests and the host functions that they call, nested as they may be, stays where it is
// when the fiber parks; whoever resumes it goes on meanwhile. A fiber belongs to one thread.
//
// What a thread knows of its guests is switched with the stack: the activation, the guest's stack,
// whether they are interrupted (InterruptTarget).
#pragma once

#include "lib/support/Error.h"
#include "runtime/core/Interrupt.h"
#include "runtime/core/Thread.h"

#include <functional>
#include <memory>

namespace w2n::runtime {

class Fiber;
class FiberWaiter;

/// The state of a stack that does not run: of a parked fiber, or of what has resumed one.
struct StackContext {
  uintptr_t stackPointer = 0;
  Activation *activation = nullptr;
  GuestStack *guestStack = nullptr;
  InterruptTarget *interrupts = nullptr;
  Fiber *fiber = nullptr; ///< null: the thread itself
  // For sanitizers: its stack, and what they know it by.
  const void *stackBottom = nullptr;
  size_t stackBytes = 0;
  void *shadow = nullptr;
};

struct FiberOptions {
  /// Says that its guests share no objects with what runs on the thread already: it begins a family
  /// of its own, to which the fibers that are made in it belong. A collection looks at the stacks
  /// of its family alone.
  bool beginsFamily = false;
};

class Fiber {
public:
  using Function = std::move_only_function<void()>;
  /// The stack that each has for its host functions, committed as it is used. They need a few KiB,
  /// nested calls more; what needs much, such as looking up names, runs on threads.
  static constexpr uint64_t hostStackBytes = 256 << 10;

  /// A fiber of the calling thread that is to run `function`; it begins with the first resume.
  /// Errors: Limit.
  static Result<std::unique_ptr<Fiber>> create(Function function, FiberOptions options = {});
  /// It has ended, or never begun: to end one that waits, interrupt it and let it run.
  ~Fiber();
  Fiber(const Fiber &) = delete;
  Fiber &operator=(const Fiber &) = delete;

  /// Lets it run until it parks or ends; not if it runs already, or has ended. On its thread; also
  /// in another fiber.
  void resume();
  bool isDone() const { return state == State::Done; }

  /// Returns to who has resumed the current fiber, until it is resumed again.
  static void park();
  /// The fiber that runs on the calling thread, or null.
  static Fiber *current();

  /// Its own, as long as it lives: for what waits for it.
  void *userData = nullptr;
  /// How host functions in it wait (Wait.h); null: as the thread's event loop has it.
  FiberWaiter *waiter = nullptr;

  /// Calls `visit` with each context of the calling thread that does not run and belongs to the
  /// family of the one that runs.
  static void visitOthers(const std::function<void(const StackContext &)> &visit);

  // For Thread.cpp.
  Result<GuestStack *> makeGuestStack(uint64_t bytes);
  bool hostStackHasRoom() const;

private:
  enum class State : uint8_t { New, Parked, Running, Done };
  class HostStack;
  struct ThreadFibers;

  Fiber(Function function, FiberOptions options);
  static uint64_t familyOf(const Fiber *fiber) { return fiber ? fiber->family : 0; }
  static void begin(void *self);
  static ThreadFibers &ofThread();
  void exchange(bool isLast);

  Function function;
  const uint64_t family; ///< 0: that of the thread
  State state = State::New;
  /// The fiber's while it does not run, then that of what has resumed it.
  StackContext other;
  InterruptTarget interrupts;
  std::unique_ptr<HostStack> hostStack;
  std::shared_ptr<GuestStack> guestStack;
  // Neighbors in the list of the thread's fibers.
  Fiber *next = nullptr, *previous = nullptr;
};

} // namespace w2n::runtime
