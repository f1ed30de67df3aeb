// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Interrupts that come at any moment, thousands of them: what they stop, and what they leave alone.
#include "runtime/core/Interrupt.h"

#include "runtime/core/Instance.h"
#include "runtime/core/Memory.h"
#include "runtime/core/WaitQueue.h"
#include "test/unit/SampleModule.h"

#include <csignal>
#include <gtest/gtest.h>
#include <random>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace w2n::runtime {
namespace {

using namespace std::chrono_literals;
using Clock = Interrupt::Clock;
using Host = std::function<Status(std::span<Slot>)>;

class Guest {
public:
  explicit Guest(Host host = [](std::span<Slot>) { return Status(); }) {
    static const auto module = *test::loadBytes(test::buildLoopSample());
    auto resolve = [&](std::string_view, std::string_view, wasm::ExternKind) {
      using wasm::ValueType;
      return std::optional<Extern>(
          makeHostFunction({{ValueType::i32(), ValueType::i32()}, {ValueType::i32()}},
                           [host](Caller, std::span<Slot> slots) { return host(slots); }));
    };
    instance = *Instance::instantiate(module, resolve);
  }

  Status call(const char *name, Slot first = 0, Slot second = 0) {
    Slot slots[] = {first, second};
    auto status =
        runtime::call(*std::get<std::shared_ptr<Function>>(*instance->findExport(name)), slots);
    result = uint32_t(slots[0]);
    return status;
  }

  std::shared_ptr<Instance> instance;
  uint32_t result = 0;
};

/// A different moment each time.
std::chrono::nanoseconds randomTime(std::chrono::nanoseconds maxTime) {
  thread_local std::minstd_rand random{unsigned(::getpid())};
  return maxTime * (random() % 1000) / 1000;
}

std::shared_ptr<Interrupt> interruptAfter(std::chrono::nanoseconds time) {
  auto interrupt = Interrupt::create(Clock::now() + time);
  EXPECT_TRUE(interrupt);
  return *interrupt;
}

void expectDeadline(const Status &status) {
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, ErrorKind::Interrupted);
  EXPECT_EQ(status.error().text, "deadline exceeded");
}

void expectSum(Guest &guest) {
  const auto status = guest.call("add", 40, 2);
  EXPECT_TRUE(status) << status.error().text;
  EXPECT_EQ(guest.result, 42u);
}

/// Calls `name` again and again with deadlines that end it, then without.
void storm(Guest &guest, const char *name, int rounds, std::chrono::nanoseconds maxTime = 200us) {
  for (int i = 0; i < rounds; ++i) {
    {
      InterruptScope scope(interruptAfter(randomTime(maxTime)));
      expectDeadline(guest.call(name));
    }
    expectSum(guest);
  }
}

// Before main, so that it is there before any interrupt.
std::atomic<int> signalsOfTheHost = 0;
const bool handlesSignal = [] {
  struct sigaction action = {};
  action.sa_handler = [](int) { ++signalsOfTheHost; };
  return sigaction(SIGRTMIN + 7, &action, nullptr) == 0;
}();

TEST(Interrupt, EndsLoopsThousandsOfTimes) {
  Guest guest;
  storm(guest, "loop", 2000);
}

TEST(Interrupt, EndsLoopsOfHostCalls) {
  Guest guest;
  storm(guest, "loop-host", 1000);
}

TEST(Interrupt, EndsAllNestedCalls) {
  std::unique_ptr<Guest> guest;
  int depth = 0;
  guest = std::make_unique<Guest>([&](std::span<Slot>) {
    if (++depth % 8 != 0)
      return guest->call("call-host");
    return guest->call("loop");
  });
  for (int i = 0; i < 300; ++i) {
    InterruptScope scope(interruptAfter(randomTime(200us)));
    depth = 0;
    expectDeadline(guest->call("call-host"));
  }
}

// A host function that drops the error cannot keep its caller running.
TEST(Interrupt, EndsTheCallerOfAHostThatGoesOn) {
  std::unique_ptr<Guest> guest;
  guest = std::make_unique<Guest>([&](std::span<Slot>) {
    (void)guest->call("loop");
    return Status();
  });
  InterruptScope scope(interruptAfter(1ms));
  expectDeadline(guest->call("call-host"));
}

TEST(Interrupt, EndsSystemCallsOfTheHost) {
  Guest guest([](std::span<Slot>) {
    usleep(10'000'000);
    return Status();
  });
  storm(guest, "loop-host", 100);
}

TEST(Interrupt, EndsWaitsForMemory) {
  uint32_t place = 0;
  Guest guest([&](std::span<Slot>) -> Status {
    if (auto result = waitAt(&place, 0u, -1); !result)
      return std::unexpected(result.error());
    return {};
  });
  storm(guest, "loop-host", 300);
}

// Recursion ends by itself, but far more slowly than this.
TEST(Interrupt, EndsRecursionOrOverflows) {
  Guest guest;
  for (int i = 0; i < 200; ++i) {
    InterruptScope scope(interruptAfter(randomTime(200us)));
    const auto status = guest.call("recurse");
    ASSERT_FALSE(status);
    EXPECT_TRUE(status.error().kind == ErrorKind::Interrupted ||
                status.error().text == "call stack exhausted");
  }
}

TEST(Interrupt, EndsAFillInTheMiddle) {
  Guest guest;
  {
    InterruptScope scope(interruptAfter(100us));
    expectDeadline(guest.call("fill", 0, 1 << 30));
  }
  EXPECT_EQ(guest.instance->memory0()->bytes().back(), 0);
  expectSum(guest);
}

