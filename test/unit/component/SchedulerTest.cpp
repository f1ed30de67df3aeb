// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Tasks whose functions are the host's: in which order they go on, and that nothing is left of
// those that wait when their instance ends.
#include "runtime/component/Scheduler.h"
#include "runtime/core/Interrupt.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <unistd.h>

namespace w2n::runtime {
namespace {

class Caller final : public TaskCaller {
public:
  Status start(Task &, std::vector<Slot> &) override { return {}; }
  Status returned(Task &, std::span<const Slot>) override { return {}; }
  void canceled(Task &) override {}
};

class SchedulerTest : public testing::Test {
protected:
  using Body = std::function<Status()>;

  /// Lets a task begin that runs `body`.
  Status begin(Body body) {
    functions.push_back(makeHostFunction(
        {}, [body = std::move(body)](::w2n::runtime::Caller, std::span<Slot>) { return body(); }));
    TaskFunction function;
    function.core = functions.back().get();
    function.isHost = true;
    W2N_TRY(task, scheduler.addTask(nullptr, function, std::make_shared<Caller>()));
    W2N_TRY(thread, scheduler.addThread(*task, TaskThread::Next::Begin));
    task->implicitThread = thread;
    last = task;
    return scheduler.resume(*task->implicitThread);
  }
  Status yield() {
    W2N_CHECK(scheduler.waitUntil({}, false));
    return {};
  }
  void runAll() {
    for (;;) {
      const auto hasRun = scheduler.tick();
      ASSERT_TRUE(hasRun) << hasRun.error().text;
      if (!*hasRun)
        return;
    }
  }

