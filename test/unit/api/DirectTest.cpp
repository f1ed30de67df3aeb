// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Calls in registers: when they enter the guest, and that nothing of other calls is missing there.
#include "test/unit/api/Sample.h"

#include <cstring>
#include <thread>

namespace w2n::test {
namespace {

struct Outcome {
  int32_t result;
  w2n_error *error;
};
using Enter = Outcome (*)(const w2n_direct *, int32_t, int32_t);

Outcome enter(const w2n_direct &direct, int32_t first, int32_t second) {
  return reinterpret_cast<Enter>(w2n_direct_integer)(&direct, first, second);
}

/// The work of host functions before they add.
std::function<void()> between;

w2n_error *addBetween(w2n_caller *, void *, const w2n_value *args, w2n_value *results) {
  if (between)
    between();
  results[0].of.i32 = args[0].of.i32 + args[1].of.i32;
  return nullptr;
}

class DirectTest : public ApiTest {
protected:
  void SetUp() override {
    between = nullptr;
    ASSERT_TRUE(succeeds(loadModule(buildLoopSample(1), module)));
    ASSERT_TRUE(succeeds(define(addBetween)));
    make(instance);
  }
  void make(InstancePtr &out) {
    w2n_instance *made = nullptr;
    ASSERT_TRUE(succeeds(w2n_linker_instantiate(linker.get(), module.get(), &made)));
    out.reset(made);
  }
  w2n_direct direct(const char *name) {
    w2n_direct made = {};
    EXPECT_TRUE(succeeds(
        w2n_function_direct(w2n_instance_function(instance.get(), name), &sampleType, &made)));
    return made;
  }
  /// The first call of the instance on the thread.
  void prepare() {
    uint64_t slots[] = {1, 2};
    ASSERT_TRUE(succeeds(w2n_direct_call(&add, slots)));
    EXPECT_EQ(uint32_t(slots[0]), 3u);
  }
  void expectAdds() {
    const Outcome outcome = enter(add, -40, -2);
    ASSERT_EQ(outcome.error, nullptr);
    EXPECT_EQ(outcome.result, -42);
  }

