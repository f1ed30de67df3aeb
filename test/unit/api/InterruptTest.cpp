// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Interrupts through the C API: deadlines, other threads, and what outlives what.
#include "test/unit/api/Sample.h"

#include <atomic>
#include <csignal>
#include <thread>

namespace w2n::test {
namespace {

using InterruptPtr = std::unique_ptr<w2n_interrupt, Freer<w2n_interrupt_free>>;

constexpr uint64_t nsPerMs = 1'000'000;

InterruptPtr makeInterrupt(uint64_t timeoutNs) {
  w2n_interrupt *interrupt = nullptr;
  EXPECT_TRUE(succeeds(w2n_interrupt_new(timeoutNs, &interrupt)));
  return InterruptPtr(interrupt);
}

w2n_error *multiply(w2n_caller *, void *, const w2n_value *args, w2n_value *results) {
  results[0].of.i32 = int32_t(uint32_t(args[0].of.i32) * uint32_t(args[1].of.i32));
  return nullptr;
}

/// "loop-host" is what ends everywhere: ThreadSanitizer keeps signals from code without calls.
class InterruptTest : public ApiTest {
protected:
  void SetUp() override {
    ASSERT_TRUE(succeeds(loadModule(buildLoopSample(), module)));
    ASSERT_TRUE(succeeds(define(multiply)));
    ASSERT_TRUE(succeeds(make(instance)));
  }
  w2n_error *make(InstancePtr &out) {
    w2n_instance *made = nullptr;
    w2n_error *error = w2n_linker_instantiate(linker.get(), module.get(), &made);
    out.reset(made);
    return error;
  }
  w2n_error *run(const char *name) { return invoke(instance.get(), name, 0, 0, result); }
  void expectWorks() {
    EXPECT_FALSE(w2n_interrupted());
    EXPECT_TRUE(succeeds(invoke(instance.get(), "call-host", 6, 7, result)));
    EXPECT_EQ(result, 42);
  }

