// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Calls in both directions, and how they fail.
#include "test/unit/api/Sample.h"

#include <cstring>
#include <thread>

namespace w2n::test {
namespace {

w2n_error *multiply(w2n_caller *, void *, const w2n_value *args, w2n_value *results) {
  results[0].of.i32 = args[0].of.i32 * args[1].of.i32;
  return nullptr;
}

TEST_F(ApiTest, CallsBothWays) {
  InstancePtr instance;
  ASSERT_TRUE(succeeds(define(multiply)));
  ASSERT_TRUE(succeeds(instantiate(instance)));
  EXPECT_TRUE(succeeds(invoke(instance.get(), "add", 40, 2, result)));
  EXPECT_EQ(result, 42);
  EXPECT_TRUE(succeeds(invoke(instance.get(), "call-host", -6, 7, result)));
  EXPECT_EQ(result, -42);
}

TEST_F(ApiTest, CallsOnOtherThreads) {
  InstancePtr instance;
  ASSERT_TRUE(succeeds(define(multiply)));
  ASSERT_TRUE(succeeds(instantiate(instance)));
  std::thread([&] {
    EXPECT_TRUE(succeeds(invoke(instance.get(), "call-host", 3, 3, result)));
  }).join();
  EXPECT_EQ(result, 9);
}

TEST_F(ApiTest, ArgumentsAndResultsMayOverlap) {
  InstancePtr instance;
  ASSERT_TRUE(succeeds(define(multiply)));
  ASSERT_TRUE(succeeds(instantiate(instance)));
  w2n_value values[] = {i32(40), i32(2)};
  w2n_function *add = w2n_instance_function(instance.get(), "add");
  ASSERT_TRUE(add);
  EXPECT_TRUE(succeeds(w2n_function_call(add, values, 2, values, 1)));
  EXPECT_EQ(values[0].of.i32, 42);
}

TEST_F(ApiTest, ExportsAreFoundByNameAndKind) {
  InstancePtr instance;
  ASSERT_TRUE(succeeds(define(multiply)));
  ASSERT_TRUE(succeeds(instantiate(instance)));
  w2n_function *add = w2n_instance_function(instance.get(), "add");
  ASSERT_TRUE(add);
  EXPECT_EQ(w2n_instance_function(instance.get(), "add"), add);
  const w2n_function_type type = w2n_function_type_of(add);
  EXPECT_EQ(type.param_count, 2u);
  EXPECT_EQ(type.result_count, 1u);
  EXPECT_EQ(type.results[0], W2N_I32);
  EXPECT_FALSE(w2n_instance_function(instance.get(), "nothing"));
  EXPECT_FALSE(w2n_instance_function(instance.get(), "memory"));
  EXPECT_FALSE(w2n_instance_memory(instance.get(), "add"));
  EXPECT_FALSE(w2n_instance_global(instance.get(), "add"));
  EXPECT_FALSE(w2n_instance_table(instance.get(), "add"));
}

TEST_F(ApiTest, WrongCallsAreErrors) {
  InstancePtr instance;
  ASSERT_TRUE(succeeds(define(multiply)));
  ASSERT_TRUE(succeeds(instantiate(instance)));
  w2n_function *add = w2n_instance_function(instance.get(), "add");
  w2n_value args[] = {i32(1), i32(2)}, out[2];
  const std::string called = "function of type [i32 i32] -> [i32] called with ";
  EXPECT_TRUE(
      failsWith(w2n_function_call(add, args, 1, out, 1), W2N_ERROR_INVALID, called + "1 argument"));
  EXPECT_TRUE(failsWith(w2n_function_call(add, args, 2, nullptr, 0), W2N_ERROR_INVALID,
                        called + "room for 0 results"));
  args[1].kind = W2N_F32;
  EXPECT_TRUE(failsWith(w2n_function_call(add, args, 2, out, 1), W2N_ERROR_INVALID,
                        called + "argument 1 of type f32"));
  args[1].kind = 200;
  EXPECT_TRUE(failsWith(w2n_function_call(add, args, 2, out, 1), W2N_ERROR_INVALID,
                        called + "argument 1 of type unknown kind"));
}

TEST_F(ApiTest, TrapsHaveANameAndLeaveTheInstanceUsable) {
  InstancePtr instance;
  ASSERT_TRUE(succeeds(define(multiply)));
  ASSERT_TRUE(succeeds(instantiate(instance)));
  const ErrorPtr error(invoke(instance.get(), "divide", 1, 0, result));
  ASSERT_TRUE(error);
  EXPECT_EQ(w2n_error_kind_of(error.get()), W2N_ERROR_TRAP);
  EXPECT_STREQ(w2n_error_trap_name(error.get()), "integer divide by zero");
  EXPECT_EQ(w2n_error_offset(error.get()), W2N_NO_OFFSET);
  EXPECT_TRUE(failsWith(invoke(instance.get(), "recurse", 0, 0, result), W2N_ERROR_TRAP,
                        "call stack exhausted"));
  EXPECT_TRUE(succeeds(invoke(instance.get(), "add", 1, 2, result)));
}

TEST_F(ApiTest, CallbacksTrapWithTheirText) {
  InstancePtr instance;
  auto fail = [](w2n_caller *, void *, const w2n_value *, w2n_value *) {
    return w2n_error_new("disk on fire");
  };
  ASSERT_TRUE(succeeds(define(fail)));
  ASSERT_TRUE(succeeds(instantiate(instance)));
  const ErrorPtr error(invoke(instance.get(), "call-host", 1, 1, result));
  ASSERT_TRUE(error);
  EXPECT_EQ(w2n_error_kind_of(error.get()), W2N_ERROR_TRAP);
  EXPECT_STREQ(w2n_error_text(error.get()), "disk on fire");
  EXPECT_STREQ(w2n_error_trap_name(error.get()), "host function failed");
}

TEST_F(ApiTest, CallbackResultsAreChecked) {
  InstancePtr instance;
  auto confuse = [](w2n_caller *, void *, const w2n_value *, w2n_value *results) -> w2n_error * {
    results[0].kind = W2N_FUNCREF;
    return nullptr;
  };
  ASSERT_TRUE(succeeds(define(confuse)));
  ASSERT_TRUE(succeeds(instantiate(instance)));
  EXPECT_TRUE(
      failsWith(invoke(instance.get(), "call-host", 1, 1, result), W2N_ERROR_TRAP,
                "host function \"env\".\"host\" left result 0 of type funcref, must be i32"));
}

/// Calls "divide" of the guest that calls, with the arguments that it got.
w2n_error *divide(w2n_caller *caller, void *, const w2n_value *args, w2n_value *results) {
  w2n_function *function = w2n_instance_function(w2n_caller_instance(caller), "divide");
  return w2n_function_call(function, args, 2, results, 1);
}

TEST_F(ApiTest, CallbacksCallTheirCallersExports) {
  InstancePtr instance;
  ASSERT_TRUE(succeeds(define(divide)));
  ASSERT_TRUE(succeeds(instantiate(instance)));
  EXPECT_TRUE(succeeds(invoke(instance.get(), "call-host", 84, 2, result)));
  EXPECT_EQ(result, 42);
  EXPECT_TRUE(failsWith(invoke(instance.get(), "call-host", 84, 0, result), W2N_ERROR_TRAP,
                        "integer divide by zero"));
}

TEST_F(ApiTest, OtherErrorsOfCallbacksBecomeTraps) {
  InstancePtr instance;
  auto callWrongly = [](w2n_caller *caller, void *, const w2n_value *args, w2n_value *results) {
    return w2n_function_call(w2n_instance_function(w2n_caller_instance(caller), "add"), args, 0,
                             results, 1);
  };
  ASSERT_TRUE(succeeds(define(callWrongly)));
  ASSERT_TRUE(succeeds(instantiate(instance)));
  EXPECT_TRUE(failsWith(invoke(instance.get(), "call-host", 1, 1, result), W2N_ERROR_TRAP,
                        "function of type [i32 i32] -> [i32] called with 0 arguments"));
}

/// Copies `args[1]` bytes at `args[0]` into the string that is its user.
w2n_error *print(w2n_caller *caller, void *user, const w2n_value *args, w2n_value *) {
  const auto bytes = uint32_t(args[1].of.i32);
  const void *text = w2n_memory_at(w2n_caller_memory(caller), uint32_t(args[0].of.i32), bytes);
  if (!text)
    return w2n_error_new("the text lies outside the memory");
  static_cast<std::string *>(user)->assign(static_cast<const char *>(text), bytes);
  return nullptr;
}

TEST_F(ApiTest, CallbacksReadTheirCallersMemory) {
  InstancePtr instance;
  std::string printed;
  ASSERT_TRUE(succeeds(define(print, &printed)));
  ASSERT_TRUE(succeeds(instantiate(instance)));
  EXPECT_TRUE(succeeds(invoke(instance.get(), "call-host", 16384, 5, result)));
  EXPECT_EQ(printed, "image");
  EXPECT_TRUE(failsWith(invoke(instance.get(), "call-host", 65535, 2, result), W2N_ERROR_TRAP,
                        "the text lies outside the memory"));
  EXPECT_TRUE(failsWith(invoke(instance.get(), "call-host", -1, -1, result), W2N_ERROR_TRAP,
                        "the text lies outside the memory"));
}

} // namespace
} // namespace w2n::test
