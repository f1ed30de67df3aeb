// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/GuestStack.h"

#include "runtime/arch/Arch.h"
#include "runtime/core/Thread.h"
#include "runtime/platform/MemoryBarrier.h"
#include "runtime/platform/VirtualMemory.h"

#include <algorithm>
#include <cstring>
#include <mutex>

namespace w2n::runtime {

namespace {

/// More is refused.
constexpr uint64_t maxStackBytes = uint64_t(1) << 36;
/// Compiled code touches every page of a frame in order, so one page would do; the rest is for the
/// frames of code that does not.
constexpr uint64_t guardBytes = 1 << 20;

/// Held to clear the stack of another thread, and by a thread that was asked to clear its own.
constinit std::mutex clearingLock;

} // namespace

Result<std::shared_ptr<GuestStack>> GuestStack::create(uint64_t wantedBytes) {
  if (wantedBytes > maxStackBytes)
    return fail(ErrorKind::Limit, "a stack of " + std::to_string(wantedBytes) +
                                      " bytes to run wasm on, most is " +
                                      std::to_string(maxStackBytes));
  const uint64_t bytes = platform::roundUpToPage(wantedBytes);
  const uint8_t *mapping = platform::reserveStack(guardBytes, bytes);
  if (!mapping)
    return fail(ErrorKind::Limit, "the system has no room for a stack to run wasm on");
  return std::make_shared<GuestStack>(reinterpret_cast<uintptr_t>(mapping), guardBytes, bytes);
}

Result<std::shared_ptr<GuestStack>> GuestStack::createIn(AddressPlan &addresses,
                                                         uint64_t wantedBytes) {
  const uint64_t bytes = platform::roundUpToPage(std::min(wantedBytes, maxStackBytes));
  W2N_TRY(mapping, addresses.reserve(guardBytes + bytes));
  auto stack =
      std::make_shared<GuestStack>(reinterpret_cast<uintptr_t>(mapping), guardBytes, bytes);
  if (!platform::makeStack(mapping, guardBytes, bytes))
    return fail(ErrorKind::Limit, "the system has no room for a stack to run wasm on");
  return stack;
}

GuestStack::~GuestStack() {
  platform::release(reinterpret_cast<uint8_t *>(guardBegin), top - guardBegin);
}

void GuestStack::clearBelow(uintptr_t end) {
  // Most calls need a few pages at the top: writing over them is cheaper than faults for new ones.
  constexpr uintptr_t keptBytes = 8 << 10;
  const uintptr_t page = platform::pageBytes();
  uintptr_t kept = (end - std::min(end - limit, keptBytes)) & ~(page - 1);
  // The system refuses where memory is locked.
  if (!platform::discard(reinterpret_cast<uint8_t *>(limit), kept - limit))
    kept = limit;
  explicit_bzero(reinterpret_cast<void *>(kept), end - kept);
}

void GuestStack::clear() {
  const uint32_t wasBusy = isBusy.load(std::memory_order_relaxed);
  keepOthersOut();
  clearUnused();
  if (!wasBusy)
    end();
}

/// For the stack's thread.
void GuestStack::clearUnused() {
  if (!isUsed)
    return;
  // Outside of all activations the thread has none.
  const Activation *innermost = this == currentGuestStack ? w2nCurrentActivation : parked;
  clearBelow(innermost ? innermost->guestStackPointer : top);
  isUsed = innermost != nullptr;
}

void GuestStack::clearAsAsked() {
  std::lock_guard guard(clearingLock);
  // Another thread has done it meanwhile, or leaves it to this one.
  if (isToBeCleared.exchange(0))
    clearUnused();
}

void NotedStacks::append(GuestStack &stack) {
  if (last)
    others.push_back(std::move(lastReference));
  last = &stack;
  lastReference = stack.weak_from_this();
  if (others.size() < compactAt)
    return;
  std::erase_if(others, [](const auto &reference) { return reference.expired(); });
  std::sort(others.begin(), others.end(), std::owner_less<>());
  auto isSame = [](const auto &a, const auto &b) { return !a.owner_before(b); };
  others.erase(std::unique(others.begin(), others.end(), isSame), others.end());
  compactAt = std::max<size_t>(16, 2 * others.size());
}

void NotedStacks::clearOnOtherThreads() {
  std::lock_guard guard(clearingLock);
  std::erase_if(others, [](const auto &reference) {
    const std::shared_ptr<GuestStack> stack = reference.lock();
    if (!stack || pthread_equal(stack->thread, pthread_self()))
      return true;
    stack->isToBeCleared.store(1);
    return false;
  });
  // From here on those threads see that, or this one sees that guests run there.
  if (others.empty() || !platform::issueBarrierOnAllThreads())
    return;
  for (const auto &reference : others) {
    const std::shared_ptr<GuestStack> stack = reference.lock();
    if (!stack || stack->isBusy.load(std::memory_order_acquire))
      continue;
    if (stack->isUsed)
      stack->clearBelow(stack->top);
    stack->isUsed = 0;
    stack->isToBeCleared.store(0, std::memory_order_release);
  }
}

NotedStacks::~NotedStacks() {
  if (last && last == currentGuestStack)
    last->clear();
  else if (last)
    others.push_back(std::move(lastReference));
  for (const auto &reference : others)
    if (const auto stack = reference.lock(); stack && pthread_equal(stack->thread, pthread_self()))
      stack->clear();
  if (!others.empty())
    clearOnOtherThreads();
}

} // namespace w2n::runtime