  std::vector<std::shared_ptr<Function>> functions;
  Scheduler scheduler;
  Task *last = nullptr;
};

/// Four tasks that go aside twice each: who was there, in order.
std::string orderOf(uint64_t seed) {
  std::string order;
  std::vector<std::shared_ptr<Function>> functions;
  Scheduler scheduler;
  scheduler.setSeed(seed);
  for (const char name : {'a', 'b', 'c', 'd'}) {
    functions.push_back(
        makeHostFunction({}, [&, name](::w2n::runtime::Caller, std::span<Slot>) -> Status {
          for (int i = 0; i < 2; ++i) {
            W2N_CHECK(scheduler.waitUntil({}, false));
            order += name;
          }
          return {};
        }));
    TaskFunction function;
    function.core = functions.back().get();
    function.isHost = true;
    auto task = scheduler.addTask(nullptr, function, std::make_shared<Caller>());
    (*task)->implicitThread = *scheduler.addThread(**task, TaskThread::Next::Begin);
    EXPECT_TRUE(scheduler.resume(*(*task)->implicitThread));
  }
  for (;;) {
    const auto hasRun = scheduler.tick();
    EXPECT_TRUE(hasRun);
    if (!hasRun || !*hasRun)
      break;
  }
  return order;
}

TEST(TaskOrder, IsThatOfWaitingUnlessASeedPermutesIt) {
  EXPECT_EQ(orderOf(0), "abcdabcd");
  std::set<std::string> orders;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    const std::string order = orderOf(seed);
    EXPECT_EQ(order, orderOf(seed));
    for (const char name : {'a', 'b', 'c', 'd'})
      EXPECT_EQ(std::count(order.begin(), order.end(), name), 2) << order;
    orders.insert(order);
  }
  EXPECT_GT(orders.size(), 20u);
}

TEST_F(SchedulerTest, AThreadGoesOnWhenItsConditionHolds) {
  bool isOpen = false, isDone = false;
  ASSERT_TRUE(begin([&]() -> Status {
    W2N_CHECK(scheduler.waitUntil(
        {.kind = Condition::Kind::Host, .object = {}, .isReady = [&] { return isOpen; }}, false));
    isDone = true;
    return {};
  }));
  runAll();
  EXPECT_FALSE(isDone);
  isOpen = true;
  runAll();
  EXPECT_TRUE(isDone);
  EXPECT_EQ(scheduler.findTask(1), nullptr);
}

TEST_F(SchedulerTest, CancellationEndsAWait) {
  bool wasCanceled = false;
  ASSERT_TRUE(begin([&]() -> Status {
    W2N_TRY(
        isCanceled,
        scheduler.waitUntil(
            {.kind = Condition::Kind::Host, .object = {}, .isReady = [] { return false; }}, true));
    wasCanceled = isCanceled;
    return {};
  }));
  ASSERT_TRUE(scheduler.requestCancellation(*last));
  EXPECT_TRUE(wasCanceled);
}

TEST_F(SchedulerTest, AnErrorReachesWhatRunsTheThread) {
  ASSERT_TRUE(begin([&]() -> Status {
    W2N_CHECK(yield());
    return fail(ErrorKind::Trap, "boom");
  }));
  const auto hasRun = scheduler.tick();
  ASSERT_FALSE(hasRun);
  EXPECT_EQ(hasRun.error().text, "boom");
}

TEST_F(SchedulerTest, WhatWaitsIsUnwoundAtTheEnd) {
  auto held = std::make_shared<int>();
  std::vector<std::string> errors;
  for (int i = 0; i < 3; ++i)
    ASSERT_TRUE(begin([&, i]() -> Status {
      const auto mine = held;
      if (i == 2)
        W2N_CHECK(yield());
      for (;;) {
        const Status status = yield();
        if (!status) {
          errors.push_back(status.error().text);
          return status;
        }
      }
    }));
  EXPECT_EQ(held.use_count(), 4);
  scheduler.end();
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_EQ(errors.size(), 2u);
  // And nothing begins afterwards.
  EXPECT_FALSE(scheduler.waitUntil({}, false));
}

TEST_F(SchedulerTest, AnInterruptReachesWhatTheCallerStarts) {
  const auto interrupt = Interrupt::create();
  ASSERT_TRUE(interrupt);
  const InterruptScope scope(*interrupt);
  bool before = true, after = false;
  ASSERT_TRUE(begin([&]() -> Status {
    before = isInterrupted();
    (*interrupt)->raise();
    after = isInterrupted();
    return {};
  }));
  EXPECT_FALSE(before);
  EXPECT_TRUE(after);
}

/// Waits so long in a function of the host.
WaitEnd sleepFor(std::chrono::milliseconds time) {
  return wait({.deadline = Wait::Clock::now() + time});
}

TEST_F(SchedulerTest, FunctionsOfTheHostWaitBesideEachOther) {
  std::string order;
  for (const int ms : {60, 1, 20})
    ASSERT_TRUE(begin([&order, ms]() -> Status {
      EXPECT_EQ(sleepFor(std::chrono::milliseconds(ms)), WaitEnd::Deadline);
      order += std::to_string(ms) + " ";
      return {};
    }));
  EXPECT_EQ(order, "");
  runAll();
  EXPECT_EQ(order, "1 20 60 ");
}

TEST_F(SchedulerTest, ADescriptorAndATokenEndWaits) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  WakeToken token;
  WaitEnd byDescriptor = WaitEnd::Failed, byToken = WaitEnd::Failed;
  ASSERT_TRUE(begin([&]() -> Status {
    pollfd waited = {ends[0], POLLIN, 0};
    byDescriptor = wait({.descriptors = {&waited, 1}});
    EXPECT_EQ(waited.revents, POLLIN);
    return {};
  }));
  ASSERT_TRUE(begin([&]() -> Status {
    byToken = wait({.token = &token});
    return {};
  }));
  std::thread other([&] {
    token.wake();
    EXPECT_EQ(write(ends[1], "x", 1), 1);
  });
  runAll();
  other.join();
  EXPECT_EQ(byDescriptor, WaitEnd::Ready);
  EXPECT_EQ(byToken, WaitEnd::Woken);
  close(ends[0]);
  close(ends[1]);
}

TEST_F(SchedulerTest, WaitsOfTheHostGetTheirTurnBesideThreadsThatAreAlwaysReady) {
  bool isOver = false;
  ASSERT_TRUE(begin([&]() -> Status {
    EXPECT_EQ(sleepFor(std::chrono::milliseconds(1)), WaitEnd::Deadline);
    isOver = true;
    return {};
  }));
  ASSERT_TRUE(begin([&]() -> Status {
    while (!isOver)
      W2N_CHECK(yield());
    return {};
  }));
  runAll();
  EXPECT_TRUE(isOver);
}