  ModulePtr module;
  InstancePtr instance;
  w2n_direct add = {};
};

TEST_F(DirectTest, EntersOnAStackThatTheInstanceKnows) {
  add = direct("add");
  EXPECT_EQ(enter(add, 1, 2).error, W2N_NOT_ENTERED);
  prepare();
  expectAdds();
  // Another instance runs there for the first time.
  InstancePtr other;
  make(other);
  w2n_direct otherAdd;
  ASSERT_TRUE(succeeds(
      w2n_function_direct(w2n_instance_function(other.get(), "add"), &sampleType, &otherAdd)));
  EXPECT_EQ(enter(otherAdd, 1, 2).error, W2N_NOT_ENTERED);
  expectAdds();
  std::thread([&] {
    EXPECT_EQ(enter(add, 1, 2).error, W2N_NOT_ENTERED);
    prepare();
    expectAdds();
  }).join();
  EXPECT_EQ(enter(add, 1, 2).error, W2N_NOT_ENTERED);
  prepare();
  expectAdds();
}

TEST_F(DirectTest, KeepsSmallerStacksSmall) {
  w2n_limits limits = {};
  limits.max_stack_bytes = 64 << 10;
  add = direct("add");
  prepare();
  w2n_linker_set_limits(linker.get(), &limits);
  make(instance);
  add = direct("add");
  prepare();
  EXPECT_EQ(enter(add, 1, 2).error, W2N_NOT_ENTERED);
}

TEST_F(DirectTest, TrapsLeaveTheGuest) {
  add = direct("add");
  const w2n_direct divide = direct("divide"), load = direct("load"), recurse = direct("recurse"),
                   trap = direct("trap");
  prepare();
  for (int round = 0; round < 3; ++round) {
    EXPECT_TRUE(failsWith(enter(divide, 1, 0).error, W2N_ERROR_TRAP, "integer divide by zero"));
    EXPECT_TRUE(failsWith(enter(load, -8, 0).error, W2N_ERROR_TRAP, "out of bounds memory access"));
    EXPECT_TRUE(failsWith(enter(recurse, 0, 0).error, W2N_ERROR_TRAP, "call stack exhausted"));
    // A trap by a call of the runtime rather than by a fault: "unreachable" has number 1.
    const Outcome trapped = enter(trap, 1, 0);
    ASSERT_TRUE(trapped.error);
    EXPECT_EQ(w2n_error_kind_of(trapped.error), W2N_ERROR_TRAP);
    w2n_error_free(trapped.error);
    expectAdds();
  }
}

TEST_F(DirectTest, NestedCallsGoThroughTheHost) {
  add = direct("add");
  const w2n_direct callHost = direct("call-host"), divide = direct("divide");
  prepare();
  int calls = 0;
  between = [&] {
    ++calls;
    EXPECT_EQ(enter(add, 1, 2).error, W2N_NOT_ENTERED);
    uint64_t slots[] = {1, 0};
    EXPECT_TRUE(
        failsWith(w2n_direct_call(&divide, slots), W2N_ERROR_TRAP, "integer divide by zero"));
    prepare();
  };
  const Outcome outcome = enter(callHost, 40, 2);
  ASSERT_EQ(outcome.error, nullptr);
  EXPECT_EQ(outcome.result, 42);
  EXPECT_EQ(calls, 1);
  expectAdds();
}

TEST_F(DirectTest, InterruptsEndIt) {
  add = direct("add");
  const w2n_direct loop = direct("loop-host");
  prepare();
  for (int round = 0; round < 20; ++round) {
    w2n_interrupt *interrupt = nullptr;
    ASSERT_TRUE(succeeds(w2n_interrupt_new(1'000'000, &interrupt)));
    w2n_interrupt_enter(interrupt);
    EXPECT_TRUE(failsWith(enter(loop, 0, 0).error, W2N_ERROR_INTERRUPTED, "deadline exceeded"));
    // It stays raised: the next call ends before it begins.
    EXPECT_TRUE(failsWith(enter(add, 0, 0).error, W2N_ERROR_INTERRUPTED, "deadline exceeded"));
    w2n_interrupt_leave();
    w2n_interrupt_free(interrupt);
    expectAdds();
  }
}

// The thread that ends an instance may not clear a stack that is in use, or goes on being used: its
// own thread does, when the next call begins or the one that runs ends.
TEST_F(DirectTest, OtherThreadsEndInstances) {
  add = direct("add");
  const w2n_direct callHost = direct("call-host");
  for (int round = 0; round < 20; ++round) {
    InstancePtr ending;
    make(ending);
    EXPECT_FALSE(succeeds(invoke(ending.get(), "recurse", 0, 0, result)));
    prepare();
    between = [&] { std::thread([&] { ending.reset(); }).join(); };
    EXPECT_EQ(enter(callHost, 40, 2).result, 42);
    between = nullptr;
    expectAdds();
  }
}

// Plain host functions.

w2n_error *addPlain(w2n_caller *caller, void *user, uint64_t *slots) {
  EXPECT_TRUE(w2n_caller_memory(caller));
  ++*static_cast<int *>(user);
  if (uint32_t(slots[1]) == 0)
    return w2n_error_new("nothing to add");
  slots[0] = uint32_t(slots[0]) + uint32_t(slots[1]);
  return nullptr;
}

TEST_F(ApiTest, PlainHostFunctionsTakeSlots) {
  int calls = 0;
  static int ended;
  ended = 0;
  const auto finalizer = [](void *) { ++ended; };
  ASSERT_TRUE(succeeds(w2n_linker_define_plain_function(linker.get(), "env", "host", &sampleType,
                                                        addPlain, &calls, finalizer)));
  EXPECT_TRUE(failsWith(w2n_linker_define_plain_function(linker.get(), "env", "host", &sampleType,
                                                         addPlain, &calls, finalizer),
                        W2N_ERROR_LINK, "\"env\".\"host\" is already defined"));
  const w2n_value_kind reference = W2N_EXTERNREF;
  const w2n_function_type ofReference = {&reference, 1, nullptr, 0};
  EXPECT_TRUE(failsWith(w2n_linker_define_plain_function(linker.get(), "env", "other", &ofReference,
                                                         addPlain, &calls, finalizer),
                        W2N_ERROR_INVALID,
                        "host function \"env\".\"other\" has parameters or results that are no "
                        "numbers, and cannot take slots"));
  InstancePtr instance;
  ASSERT_TRUE(succeeds(instantiate(instance)));
  EXPECT_TRUE(succeeds(invoke(instance.get(), "call-host", 40, 2, result)));
  EXPECT_EQ(result, 42);
  EXPECT_TRUE(failsWith(invoke(instance.get(), "call-host", 40, 0, result), W2N_ERROR_TRAP,
                        "nothing to add"));
  EXPECT_EQ(calls, 2);
  linker.reset();
  EXPECT_EQ(ended, 0);
  instance.reset();
  EXPECT_EQ(ended, 1);
}

} // namespace
} // namespace w2n::test