  ModulePtr module;
  InstancePtr instance;
};

#ifndef __SANITIZE_THREAD__
TEST_F(InterruptTest, DeadlineEndsALoopWithoutCalls) {
  const InterruptPtr interrupt = makeInterrupt(5 * nsPerMs);
  w2n_interrupt_enter(interrupt.get());
  EXPECT_TRUE(failsWith(run("loop"), W2N_ERROR_INTERRUPTED, "deadline exceeded"));
  w2n_interrupt_leave();
  expectWorks();
}
#endif

TEST_F(InterruptTest, DeadlineEndsALoop) {
  const InterruptPtr interrupt = makeInterrupt(5 * nsPerMs);
  w2n_interrupt_enter(interrupt.get());
  EXPECT_TRUE(failsWith(run("loop-host"), W2N_ERROR_INTERRUPTED, "deadline exceeded"));
  w2n_interrupt_leave();
  expectWorks();
}

TEST_F(InterruptTest, AnotherThreadRaises) {
  for (int round = 0; round < 50; ++round) {
    const InterruptPtr interrupt = makeInterrupt(W2N_NO_TIMEOUT);
    std::thread other([&] { w2n_interrupt_raise(interrupt.get()); });
    w2n_interrupt_enter(interrupt.get());
    EXPECT_TRUE(failsWith(run("loop-host"), W2N_ERROR_INTERRUPTED, "interrupted"));
    w2n_interrupt_leave();
    other.join();
    expectWorks();
  }
}

TEST_F(InterruptTest, StaysRaised) {
  const InterruptPtr interrupt = makeInterrupt(W2N_NO_TIMEOUT);
  w2n_interrupt_raise(interrupt.get());
  w2n_interrupt_raise(interrupt.get());
  for (int round = 0; round < 3; ++round) {
    w2n_interrupt_enter(interrupt.get());
    EXPECT_TRUE(w2n_interrupted());
    EXPECT_TRUE(failsWith(run("add"), W2N_ERROR_INTERRUPTED, "interrupted"));
    EXPECT_TRUE(failsWith(run("loop-host"), W2N_ERROR_INTERRUPTED, "interrupted"));
    w2n_interrupt_leave();
    expectWorks();
  }
}

TEST_F(InterruptTest, TheFirstReasonCounts) {
  const InterruptPtr interrupt = makeInterrupt(0);
  w2n_interrupt_enter(interrupt.get());
  EXPECT_TRUE(failsWith(run("loop-host"), W2N_ERROR_INTERRUPTED, "deadline exceeded"));
  w2n_interrupt_raise(interrupt.get());
  EXPECT_TRUE(failsWith(run("add"), W2N_ERROR_INTERRUPTED, "deadline exceeded"));
  w2n_interrupt_leave();
  expectWorks();
}

TEST_F(InterruptTest, OfAnInnerWorkLeavesTheOuterAlone) {
  const InterruptPtr outer = makeInterrupt(W2N_NO_TIMEOUT - 1), inner = makeInterrupt(0);
  w2n_interrupt_enter(outer.get());
  w2n_interrupt_enter(inner.get());
  EXPECT_TRUE(failsWith(run("loop-host"), W2N_ERROR_INTERRUPTED, "deadline exceeded"));
  w2n_interrupt_leave();
  expectWorks();
  w2n_interrupt_raise(outer.get());
  EXPECT_TRUE(failsWith(run("add"), W2N_ERROR_INTERRUPTED, "interrupted"));
  w2n_interrupt_leave();
  expectWorks();
}

TEST_F(InterruptTest, TheSameTwiceIsLeftTwice) {
  const InterruptPtr interrupt = makeInterrupt(W2N_NO_TIMEOUT);
  w2n_interrupt_enter(interrupt.get());
  w2n_interrupt_enter(interrupt.get());
  w2n_interrupt_raise(interrupt.get());
  w2n_interrupt_leave();
  EXPECT_TRUE(w2n_interrupted());
  EXPECT_TRUE(failsWith(run("add"), W2N_ERROR_INTERRUPTED, "interrupted"));
  w2n_interrupt_leave();
  expectWorks();
}

TEST_F(InterruptTest, EndsWhatIsInItAfterItWasFreed) {
  InterruptPtr interrupt = makeInterrupt(5 * nsPerMs);
  w2n_interrupt_enter(interrupt.get());
  interrupt.reset();
  EXPECT_TRUE(failsWith(run("loop-host"), W2N_ERROR_INTERRUPTED, "deadline exceeded"));
  w2n_interrupt_leave();
  expectWorks();
}

TEST_F(InterruptTest, NothingIsHarmless) {
  w2n_interrupt_free(nullptr);
  w2n_interrupt_leave();
  EXPECT_FALSE(w2n_interrupted());
  expectWorks();
}

TEST_F(InterruptTest, HostFunctionsSeeIt) {
  auto waitForIt = [](w2n_caller *, void *, const w2n_value *, w2n_value *) -> w2n_error * {
    while (!w2n_interrupted())
      std::this_thread::yield();
    return nullptr;
  };
  linker.reset(w2n_linker_new());
  ASSERT_TRUE(succeeds(define(waitForIt)));
  ASSERT_TRUE(succeeds(make(instance)));
  const InterruptPtr interrupt = makeInterrupt(nsPerMs);
  w2n_interrupt_enter(interrupt.get());
  // A host function that succeeds does not keep its caller running.
  EXPECT_TRUE(failsWith(run("call-host"), W2N_ERROR_INTERRUPTED, "deadline exceeded"));
  w2n_interrupt_leave();
}

TEST_F(InterruptTest, TheSignalIsChosenBefore) {
  const InterruptPtr interrupt = makeInterrupt(W2N_NO_TIMEOUT);
  const ErrorPtr late(w2n_interrupt_set_signal(SIGRTMIN + 8));
  ASSERT_TRUE(late);
  EXPECT_EQ(w2n_error_kind_of(late.get()), W2N_ERROR_INVALID);
  const ErrorPtr ordinary(w2n_interrupt_set_signal(SIGTERM));
  ASSERT_TRUE(ordinary);
  EXPECT_EQ(w2n_error_kind_of(ordinary.get()), W2N_ERROR_INVALID);
}

// Leftovers of a timeout are found by the checker for leaks.
TEST_F(InterruptTest, InstancesThatTimedOutAreFreed) {
  for (uint32_t round = 0; round < 4 * threadRounds; ++round) {
    ASSERT_TRUE(succeeds(make(instance)));
    const InterruptPtr interrupt = makeInterrupt(uint64_t(round) * 1000);
    w2n_interrupt_enter(interrupt.get());
    EXPECT_TRUE(failsWith(run("loop-host"), W2N_ERROR_INTERRUPTED, "deadline exceeded"));
    w2n_interrupt_leave();
    instance.reset();
  }
}

} // namespace
} // namespace w2n::test
