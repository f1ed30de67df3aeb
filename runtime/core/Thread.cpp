// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/Thread.h"

#include "runtime/arch/Arch.h"
#include "runtime/core/Faults.h"
#include "runtime/platform/Faults.h"
#include "runtime/platform/VirtualMemory.h"

#include <algorithm>
#include <cstring>
#include <mutex>

namespace w2n::runtime {

constinit thread_local const GuestStack *currentGuestStack = nullptr;

namespace {

/// More is refused.
constexpr uint64_t maxStackBytes = uint64_t(1) << 36;
/// Compiled code touches every page of a frame in order, so one page would do; the rest is for the
/// frames of code that does not.
constexpr uint64_t guardBytes = 1 << 20;

/// Owns a thread's stacks: [page without access][handler stack][guard region][guest stack].
class ThreadStacks {
public:
  Status make(uint64_t guestBytes);
  ~ThreadStacks() { free(); }
  const GuestStack &guest() const { return stack; }

private:
  void free();

  uint8_t *mapping = nullptr;
  uint64_t mappingBytes = 0;
  uint8_t *handlerStack = nullptr;
  GuestStack stack = {};
};

void ThreadStacks::free() {
  currentGuestStack = nullptr;
  if (handlerStack)
    platform::removeHandlerStack(handlerStack);
  handlerStack = nullptr;
  platform::release(mapping, mappingBytes);
  mapping = nullptr;
}

Status ThreadStacks::make(uint64_t guestBytes) {
  free();
  if (guestBytes > maxStackBytes)
    return fail(ErrorKind::Limit, "a stack of " + std::to_string(guestBytes) +
                                      " bytes to run wasm on, most is " +
                                      std::to_string(maxStackBytes));
  const uint64_t guestStackBytes = platform::roundUpToPage(guestBytes);
  const uint64_t handlerBytes = platform::roundUpToPage(platform::handlerStackBytes());
  mappingBytes = platform::pageBytes() + handlerBytes + guardBytes + guestStackBytes;
  mapping = platform::reserve(mappingBytes);
  uint8_t *handlers = mapping + platform::pageBytes();
  uint8_t *guard = handlers + handlerBytes;
  if (!mapping || !platform::commit(handlers, handlerBytes) ||
      !platform::commit(guard + guardBytes, guestStackBytes)) {
    free();
    return fail(ErrorKind::Limit, "the system has no room for a stack to run wasm on");
  }
  if (platform::installHandlerStack(handlers, handlerBytes))
    handlerStack = handlers;
  const auto guardBegin = reinterpret_cast<uintptr_t>(guard);
  stack = {guardBegin, guardBegin + guardBytes, guardBegin + guardBytes + guestStackBytes,
           /*isUsed=*/false, stackClearings};
  return {};
}

} // namespace

void installHandlers() {
  static std::once_flag installed;
  std::call_once(installed, installFaultHandlers);
}

Result<const GuestStack *> makeGuestStack(uint64_t bytes) {
  installHandlers();
  platform::unblockFaultSignals();
  thread_local ThreadStacks stacks;
  W2N_CHECK(stacks.make(bytes));
  return currentGuestStack = &stacks.guest();
}

void clearGuestStack() {
  const GuestStack *stack = currentGuestStack;
  if (!stack || !stack->isUsed)
    return;
  // Most calls need a few pages at the top: writing over them is cheaper than faults for new ones.
  constexpr uintptr_t keptBytes = 8 << 10;
  const uintptr_t end = w2nCurrentActivation ? w2nCurrentActivation->guestStackPointer : stack->top;
  const uintptr_t page = platform::pageBytes();
  uintptr_t kept = (end - std::min(end - stack->limit, keptBytes)) & ~(page - 1);
  // The system refuses where memory is locked.
  if (!platform::discard(reinterpret_cast<uint8_t *>(stack->limit), kept - stack->limit))
    kept = stack->limit;
  explicit_bzero(reinterpret_cast<void *>(kept), end - kept);
  stack->isUsed = w2nCurrentActivation != nullptr;
}

bool hostStackHasRoom(uint32_t depth) {
  // Asking the system is slow, so a few nested calls are taken on trust.
  constexpr uint32_t trustedDepth = 16;
  // On a stack that is not the thread's own (a coroutine's) nothing is known.
  constexpr uint32_t greatestDepthOnUnknownStack = 200;
  constexpr uintptr_t wantedBytes = 256 * 1024;
  if (depth < trustedDepth)
    return true;
  thread_local const uintptr_t limit = platform::threadStackLimit();
  const auto here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  constexpr uintptr_t plausibleBytes = uintptr_t(1) << 30;
  if (limit == 0 || here < limit || here - limit > plausibleBytes)
    return depth < greatestDepthOnUnknownStack;
  return here - limit >= wantedBytes;
}

} // namespace w2n::runtime