// A call that returns just then has its result, and nothing is left over for the next one.
TEST(Interrupt, ComesDuringACallOrBetweenTwo) {
  Guest guest;
  for (int i = 0; i < 1000; ++i) {
    {
      InterruptScope scope(interruptAfter(randomTime(100us)));
      Status status;
      while ((status = guest.call("add", 1, 2)))
        ASSERT_EQ(guest.result, 3u);
      expectDeadline(status);
    }
    ASSERT_FALSE(isInterrupted());
    expectSum(guest);
  }
}

TEST(Interrupt, OfAnInnerScopeEndsWhatIsInIt) {
  std::unique_ptr<Guest> guest;
  guest = std::make_unique<Guest>([&](std::span<Slot> slots) {
    InterruptScope scope(interruptAfter(100us));
    expectDeadline(guest->call("loop"));
    slots[0] = 7;
    return Status();
  });
  InterruptScope scope(interruptAfter(1h));
  ASSERT_TRUE(guest->call("call-host"));
  EXPECT_EQ(guest->result, 7u);
}

TEST(Interrupt, RaisedBeforeOrDuring) {
  Guest guest;
  for (int i = 0; i < 200; ++i) {
    auto interrupt = *Interrupt::create();
    std::thread other([&] { interrupt->raise(); });
    InterruptScope scope(interrupt);
    const auto status = guest.call("loop");
    other.join();
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().text, "interrupted");
    EXPECT_FALSE(guest.call("add"));
  }
}

TEST(Interrupt, EndsAllThreadsThatAreInIt) {
  auto interrupt = *Interrupt::create();
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      Guest guest;
      InterruptScope scope(interrupt);
      EXPECT_FALSE(guest.call("loop"));
    });
  std::this_thread::sleep_for(20ms);
  interrupt->raise();
  for (std::thread &thread : threads)
    thread.join();
}

TEST(Interrupt, LeavesOtherThreadsAlone) {
  std::atomic<bool> isDone = false;
  std::vector<std::thread> others;
  for (int i = 0; i < 2; ++i)
    others.emplace_back([&] {
      Guest guest([](std::span<Slot> slots) {
        slots[0] += slots[1];
        return Status();
      });
      InterruptScope scope(interruptAfter(1h));
      for (uint32_t n = 0; !isDone; ++n) {
        ASSERT_TRUE(guest.call("call-host", n, 1));
        ASSERT_EQ(guest.result, n + 1);
      }
    });
  std::vector<std::thread> stormy;
  for (int i = 0; i < 3; ++i)
    stormy.emplace_back([] {
      // Made and freed each time.
      for (int round = 0; round < 20; ++round) {
        Guest guest;
        storm(guest, round % 2 ? "loop" : "loop-host", 20);
      }
    });
  for (std::thread &thread : stormy)
    thread.join();
  isDone = true;
  for (std::thread &thread : others)
    thread.join();
}

TEST(Interrupt, PassesOtherSignalsOn) {
  ASSERT_TRUE(handlesSignal);
  Guest guest;
  storm(guest, "loop", 10);
  EXPECT_EQ(signalsOfTheHost, 0);
  pthread_kill(pthread_self(), SIGRTMIN + 7);
  EXPECT_EQ(signalsOfTheHost, 1);
  expectSum(guest);
}

// An emulator's child of a fork has no working threads.
#if !defined(__SANITIZE_THREAD__) && !defined(W2N_EMULATED)
/// The status of a child that runs `child` while `others` run on.
int statusOfChild(void (*child)()) {
  const pid_t process = fork();
  if (process == 0) {
    child();
    _exit(7);
  }
  int status = 0;
  while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

// The threads that the parent's deadlines are for are not there, and others have their stacks.
TEST(Interrupt, ForkedChildHasNoDeadlines) {
  static const auto interrupt = *Interrupt::create();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([] {
      Guest guest;
      InterruptScope outer(interrupt);
      InterruptScope scope(interruptAfter(300ms));
      expectDeadline(guest.call("loop"));
    });
  InterruptScope scope(interruptAfter(300ms));
  std::this_thread::sleep_for(50ms);
  const int status = statusOfChild([] {
    std::vector<std::thread> own;
    for (int i = 0; i < 4; ++i)
      own.emplace_back([] { std::this_thread::sleep_for(600ms); });
    for (std::thread &thread : own)
      thread.join();
    if (isInterrupted())
      _exit(1);
    interrupt->raise();
    Guest guest;
    storm(guest, "loop", 20);
  });
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 7) << status;
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_TRUE(isInterrupted());
}

// A scope that was there when the process forked is one in the child, too.
TEST(Interrupt, ForkedChildIsInItsScopes) {
  static std::shared_ptr<Interrupt> interrupt;
  interrupt = *Interrupt::create();
  {
    InterruptScope scope(interrupt);
    const int status = statusOfChild([] {
      Guest guest;
      expectSum(guest);
      std::thread other([] {
        std::this_thread::sleep_for(10ms);
        interrupt->raise();
      });
      EXPECT_FALSE(guest.call("loop"));
      other.join();
      if (testing::Test::HasFailure())
        _exit(1);
    });
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 7) << status;
    EXPECT_FALSE(isInterrupted());
  }
}
#endif

} // namespace
} // namespace w2n::runtime
