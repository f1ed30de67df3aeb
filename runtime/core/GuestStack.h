// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Stacks that compiled code runs on, and when they are cleared: locals of one tenant are not to
// wait for the next. An instance knows the stacks that it has run on, and clears them when it ends,
// whatever threads and fibers they belong to.
//
// A stack of another thread may be in use at any time. So its thread says when guests run on it
// (begin, end), and asks each time whether it is being cleared. Stores and loads of these would
// have to be ordered by a barrier in each call of a guest; the thread that clears issues it for
// both instead, and leaves the work to the stack's thread where the system cannot do so.
#pragma once

#include "lib/support/Error.h"
#include "runtime/arch/Arch.h"
#include "runtime/core/AddressPlan.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <pthread.h>
#include <vector>

namespace w2n::runtime {

/// [guard region][stack]. Grows down from `top`.
/// First its DirectCalls, so that the assembly finds them where it finds the stack.
class GuestStack : public DirectCalls, public std::enable_shared_from_this<GuestStack> {
public:
  /// Room for `bytes` (committed as they are used), for the calling thread. Errors: Limit.
  static Result<std::shared_ptr<GuestStack>> create(uint64_t bytes);
  /// The same at the next of `addresses`.
  static Result<std::shared_ptr<GuestStack>> createIn(AddressPlan &addresses, uint64_t bytes);
  /// For `create`: of a mapping, which becomes its own.
  GuestStack(uintptr_t guardBegin, uint64_t guardBytes, uint64_t bytes)
      : guardBegin(guardBegin), limit(guardBegin + guardBytes), top(limit + bytes) {
    activation.guestStackTop = top;
    activation.isDirect = 1;
  }
  ~GuestStack();
  GuestStack(const GuestStack &) = delete;
  GuestStack &operator=(const GuestStack &) = delete;

  const uintptr_t guardBegin;
  const uintptr_t limit; ///< end of the guard region, lowest address in use
  const uintptr_t top;

  // Threads: the stack's own.
  /// The first activation on it is about to run.
  void begin() {
    keepOthersOut();
    isUsed = 1;
  }
  /// It has ended.
  void end() {
    isBusy.store(0, std::memory_order_release);
    std::atomic_signal_fence(std::memory_order_seq_cst);
    if (isToBeCleared.load(std::memory_order_acquire)) [[unlikely]]
      clearAsAsked();
  }
  /// Clears what guests have left below those that run on it.
  void clear();
  uint64_t bytes() const { return top - limit; }
  /// The last activation on it, while its fiber does not run; null if there is none.
  const Activation *parked = nullptr;

private:
  friend class NotedStacks;
  void keepOthersOut() {
    isBusy.store(1, std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_seq_cst);
    if (isToBeCleared.load(std::memory_order_acquire)) [[unlikely]]
      clearAsAsked();
  }
  void clearAsAsked();
  void clearUnused();
  void clearBelow(uintptr_t end);

  const pthread_t thread = pthread_self();
};

/// The stacks that an instance has run on.
class NotedStacks {
public:
  /// Clears them, but for frames that still run on them. What guests have left on the stack of
  /// another thread on which a guest runs now is cleared when that ends.
  ~NotedStacks();

  /// For an activation with `bytes` of `stack`. Threads: that of `stack`.
  void note(GuestStack &stack, uint64_t bytes) {
    if (last != &stack) [[unlikely]]
      append(stack);
    usual = stack.bytes() == bytes ? &stack : nullptr;
  }
  /// The place of the stack that was noted last, if an activation may have all of it; else null.
  DirectCalls *const *usualStack() const { return &usual; }

private:
  void append(GuestStack &stack);
  void clearOnOtherThreads();

  // Its storage is not another's as long as there is a weak pointer to it.
  GuestStack *last = nullptr;
  std::weak_ptr<GuestStack> lastReference;
  DirectCalls *usual = nullptr;
  /// Some may be there several times, or be gone.
  std::vector<std::weak_ptr<GuestStack>> others;
  size_t compactAt = 16;
};

} // namespace w2n::runtime