TEST_F(SchedulerTest, CancellationEndsAFunctionOfTheHost) {
  WaitEnd end = WaitEnd::Ready;
  ASSERT_TRUE(begin([&]() -> Status {
    end = sleepFor(std::chrono::hours(1));
    return std::unexpected(interruptError());
  }));
  ASSERT_TRUE(scheduler.requestCancellation(*last));
  EXPECT_EQ(end, WaitEnd::Interrupted);
  EXPECT_EQ(scheduler.findTask(1), nullptr);
  // It was the fiber's alone.
  EXPECT_FALSE(isInterrupted());
}

TEST_F(SchedulerTest, TheEndOfAnInstanceEndsWaitsOfTheHost) {
  std::vector<WaitEnd> ends;
  ASSERT_TRUE(scheduler.runHostTask([&]() -> Status {
    // However often it tries.
    for (int i = 0; i < 2; ++i)
      ends.push_back(sleepFor(std::chrono::hours(1)));
    return {};
  }));
  scheduler.end();
  EXPECT_EQ(ends, std::vector(2, WaitEnd::Interrupted));
  EXPECT_FALSE(scheduler.runHostTask([] { return Status(); }));
}

TEST_F(SchedulerTest, AnInterruptOfWhoRunsTasksEndsTheWaitForAll) {
  ASSERT_TRUE(begin([&]() -> Status {
    sleepFor(std::chrono::hours(1));
    return {};
  }));
  const auto interrupt = Interrupt::create(Wait::Clock::now() + std::chrono::milliseconds(20));
  ASSERT_TRUE(interrupt);
  const InterruptScope scope(*interrupt);
  const auto hasRun = scheduler.tick();
  ASSERT_FALSE(hasRun);
  EXPECT_EQ(hasRun.error().kind, ErrorKind::Interrupted);
}

TEST_F(SchedulerTest, NothingBlocksWithoutATask) {
  const auto waited = scheduler.waitUntil({}, false);
  ASSERT_FALSE(waited);
  EXPECT_EQ(waited.error().text, "cannot block a synchronous task before returning");
}

TEST_F(SchedulerTest, TasksAndTheirStacksAreCharged) {
  const auto budget = std::make_shared<HostBudget>(1 << 20);
  scheduler.setBudget(budget);
  Status begun;
  size_t waiting = 0;
  // Each waits with a stack of its own.
  while ((begun = begin([&] { return yield(); })))
    ASSERT_LT(++waiting, 4u);
  EXPECT_EQ(waiting, 3u);
  EXPECT_EQ(begun.error().kind, ErrorKind::Trap);
  EXPECT_EQ(begun.error().code, uint32_t(artifact::TrapKind::ResourceLimit));
  EXPECT_GE(budget->takenBytes(), uint64_t(3) * (256 << 10));
  scheduler.end();
  EXPECT_EQ(budget->takenBytes(), 0u);
  // Tasks that have not begun have no stack.
  size_t tasks = 0;
  while (scheduler.addTask(nullptr, {}, nullptr))
    ASSERT_LT(++tasks, 10'000u);
  EXPECT_GT(tasks, 1'000u);
}

TEST_F(SchedulerTest, ATaskThatIsOverIsChargedNoMore) {
  const auto budget = std::make_shared<HostBudget>(1 << 20);
  scheduler.setBudget(budget);
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(begin([&] { return yield(); }));
    EXPECT_GT(budget->takenBytes(), 0u);
    runAll();
    ASSERT_EQ(budget->takenBytes(), 0u);
  }
}

TEST_F(SchedulerTest, TasksHaveALimit) {
  for (size_t i = 0; i < Scheduler::maxTasks; ++i)
    ASSERT_TRUE(scheduler.addTask(nullptr, {}, nullptr));
  const auto task = scheduler.addTask(nullptr, {}, nullptr);
  ASSERT_FALSE(task);
  EXPECT_EQ(task.error().text, "too many tasks or threads at once");
}

} // namespace
} // namespace w2n::runtime
