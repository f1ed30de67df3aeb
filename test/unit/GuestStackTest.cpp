// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The end of an instance leaves nothing of it on the stacks that it has run on.
#include "runtime/core/GuestStack.h"
#include "runtime/arch/Arch.h"
#include "runtime/core/Fiber.h"
#include "runtime/core/Instance.h"
#include "runtime/platform/MemoryBarrier.h"
#include "test/unit/SampleModule.h"

#include <gtest/gtest.h>
#include <latch>
#include <thread>

namespace w2n::runtime {
namespace {

/// An instance of the sample; its import multiplies, and calls `between` before.
std::shared_ptr<Instance> makeGuest(std::function<void()> between = {}) {
  static const auto module = *test::loadBytes(test::buildSample({.minPages = 1}));
  auto resolve = [&](std::string_view, std::string_view, wasm::ExternKind) {
    using wasm::ValueType;
    return std::optional<Extern>(
        makeHostFunction({{ValueType::i32(), ValueType::i32()}, {ValueType::i32()}},
                         [between](Caller, std::span<Slot> slots) -> Status {
                           if (between)
                             between();
                           slots[0] *= slots[1];
                           return {};
                         }));
  };
  return *Instance::instantiate(module, resolve);
}

void call(Instance &instance, const char *name) {
  Slot slots[] = {6, 7};
  (void)runtime::call(*std::get<std::shared_ptr<Function>>(*instance.findExport(name)), slots);
}

/// Whether the words of `stack` below `end` are zero; null: all.
::testing::AssertionResult isClear(const GuestStack &stack, const Activation *end = nullptr) {
  const auto *word = reinterpret_cast<const uint64_t *>(stack.limit);
  const auto *last = reinterpret_cast<const uint64_t *>(end ? end->guestStackPointer : stack.top);
  for (; word < last; ++word)
    if (*word != 0)
      return ::testing::AssertionFailure() << stack.top - reinterpret_cast<uintptr_t>(word)
                                           << " bytes below the top is " << *word;
  return ::testing::AssertionSuccess();
}

TEST(GuestStack, IsClearedWhenAnInstanceEnds) {
  for (const char *function : {"call-host", "recurse"}) {
    auto guest = makeGuest();
    call(*guest, function);
    EXPECT_FALSE(isClear(*currentGuestStack)) << function;
    guest.reset();
    EXPECT_TRUE(isClear(*currentGuestStack)) << function;
  }
}

// If an instance ends in a host function, the guests that wait for it have their frames.
TEST(GuestStack, KeepsTheFramesOfRunningGuests) {
  auto inner = makeGuest();
  auto outer = makeGuest([&] {
    call(*inner, "recurse");
    inner.reset();
    EXPECT_TRUE(isClear(*currentGuestStack, w2nCurrentActivation));
  });
  call(*outer, "call-host");
  EXPECT_FALSE(isClear(*currentGuestStack));
  outer.reset();
  EXPECT_TRUE(isClear(*currentGuestStack));
}

TEST(GuestStack, IsClearedByAnotherThread) {
  auto guest = makeGuest(), next = makeGuest();
  call(*guest, "recurse");
  std::thread([&] { guest.reset(); }).join();
  // The stack's thread does it where the system has no barrier for all threads.
  if (!platform::issueBarrierOnAllThreads()) {
    call(*next, "add");
    next.reset();
  }
  EXPECT_TRUE(isClear(*currentGuestStack));
}

TEST(GuestStack, IsClearedWhenWhatRunsOnItEnds) {
  auto ending = makeGuest();
  std::latch isRunning(1), hasEnded(1);
  std::thread thread([&] {
    call(*ending, "recurse");
    auto running = makeGuest([&] {
      isRunning.count_down();
      hasEnded.wait();
    });
    call(*running, "call-host");
    EXPECT_TRUE(isClear(*currentGuestStack));
  });
  isRunning.wait();
  ending.reset();
  hasEnded.count_down();
  thread.join();
}

// The instance has run on the thread's stack, on one below the frames of a guest that waits, and on
// one whose fiber has ended.
TEST(GuestStack, IsClearedInFibers) {
  auto ending = makeGuest();
  call(*ending, "recurse");
  GuestStack *ofThread = currentGuestStack, *ofWaiting = nullptr, *ofEnded = nullptr;
  auto inFiber = [&](GuestStack *&stack, Fiber::Function more) {
    auto fiber = *Fiber::create([&, more = std::move(more)] mutable {
      call(*ending, "recurse");
      stack = currentGuestStack;
      more();
    });
    fiber->resume();
    return fiber;
  };
  auto waiting = makeGuest([] { Fiber::park(); });
  auto parked = inFiber(ofWaiting, [&] { call(*waiting, "call-host"); });
  auto ended = inFiber(ofEnded, [] {});
  ASSERT_TRUE(ofWaiting->parked);
  EXPECT_FALSE(isClear(*ofThread));
  EXPECT_FALSE(isClear(*ofWaiting, ofWaiting->parked));
  ending.reset();
  EXPECT_TRUE(isClear(*ofThread));
  EXPECT_TRUE(isClear(*ofWaiting, ofWaiting->parked));
  EXPECT_TRUE(isClear(*ofEnded));
  parked->resume();
  ASSERT_TRUE(parked->isDone());
}

// The list of noted stacks stays short, and those that are gone are not looked at.
TEST(GuestStack, OfManyThreadsAreNoted) {
  auto guest = makeGuest();
  for (int i = 0; i < 40; ++i) {
    std::thread([&] { call(*guest, "call-host"); }).join();
    call(*guest, "call-host");
  }
  guest.reset();
  EXPECT_TRUE(isClear(*currentGuestStack));
}

} // namespace
} // namespace w2n::runtime
