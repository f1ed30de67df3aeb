// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/Thread.h"

#include "runtime/arch/Arch.h"
#include "runtime/core/Faults.h"
#include "runtime/core/Fiber.h"
#include "runtime/platform/Faults.h"
#include "runtime/platform/VirtualMemory.h"

#include <mutex>

namespace w2n::runtime {

constinit thread_local GuestStack *currentGuestStack = nullptr;

namespace {

/// The stack of the calling thread's handlers: [page without access][stack].
class HandlerStack {
public:
  Status make();
  ~HandlerStack();

private:
  uint8_t *mapping = nullptr;
  uint64_t mappingBytes = 0;
  bool isInstalled = false;
};

HandlerStack::~HandlerStack() {
  if (isInstalled)
    platform::removeHandlerStack(mapping + platform::pageBytes());
  platform::release(mapping, mappingBytes);
}

Status HandlerStack::make() {
  if (mapping)
    return {};
  const uint64_t bytes = platform::roundUpToPage(platform::handlerStackBytes());
  mappingBytes = platform::pageBytes() + bytes;
  mapping = platform::reserveStack(platform::pageBytes(), bytes);
  if (!mapping)
    return fail(ErrorKind::Limit, "the system has no room for a stack of signal handlers");
  isInstalled = platform::installHandlerStack(mapping + platform::pageBytes(), bytes);
  return {};
}

/// The guest's of a thread, outside of fibers.
struct ThreadStack {
  std::shared_ptr<GuestStack> stack;
  ~ThreadStack() { currentGuestStack = nullptr; }
};

ThreadStack &threadStack() {
  thread_local ThreadStack ofThread;
  return ofThread;
}

} // namespace

void installHandlers() {
  static std::once_flag installed;
  std::call_once(installed, installFaultHandlers);
}

/// For the calling thread, which is about to run guests.
static Status prepareThread() {
  installHandlers();
  platform::unblockFaultSignals();
  thread_local HandlerStack handlers;
  return handlers.make();
}

Status useGuestStack(std::shared_ptr<GuestStack> stack) {
  W2N_CHECK(prepareThread());
  threadStack().stack = std::move(stack);
  currentGuestStack = threadStack().stack.get();
  return {};
}

Result<GuestStack *> makeGuestStack(uint64_t bytes) {
  W2N_CHECK(prepareThread());
  if (Fiber *fiber = Fiber::current()) {
    W2N_TRY(stack, fiber->makeGuestStack(bytes));
    return currentGuestStack = stack;
  }
  threadStack().stack.reset();
  currentGuestStack = nullptr;
  W2N_TRY(stack, GuestStack::create(bytes));
  threadStack().stack = std::move(stack);
  return currentGuestStack = threadStack().stack.get();
}

bool hostStackHasRoom(uint32_t depth) {
  // Asking the system is slow, so a few nested calls are taken on trust.
  constexpr uint32_t trustedDepth = 16;
  // On a stack that is not the thread's own (a coroutine's) nothing is known.
  constexpr uint32_t greatestDepthOnUnknownStack = 200;
  constexpr uintptr_t wantedBytes = 256 * 1024;
  if (const Fiber *fiber = Fiber::current())
    return fiber->hostStackHasRoom();
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
