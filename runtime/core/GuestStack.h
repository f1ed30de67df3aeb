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
#include "runtime/core/AddressPlan.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <pthread.h>
#include <vector>

namespace w2n::runtime {

struct Activation;

/// [guard region][stack]. Grows down from `top`.
class GuestStack : public std::enable_shared_from_this<GuestStack> {
public:
  /// Room for `bytes` (committed as they are used), for the calling thread. Errors: Limit.
  static Result<std::shared_ptr<GuestStack>> create(uint64_t bytes);
  /// The same at the next of `addresses`.
  static Result<std::shared_ptr<GuestStack>> createIn(AddressPlan &addresses, uint64_t bytes);
  /// For `create`: of a mapping, which becomes its own.
  GuestStack(uintptr_t guardBegin, uint64_t guardBytes, uint64_t bytes)
      : guardBegin(guardBegin), limit(guardBegin + guardBytes), top(limit + bytes) {}
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
    isUsed = true;
  }
  /// It has ended.
  void end() {
    isBusy.store(false, std::memory_order_release);
    std::atomic_signal_fence(std::memory_order_seq_cst);
    if (isToBeCleared.load(std::memory_order_acquire)) [[unlikely]]
      clearAsAsked();
  }
  /// Clears what guests have left below those that run on it.
  void clear();
  /// The last activation on it, while its fiber does not run; null if there is none.
  const Activation *parked = nullptr;

private:
  friend class NotedStacks;
  void keepOthersOut() {
    isBusy.store(true, std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_seq_cst);
    if (isToBeCleared.load(std::memory_order_acquire)) [[unlikely]]
      clearAsAsked();
  }
  void clearAsAsked();
  void clearUnused();
  void clearBelow(uintptr_t end);

  const pthread_t thread = pthread_self();
  bool isUsed = false; ///< whether guests have run on it since it was cleared
  std::atomic<bool> isBusy = false;
  /// Set by other threads. A word: RISC-V has no instruction that exchanges a byte.
  std::atomic<uint32_t> isToBeCleared = false;
};

/// The stacks that an instance has run on.
class NotedStacks {
public:
  /// Clears them, but for frames that still run on them. What guests have left on the stack of
  /// another thread on which a guest runs now is cleared when that ends.
  ~NotedStacks();

  /// Threads: that of `stack`.
  void note(GuestStack &stack) {
    if (last != &stack) [[unlikely]]
      append(stack);
  }

private:
  void append(GuestStack &stack);
  void clearOnOtherThreads();

  // Its storage is not another's as long as there is a weak pointer to it.
  GuestStack *last = nullptr;
  std::weak_ptr<GuestStack> lastReference;
  /// Some may be there several times, or be gone.
  std::vector<std::weak_ptr<GuestStack>> others;
  size_t compactAt = 16;
};

} // namespace w2n::runtime
