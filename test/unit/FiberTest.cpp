// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Guests in fibers: what they leave alone in each other while they wait, and how they end.
#include "runtime/core/EventLoop.h"
#include "runtime/core/HostValues.h"
#include "runtime/core/InstanceState.h"
#include "runtime/core/StoreHeap.h"
#include "test/unit/SampleModule.h"

#include <gtest/gtest.h>
#include <thread>
#include <unistd.h>

namespace w2n::runtime {
namespace {

using namespace std::chrono_literals;
using Clock = Wait::Clock;
using Host = std::function<Status(std::span<Slot>)>;

class Guest {
public:
  explicit Guest(Host host) {
    static const auto module = *test::loadBytes(test::buildLoopSample());
    auto resolve = [&](std::string_view, std::string_view, wasm::ExternKind) {
      using wasm::ValueType;
      return std::optional<Extern>(
          makeHostFunction({{ValueType::i32(), ValueType::i32()}, {ValueType::i32()}},
                           [host](Caller, std::span<Slot> slots) { return host(slots); }));
    };
    instance = *Instance::instantiate(module, resolve);
  }

  Status call(const char *name, Slot first = 0, Slot second = 0, uint32_t *result = nullptr) {
    Slot slots[] = {first, second};
    auto status =
        runtime::call(*std::get<std::shared_ptr<Function>>(*instance->findExport(name)), slots);
    if (result)
      *result = uint32_t(slots[0]);
    return status;
  }

  std::shared_ptr<Instance> instance;
};

std::unique_ptr<Fiber> makeFiber(Fiber::Function function, FiberOptions options = {}) {
  auto fiber = Fiber::create(std::move(function), options);
  EXPECT_TRUE(fiber) << fiber.error().text;
  return std::move(*fiber);
}

std::unique_ptr<EventLoop> makeLoop() {
  auto loop = EventLoop::create();
  EXPECT_TRUE(loop) << loop.error().text;
  return std::move(*loop);
}

Status parkOnce(std::span<Slot>) {
  Fiber::park();
  return {};
}

Status sleepFor(std::chrono::nanoseconds time) {
  if (wait({.deadline = Clock::now() + time}) == WaitEnd::Interrupted)
    return std::unexpected(interruptError());
  return {};
}

TEST(Fiber, TakesTurnsWithItsResumer) {
  std::string order;
  auto fiber = makeFiber([&] {
    order += 'a';
    EXPECT_NE(Fiber::current(), nullptr);
    Fiber::park();
    order += 'c';
  });
  EXPECT_EQ(order, "");
  fiber->resume();
  order += 'b';
  EXPECT_FALSE(fiber->isDone());
  EXPECT_EQ(Fiber::current(), nullptr);
  fiber->resume();
  EXPECT_EQ(order, "abc");
  EXPECT_TRUE(fiber->isDone());
}

TEST(Fiber, KeepsValuesOfItsOwn) {
  auto sum = [](double start) {
    double values[12];
    for (int i = 0; i < 12; ++i)
      values[i] = start + i;
    Fiber::park();
    double total = 0;
    for (double value : values)
      total += value;
    return total;
  };
  double first = 0, second = 0;
  auto one = makeFiber([&] { first = sum(1); });
  auto other = makeFiber([&] { second = sum(100); });
  for (int turn = 0; turn < 2; ++turn) {
    one->resume();
    other->resume();
  }
  EXPECT_EQ(first, 78);
  EXPECT_EQ(second, 1266);
}

TEST(Fiber, ParksInNestedCallsOfGuests) {
  std::unique_ptr<Guest> guest;
  int depth = 0;
  guest = std::make_unique<Guest>([&](std::span<Slot> slots) -> Status {
    if (++depth < 5)
      return guest->call("call-host", slots[0]);
    Fiber::park();
    return guest->call("trap", Slot(artifact::TrapKind::Unreachable));
  });
  Status ended;
  auto fiber = makeFiber([&] { ended = guest->call("call-host"); });
  fiber->resume();
  ASSERT_FALSE(fiber->isDone());
  // Another stack is in use meanwhile.
  uint32_t sum = 0;
  EXPECT_TRUE(guest->call("add", 40, 2, &sum));
  EXPECT_EQ(sum, 42u);
  fiber->resume();
  ASSERT_TRUE(fiber->isDone());
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().text, "unreachable");
}

TEST(Fiber, FindsTheEndOfItsGuestsStack) {
  Guest guest(parkOnce);
  Status ended;
  auto fiber = makeFiber([&] {
    EXPECT_TRUE(guest.call("call-host"));
    ended = guest.call("recurse");
    EXPECT_TRUE(guest.call("add", 1, 2));
  });
  fiber->resume();
  fiber->resume();
  ASSERT_TRUE(fiber->isDone());
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().text, "call stack exhausted");
}

