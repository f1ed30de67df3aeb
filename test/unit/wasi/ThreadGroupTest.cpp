// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasi-threads without a compiler: what a thread does is a host function of the test.
#include "runtime/wasi/ThreadGroup.h"

#include "runtime/core/WaitQueue.h"
#include "runtime/wasi/Errno.h"
#include "test/unit/SampleModule.h"

#include <gtest/gtest.h>
#include <set>
#include <thread>

namespace w2n::wasi {
namespace {

using runtime::Caller;
using runtime::Instance;
using runtime::Slot;

constexpr int32_t again = -int32_t(Errno::Again);

class ThreadGroupTest : public testing::Test {
protected:
  /// Makes the group and the main thread's instance; `run` is what each thread does.
  void start(std::function<Status(Caller, uint32_t id, uint32_t argument)> run,
             uint32_t maxThreads = 4096, std::shared_ptr<runtime::HostBudget> budget = nullptr) {
    auto module = test::loadBytes(test::buildThreadSample());
    ASSERT_TRUE(module);
    auto resolve = [run](std::string_view, std::string_view name,
                         wasm::ExternKind) -> std::optional<runtime::Extern> {
      if (name != "run")
        return std::nullopt;
      auto body = [run](Caller caller, std::span<Slot> slots) {
        return run(caller, uint32_t(slots[0]), uint32_t(slots[1]));
      };
      return runtime::makeHostFunction({{wasm::ValueType::i32(), wasm::ValueType::i32()}, {}},
                                       body);
    };
    auto made = ThreadGroup::create(*module, {.resolver = resolve,
                                              .instance = {.budget = budget},
                                              .onEnd = [this](const Error &) { ++ends; },
                                              .maxThreads = maxThreads});
    ASSERT_TRUE(made);
    group = *made;
    auto find = [this](std::string_view module, std::string_view name, wasm::ExternKind kind) {
      return group->find(module, name, kind);
    };
    auto instance = Instance::instantiate(*module, find);
    ASSERT_TRUE(instance) << instance.error().text;
    main = *instance;
  }

  int32_t spawn(uint32_t argument) {
    auto found = main->findExport("spawn");
    Slot slots[] = {argument};
    auto status = runtime::call(*std::get<std::shared_ptr<runtime::Function>>(*found), slots);
    EXPECT_TRUE(status) << status.error().text;
    return int32_t(slots[0]);
  }

