// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Everything at once: threads that make instances, pooled and not, run, trap, time out and are
// interrupted by others, and free them. The sanitizers say what is wrong.
#include "test/unit/api/Sample.h"

#include <array>
#include <atomic>
#include <mutex>
#include <random>
#include <thread>

namespace w2n::test {
namespace {

using PoolPtr = std::unique_ptr<w2n_pool, Freer<w2n_pool_free>>;
using SharedInterrupt = std::shared_ptr<w2n_interrupt>;

constexpr int threadCount = 4, roundsOfEach = 3 * threadRounds;

/// A loop calls with whatever is in its registers.
w2n_error *multiply(w2n_caller *, void *, const w2n_value *args, w2n_value *results) {
  results[0].of.i32 = int32_t(uint32_t(args[0].of.i32) * uint32_t(args[1].of.i32));
  return nullptr;
}

/// Multiplies, or for 0 and 0 divides by 0 in the guest that calls.
w2n_error *multiplyOrTrap(w2n_caller *caller, void *, const w2n_value *args, w2n_value *results) {
  if (args[0].of.i32 != 0 || args[1].of.i32 != 0) {
    return multiply(caller, nullptr, args, results);
  }
  w2n_function *divide = w2n_instance_function(w2n_caller_instance(caller), "divide");
  return w2n_function_call(divide, args, 2, results, 1);
}

SharedInterrupt makeInterrupt(uint64_t timeoutNs) {
  w2n_interrupt *interrupt = nullptr;
  EXPECT_TRUE(succeeds(w2n_interrupt_new(timeoutNs, &interrupt)));
  return SharedInterrupt(interrupt, w2n_interrupt_free);
}

/// The interrupt that each thread is in, for the thread that raises them.
class Raiser {
public:
  void show(int thread, SharedInterrupt interrupt) {
    std::lock_guard guard(lock);
    shown[thread] = std::move(interrupt);
  }
  void raise(int thread) {
    SharedInterrupt interrupt;
    {
      std::lock_guard guard(lock);
      interrupt = shown[thread];
    }
    if (interrupt)
      w2n_interrupt_raise(interrupt.get());
  }

private:
  std::mutex lock;
  std::array<SharedInterrupt, threadCount> shown;
};

w2n_error *invoke(w2n_instance *instance, const char *name, int32_t first, int32_t second,
                  int32_t &result) {
  const w2n_value args[] = {i32(first), i32(second)};
  w2n_value value = i32(0);
  w2n_error *error = w2n_function_call(w2n_instance_function(instance, name), args, 2, &value, 1);
  result = value.of.i32;
  return error;
}

void expectWorks(w2n_instance *instance) {
  int32_t result = 0;
  EXPECT_TRUE(succeeds(invoke(instance, "load", 30000, 0, result)));
  EXPECT_EQ(result, 0);
  EXPECT_TRUE(succeeds(invoke(instance, "call-host", 6, 7, result)));
  EXPECT_EQ(result, 42);
}

void expectTraps(w2n_instance *instance) {
  int32_t result = 0;
  EXPECT_TRUE(failsWith(invoke(instance, "divide", 1, 0, result), W2N_ERROR_TRAP,
                        "integer divide by zero"));
  EXPECT_TRUE(
      failsWith(invoke(instance, "recurse", 0, 0, result), W2N_ERROR_TRAP, "call stack exhausted"));
  EXPECT_TRUE(failsWith(invoke(instance, "load", -1, 0, result), W2N_ERROR_TRAP,
                        "out of bounds memory access"));
}

void expectInterrupted(w2n_instance *instance, const char *name, w2n_interrupt *interrupt) {
  w2n_interrupt_enter(interrupt);
  int32_t result = 0;
  const ErrorPtr error(invoke(instance, name, 1, 1, result));
  w2n_interrupt_leave();
  ASSERT_TRUE(error);
  EXPECT_EQ(w2n_error_kind_of(error.get()), W2N_ERROR_INTERRUPTED) << w2n_error_text(error.get());
}

TEST(Churn, InstancesOfManyThreads) {
  ModulePtr module;
  ASSERT_TRUE(succeeds(loadModule(buildLoopSample(), module)));
  w2n_pool_config config = W2N_POOL_CONFIG_DEFAULT;
  config.slots = 2;
  w2n_pool *made = nullptr;
  ASSERT_TRUE(succeeds(w2n_pool_new(&config, &made)));
  const PoolPtr pool(made);
  Raiser raiser;
  std::atomic<int> left = threadCount;

  auto churn = [&](int thread) {
    std::minstd_rand random(unsigned(thread) + 1);
    LinkerPtr linker(w2n_linker_new());
    const w2n_callback host = thread % 2 ? multiply : multiplyOrTrap;
    ASSERT_TRUE(succeeds(w2n_linker_define_function(linker.get(), "env", "host", &sampleType, host,
                                                    nullptr, nullptr)));
    for (int round = 0; round < roundsOfEach; ++round) {
      w2n_linker_set_pool(linker.get(), random() % 3 ? pool.get() : nullptr, /*wait=*/true);
      w2n_instance *instance = nullptr;
      ASSERT_TRUE(succeeds(w2n_linker_instantiate(linker.get(), module.get(), &instance)));
      const InstancePtr owner(instance);
      expectWorks(instance);
      const char *loop = "loop-host";
#ifndef __SANITIZE_THREAD__
      // ThreadSanitizer holds signals back until a call that it knows.
      if (random() % 2)
        loop = "loop";
#endif
      switch (random() % 4) {
      case 0:
        expectTraps(instance);
        break;
      case 1:
        expectInterrupted(instance, loop, makeInterrupt(random() % 1'000'000).get());
        break;
      case 2: {
        const SharedInterrupt interrupt = makeInterrupt(W2N_NO_TIMEOUT);
        raiser.show(thread, interrupt);
        expectInterrupted(instance, loop, interrupt.get());
        raiser.show(thread, nullptr);
        break;
      }
      case 3: {
        int32_t result = 0;
        EXPECT_TRUE(succeeds(invoke(instance, "fill", 0, 1 << 20, result)));
        break;
      }
      }
      int32_t result = 0;
      EXPECT_TRUE(succeeds(invoke(instance, "add", 1, 2, result)));
      EXPECT_EQ(result, 3);
    }
    --left;
  };
  std::vector<std::thread> threads;
  for (int thread = 0; thread < threadCount; ++thread)
    threads.emplace_back(churn, thread);
  while (left > 0) {
    for (int thread = 0; thread < threadCount; ++thread)
      raiser.raise(thread);
    std::this_thread::sleep_for(std::chrono::microseconds(300));
  }
  for (std::thread &thread : threads)
    thread.join();
}

} // namespace
} // namespace w2n::test