// The host's stack is small: nested calls end before it does.
TEST(Fiber, FindsTheEndOfTheHostsStack) {
  std::unique_ptr<Guest> guest;
  guest = std::make_unique<Guest>([&](std::span<Slot>) { return guest->call("call-host"); });
  Status ended;
  auto fiber = makeFiber([&] { ended = guest->call("call-host"); });
  fiber->resume();
  ASSERT_TRUE(fiber->isDone());
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().text, "call stack exhausted");
}

TEST(Fiber, InterruptsReachTheOneThatRuns) {
  Guest guest(parkOnce);
  Status looped, parked;
  auto waiting = makeFiber([&] {
    InterruptScope scope(*Interrupt::create());
    parked = guest.call("call-host");
  });
  waiting->resume();
  auto looping = makeFiber([&] {
    InterruptScope scope(*Interrupt::create(Clock::now() + 2ms));
    looped = guest.call("loop");
    EXPECT_TRUE(isInterrupted());
  });
  looping->resume();
  ASSERT_TRUE(looping->isDone());
  ASSERT_FALSE(looped);
  EXPECT_EQ(looped.error().text, "deadline exceeded");
  EXPECT_FALSE(isInterrupted());
  waiting->resume();
  EXPECT_TRUE(parked);
}

TEST(Fiber, IsInterruptedWhileItDoesNotRun) {
  Guest guest(parkOnce);
  const auto interrupt = *Interrupt::create();
  Status ended;
  auto fiber = makeFiber([&] {
    InterruptScope scope(interrupt);
    ended = guest.call("call-host");
  });
  fiber->resume();
  std::thread([&] { interrupt->raise(); }).join();
  // The thread is not concerned.
  EXPECT_FALSE(isInterrupted());
  EXPECT_TRUE(guest.call("add", 1, 2));
  fiber->resume();
  ASSERT_TRUE(fiber->isDone());
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().kind, ErrorKind::Interrupted);
}

// The word is an argument in the frame of a guest that waits, and nowhere else.
TEST(Fiber, StacksOfParkedOnesAreRoots) {
  test::ArtifactBuilder builder;
  builder.header.flags |= artifact::flagUsesHeap;
  auto holder = *Instance::instantiate(*test::loadBytes(builder.build()), nullptr);
  heap::Heap &heap = holder->state().heap->objects();
  auto liveBytes = [&] {
    EXPECT_TRUE(heap.collect());
    return heap.stats().liveBytes;
  };
  Guest guest(parkOnce);
  for (bool beginsFamily : {false, true}) {
    auto fiber =
        makeFiber([&] { EXPECT_TRUE(guest.call("call-host", boxHostValue(*holder, 1).value())); },
                  {.beginsFamily = beginsFamily});
    fiber->resume();
    EXPECT_EQ(liveBytes(), beginsFamily ? 0 : artifact::externBoxBytes);
    fiber->resume();
    EXPECT_EQ(liveBytes(), 0u);
  }
}

TEST(Fiber, CollectionsLookAtWhatHasResumedIt) {
  test::ArtifactBuilder builder;
  builder.header.flags |= artifact::flagUsesHeap;
  auto holder = *Instance::instantiate(*test::loadBytes(builder.build()), nullptr);
  heap::Heap &heap = holder->state().heap->objects();
  uint64_t found = 0;
  Guest guest([&](std::span<Slot>) -> Status {
    auto fiber = makeFiber([&] {
      EXPECT_TRUE(heap.collect());
      found = heap.stats().liveBytes;
    });
    fiber->resume();
    return {};
  });
  EXPECT_TRUE(guest.call("call-host", boxHostValue(*holder, 1).value()));
  EXPECT_EQ(found, artifact::externBoxBytes);
}

TEST(EventLoopThreads, RunThousandsOfWaitingGuests) {
#if defined(W2N_EMULATED) || defined(__SANITIZE_THREAD__)
  static constexpr int count = 50;
#else
  static constexpr int count = 5000;
#endif
  auto serve = [] {
    auto loop = makeLoop();
    int waiting = 0, highestWaiting = 0, finished = 0;
    WakeToken all[count];
    Guest guest([&](std::span<Slot> slots) -> Status {
      highestWaiting = std::max(highestWaiting, ++waiting);
      // The last wakes all.
      if (waiting == count)
        for (WakeToken &token : all)
          token.wake();
      EXPECT_EQ(wait({.token = &all[slots[0]]}), WaitEnd::Woken);
      return {};
    });
    for (int i = 0; i < count; ++i)
      ASSERT_TRUE(loop->spawn([&, i] {
        EXPECT_TRUE(guest.call("call-host", Slot(i)));
        ++finished;
      }));
    EXPECT_TRUE(loop->run());
    EXPECT_EQ(highestWaiting, count);
    EXPECT_EQ(finished, count);
    EXPECT_EQ(loop->fiberCount(), 0u);
  };
  std::thread other(serve);
  serve();
  other.join();
}