  std::shared_ptr<ThreadGroup> group;
  std::shared_ptr<Instance> main;
  std::atomic<int> ends = 0;
};

TEST_F(ThreadGroupTest, EachThreadHasAnInstanceAndTheSameMemory) {
  std::mutex lock;
  std::set<Instance *> instances;
  std::set<uint8_t *> memories;
  std::map<uint32_t, uint32_t> argumentOfId;
  start([&](Caller caller, uint32_t id, uint32_t argument) -> Status {
    std::lock_guard guard(lock);
    instances.insert(caller.instance);
    memories.insert(caller.memory().data());
    argumentOfId[id] = argument;
    return {};
  });
  std::map<uint32_t, uint32_t> wanted;
  {
    // Nobody ends before all are there, so that no id and no instance is used again.
    std::lock_guard guard(lock);
    for (uint32_t i = 0; i < 20; ++i) {
      const int32_t id = spawn(100 + i);
      EXPECT_GT(id, 0);
      EXPECT_LT(id, 1 << 29);
      wanted[uint32_t(id)] = 100 + i;
    }
  }
  EXPECT_TRUE(group->join());
  EXPECT_EQ(argumentOfId, wanted);
  EXPECT_EQ(wanted.size(), 20u);
  EXPECT_FALSE(instances.contains(main.get()));
  EXPECT_EQ(memories.size(), 1u);
  EXPECT_EQ(*memories.begin(), Caller{main.get()}.memory().data());
  EXPECT_EQ(ends, 0);
}

TEST_F(ThreadGroupTest, RefusesTooManyThreads) {
  std::mutex lock;
  start(
      [&](Caller, uint32_t, uint32_t) -> Status {
        std::lock_guard guard(lock);
        return {};
      },
      /*maxThreads=*/2);
  {
    std::lock_guard guard(lock);
    EXPECT_EQ(spawn(0), 1);
    EXPECT_EQ(spawn(0), 2);
    EXPECT_EQ(spawn(0), again);
  }
  EXPECT_TRUE(group->join());
  EXPECT_EQ(spawn(0), 3);
  EXPECT_TRUE(group->join());
}

TEST_F(ThreadGroupTest, TheHostsMemoryIsForAllThreadsTogether) {
  const auto budget = std::make_shared<runtime::HostBudget>(1 << 20);
  std::mutex lock;
  start(
      [&](Caller, uint32_t, uint32_t) -> Status {
        std::lock_guard guard(lock);
        return {};
      },
      /*maxThreads=*/4096, budget);
  {
    std::lock_guard guard(lock);
    EXPECT_GT(spawn(0), 0);
    const uint64_t ofOne = budget->takenBytes();
    ASSERT_GT(ofOne, 0u);
    // Leaves room for two more.
    ASSERT_TRUE(budget->take(budget->maxBytes - 3 * ofOne));
    EXPECT_GT(spawn(0), 0);
    EXPECT_GT(spawn(0), 0);
    EXPECT_EQ(spawn(0), again);
    budget->giveBack(budget->maxBytes - 3 * ofOne);
  }
  EXPECT_TRUE(group->join());
  EXPECT_EQ(budget->takenBytes(), 0u);
}

TEST_F(ThreadGroupTest, TheFirstErrorEndsAllWaits) {
  start([](Caller caller, uint32_t id, uint32_t argument) -> Status {
    if (argument != 0)
      return std::unexpected(Error{.kind = ErrorKind::Exit, .text = "exit", .code = argument});
    auto *place = reinterpret_cast<uint32_t *>(caller.memory().data()) + id;
    auto result = runtime::waitAt(place, 0u, -1);
    EXPECT_FALSE(result);
    return std::unexpected(std::move(result).error());
  });
  for (int i = 0; i < 8; ++i)
    EXPECT_GT(spawn(0), 0);
  EXPECT_GT(spawn(5), 0);
  auto status = group->join();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, ErrorKind::Exit);
  EXPECT_EQ(status.error().code, 5u);
  EXPECT_EQ(ends, 1);
  EXPECT_EQ(spawn(0), again);
}

TEST_F(ThreadGroupTest, WaitsOfTheGuestAreInterrupted) {
  start([](Caller, uint32_t, uint32_t) -> Status { return {}; });
  auto found = main->findExport("wait");
  auto &wait = *std::get<std::shared_ptr<runtime::Function>>(*found);
  Slot notEqual[] = {8, 1};
  EXPECT_TRUE(runtime::call(wait, notEqual));
  EXPECT_EQ(notEqual[0], uint32_t(runtime::WaitResult::NotEqual));

  auto interrupt = runtime::Interrupt::create();
  ASSERT_TRUE(interrupt);
  runtime::InterruptScope scope(*interrupt);
  std::thread other([&] { (*interrupt)->raise(); });
  Slot slots[] = {8, 0};
  auto status = runtime::call(wait, slots);
  other.join();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, ErrorKind::Interrupted);
  EXPECT_EQ(status.error().text, "interrupted");
}

// The thread outlives what it was started in: its last reference to the interrupt is the one that
// it leaves.
TEST_F(ThreadGroupTest, ThreadsLeaveTheInterruptsOfTheirStarter) {
  std::atomic<bool> mayEnd = false;
  auto untilInterrupted = [&](Caller, uint32_t, uint32_t) -> Status {
    while (!mayEnd || !runtime::isInterrupted())
      std::this_thread::yield();
    return {};
  };
  for (int round = 0; round < 10; ++round) {
    // An error in a thread ends its group.
    start(untilInterrupted);
    mayEnd = false;
    {
      auto interrupt = runtime::Interrupt::create();
      ASSERT_TRUE(interrupt);
      runtime::InterruptScope scope(*interrupt);
      EXPECT_GT(spawn(0), 0);
      (*interrupt)->raise();
    }
    mayEnd = true;
    auto status = group->join();
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().text, "interrupted");
  }
}

TEST(ThreadGroup, WantsTheStartFunction) {
  auto module = test::loadBytes(test::buildThreadSample(/*exportsStart=*/false));
  ASSERT_TRUE(module);
  EXPECT_TRUE(ThreadGroup::isFor(**module));
  auto group = ThreadGroup::create(*module, {});
  ASSERT_FALSE(group);
  EXPECT_EQ(group.error().kind, ErrorKind::Link);
  EXPECT_EQ(group.error().text, "the module imports \"wasi\".\"thread-spawn\" but exports no "
                                "function 'wasi_thread_start'");
  EXPECT_FALSE(ThreadGroup::isFor(**test::loadBytes(test::buildSample())));
}

} // namespace
} // namespace w2n::wasi
