// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/Thread.h"

#include "runtime/arch/Arch.h"
#include "runtime/core/Faults.h"
#include "runtime/core/Fiber.h"
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

std::unexpected<Error> failForStack() {
  return fail(ErrorKind::Limit, "the system has no room for a stack to run wasm on");
}

Status HandlerStack::make() {
  if (mapping)
    return {};
  const uint64_t bytes = platform::roundUpToPage(platform::handlerStackBytes());
  mappingBytes = platform::pageBytes() + bytes;
  mapping = platform::reserveStack(platform::pageBytes(), bytes);
  if (!mapping)
    return failForStack();
  isInstalled = platform::installHandlerStack(mapping + platform::pageBytes(), bytes);
  return {};
}

/// The guest's of a thread, outside of fibers.
struct ThreadStack {
  std::unique_ptr<GuestStackMemory> memory;
  ~ThreadStack() { currentGuestStack = nullptr; }
};

} // namespace

Result<std::unique_ptr<GuestStackMemory>> GuestStackMemory::create(uint64_t wantedBytes) {
  if (wantedBytes > maxStackBytes)
    return fail(ErrorKind::Limit, "a stack of " + std::to_string(wantedBytes) +
                                      " bytes to run wasm on, most is " +
                                      std::to_string(maxStackBytes));
  const uint64_t bytes = platform::roundUpToPage(wantedBytes);
  const uint8_t *mapping = platform::reserveStack(guardBytes, bytes);
  if (!mapping)
    return failForStack();
  std::unique_ptr<GuestStackMemory> memory(new GuestStackMemory);
  const auto guardBegin = reinterpret_cast<uintptr_t>(mapping);
  memory->bounds = {guardBegin, guardBegin + guardBytes, guardBegin + guardBytes + bytes,
                    /*isUsed=*/false, stackClearings};
  return memory;
}

GuestStackMemory::~GuestStackMemory() {
  platform::release(reinterpret_cast<uint8_t *>(bounds.guardBegin), bounds.top - bounds.guardBegin);
}

void installHandlers() {
  static std::once_flag installed;
  std::call_once(installed, installFaultHandlers);
}

Result<const GuestStack *> makeGuestStack(uint64_t bytes) {
  installHandlers();
  platform::unblockFaultSignals();
  thread_local HandlerStack handlers;
  W2N_CHECK(handlers.make());
  if (Fiber *fiber = Fiber::current()) {
    W2N_TRY(stack, fiber->makeGuestStack(bytes));
    return currentGuestStack = stack;
  }
  thread_local ThreadStack ofThread;
  currentGuestStack = nullptr;
  ofThread.memory.reset();
  W2N_TRY(memory, GuestStackMemory::create(bytes));
  ofThread.memory = std::move(memory);
  return currentGuestStack = &ofThread.memory->stack();
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