TEST(EventLoop, WaitsForTimesInTheirOrder) {
  auto loop = makeLoop();
  std::string order;
  const auto begin = Clock::now();
  for (char name : std::string("cab"))
    ASSERT_TRUE(loop->spawn([&order, begin, name] {
      EXPECT_TRUE(sleepFor(begin + (name - 'a' + 1) * 50ms - Clock::now()));
      order += name;
    }));
  EXPECT_TRUE(loop->run());
  EXPECT_EQ(order, "abc");
}

TEST(EventLoop, WaitsForBothDirectionsOfADescriptor) {
  auto loop = makeLoop();
  int pipes[2];
  ASSERT_EQ(pipe(pipes), 0);
  std::string order;
  for (int reader = 0; reader < 2; ++reader)
    ASSERT_TRUE(loop->spawn([&, reader] {
      pollfd waited = {pipes[0], POLLIN, 0};
      EXPECT_EQ(wait({.descriptors = {&waited, 1}}), WaitEnd::Ready);
      EXPECT_EQ(waited.revents, POLLIN);
      order += char('r' + reader);
    }));
  ASSERT_TRUE(loop->spawn([&] {
    pollfd waited = {pipes[1], POLLOUT, 0};
    EXPECT_EQ(wait({.descriptors = {&waited, 1}, .deadline = Clock::now() + 10s}), WaitEnd::Ready);
    order += 'w';
    EXPECT_EQ(write(pipes[1], "x", 1), 1);
  }));
  EXPECT_TRUE(loop->run());
  EXPECT_EQ(order, "wrs");
  close(pipes[0]);
  close(pipes[1]);
}

// A number that was closed and is used again is another descriptor.
TEST(EventLoop, WaitsForDescriptorsThatAreUsedAgain) {
  auto loop = makeLoop();
  int rounds = 0;
  ASSERT_TRUE(loop->spawn([&] {
    for (; rounds < 3; ++rounds) {
      int pipes[2];
      ASSERT_EQ(pipe(pipes), 0);
      ASSERT_EQ(write(pipes[1], "x", 1), 1);
      pollfd waited = {pipes[0], POLLIN, 0};
      EXPECT_EQ(wait({.descriptors = {&waited, 1}}), WaitEnd::Ready);
      close(pipes[0]);
      close(pipes[1]);
    }
  }));
  EXPECT_TRUE(loop->run());
  EXPECT_EQ(rounds, 3);
}

TEST(EventLoop, DeadlinesEndWaits) {
  auto loop = makeLoop();
  Status ended;
  bool otherWent = false;
  Guest guest([](std::span<Slot>) { return sleepFor(1h); });
  ASSERT_TRUE(loop->spawn([&] {
    InterruptScope scope(*Interrupt::create(Clock::now() + 2ms));
    ended = guest.call("call-host");
  }));
  ASSERT_TRUE(loop->spawn([&] {
    EXPECT_TRUE(sleepFor(4ms));
    otherWent = true;
  }));
  EXPECT_TRUE(loop->run());
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().text, "deadline exceeded");
  EXPECT_TRUE(otherWent);
}

TEST(EventLoopThreads, AreWokenByOthers) {
  auto loop = makeLoop();
  WakeToken token;
  std::thread other;
  ASSERT_TRUE(loop->spawn([&] {
    other = std::thread([&] { token.wake(); });
    EXPECT_EQ(wait({.token = &token}), WaitEnd::Woken);
    token.reset();
    EXPECT_EQ(wait({.deadline = Clock::now(), .token = &token}), WaitEnd::Deadline);
  }));
  EXPECT_TRUE(loop->run());
  other.join();
}

TEST(WaitThreads, BlocksOutsideOfFibers) {
  WakeToken token;
  std::thread other([&] { token.wake(); });
  int pipes[2];
  ASSERT_EQ(pipe(pipes), 0);
  pollfd waited = {pipes[0], POLLIN, 0};
  EXPECT_EQ(wait({.descriptors = {&waited, 1}, .token = &token}), WaitEnd::Woken);
  other.join();
  EXPECT_EQ(wait({.descriptors = {&waited, 1}, .deadline = Clock::now()}), WaitEnd::Deadline);
  ASSERT_EQ(write(pipes[1], "x", 1), 1);
  token.reset();
  EXPECT_EQ(wait({.descriptors = {&waited, 1}, .token = &token}), WaitEnd::Ready);
  EXPECT_EQ(waited.revents, POLLIN);
  close(pipes[0]);
  close(pipes[1]);
}

} // namespace
} // namespace w2n::runtime
