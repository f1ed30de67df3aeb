// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Objects that the host makes and guests import, data of instances, direct calls, names of linkers.
#include "test/unit/api/Sample.h"

#include <cstring>

namespace w2n::test {
namespace {

using MemoryPtr = std::unique_ptr<w2n_memory, Freer<w2n_memory_free>>;
using GlobalPtr = std::unique_ptr<w2n_global, Freer<w2n_global_free>>;
using TablePtr = std::unique_ptr<w2n_table, Freer<w2n_table_free>>;
using TagPtr = std::unique_ptr<w2n_tag, Freer<w2n_tag_free>>;
using FunctionPtr = std::unique_ptr<w2n_function, Freer<w2n_function_free>>;

w2n_error *data(w2n_caller *caller, void *, const w2n_value *, w2n_value *results) {
  const auto *number = static_cast<const int32_t *>(w2n_caller_data(caller));
  results[0].of.i32 = number ? *number : -1;
  return nullptr;
}

w2n_error *roundUp(w2n_caller *caller, void *user, const w2n_value *args, w2n_value *results) {
  EXPECT_FALSE(w2n_caller_instance(caller));
  EXPECT_FALSE(w2n_caller_memory(caller));
  results[0].of.f32 = float(args[0].of.i64);
  ++*static_cast<int *>(user);
  return nullptr;
}

w2n_error *makeMemory(uint64_t min, uint64_t max, MemoryPtr &out) {
  w2n_memory_config config = W2N_MEMORY_CONFIG_DEFAULT;
  config.min = min;
  config.max = max;
  w2n_memory *memory = nullptr;
  w2n_error *error = w2n_memory_new(&config, &memory);
  out.reset(memory);
  return error;
}

w2n_error *makeTable(uint64_t min, uint64_t max, TablePtr &out) {
  w2n_table_config config = W2N_TABLE_CONFIG_DEFAULT;
  config.min = min;
  config.max = max;
  w2n_table *table = nullptr;
  w2n_error *error = w2n_table_new(&config, nullptr, &table);
  out.reset(table);
  return error;
}

w2n_error *makeGlobal(bool isMutable, w2n_value value, GlobalPtr &out) {
  w2n_global *global = nullptr;
  w2n_error *error = w2n_global_new(isMutable, &value, &global);
  out.reset(global);
  return error;
}

const w2n_value_kind i64s[] = {W2N_I64}, f32s[] = {W2N_F32};
const w2n_function_type roundType = {i64s, 1, f32s, 1};

w2n_value f64(double number) {
  w2n_value value = {};
  value.kind = W2N_F64;
  value.of.f64 = number;
  return value;
}

// Everything that the importer wants is the host's own.
TEST_F(ApiTest, GuestsImportObjectsOfTheHost) {
  MemoryPtr memory;
  TablePtr table;
  GlobalPtr global;
  int calls = 0;
  w2n_function *made = nullptr;
  ASSERT_TRUE(succeeds(makeMemory(2, UINT64_MAX, memory)));
  ASSERT_TRUE(succeeds(makeTable(1, 9, table)));
  ASSERT_TRUE(succeeds(makeGlobal(false, f64(0.5), global)));
  ASSERT_TRUE(succeeds(w2n_function_new(&roundType, roundUp, &calls, nullptr, &made)));
  const FunctionPtr function(made);
  w2n_linker *const to = linker.get();
  ASSERT_TRUE(succeeds(w2n_linker_define_memory(to, "m", "mem", memory.get())));
  ASSERT_TRUE(succeeds(w2n_linker_define_table(to, "m", "t", table.get())));
  ASSERT_TRUE(succeeds(w2n_linker_define_global(to, "m", "g", global.get())));
  ASSERT_TRUE(succeeds(w2n_linker_define_function_value(to, "m", "f", function.get())));
  EXPECT_TRUE(failsWith(w2n_linker_define_global(to, "m", "f", global.get()), W2N_ERROR_LINK,
                        "\"m\".\"f\" is already defined"));
  ModulePtr module;
  ASSERT_TRUE(succeeds(loadModule(buildImporter(), module)));
  w2n_instance *instance = nullptr;
  ASSERT_TRUE(succeeds(w2n_linker_instantiate(to, module.get(), &instance)));
  const InstancePtr owner(instance);
  memory.reset();
  table.reset();
  global.reset();
}

TEST_F(ApiTest, MemoriesOfTheHostAreShared) {
  MemoryPtr memory;
  ASSERT_TRUE(succeeds(makeMemory(1, 65536, memory)));
  ASSERT_TRUE(succeeds(define(data)));
  ASSERT_TRUE(succeeds(w2n_linker_define_memory(linker.get(), "env", "memory", memory.get())));
  InstancePtr instance;
  ASSERT_TRUE(succeeds(instantiate(instance, {.importsMemory = true})));
  const int32_t number = 1234567;
  std::memcpy(w2n_memory_at(memory.get(), 4096, 4), &number, 4);
  EXPECT_TRUE(succeeds(invoke(instance.get(), "load", 4096, 0, result)));
  EXPECT_EQ(result, number);
  EXPECT_TRUE(succeeds(invoke(instance.get(), "grow", 2, 0, result)));
  EXPECT_EQ(w2n_memory_size_bytes(memory.get()), 3u * 65536);
}

TEST(HostObjects, WrongConfigurationsAreErrors) {
  MemoryPtr memory;
  EXPECT_TRUE(failsWith(makeMemory(2, 1, memory), W2N_ERROR_INVALID,
                        "a memory has a maximum below its minimum"));
  w2n_memory_config config = W2N_MEMORY_CONFIG_DEFAULT;
  config.page_bytes = 4096;
  w2n_memory *made = nullptr;
  EXPECT_TRUE(failsWith(w2n_memory_new(&config, &made), W2N_ERROR_INVALID,
                        "a memory has pages of 4096 bytes, must be 65536 or 1"));
  config.page_bytes = 0;
  config.is_shared = true;
  EXPECT_TRUE(failsWith(w2n_memory_new(&config, &made), W2N_ERROR_INVALID,
                        "a shared memory has no maximum"));
  GlobalPtr global;
  w2n_value exception = {};
  exception.kind = W2N_EXNREF;
  EXPECT_TRUE(failsWith(makeGlobal(false, exception, global), W2N_ERROR_INVALID,
                        "a kind of value is 7, most is 6"));
  w2n_tag *tag = nullptr;
  EXPECT_TRUE(failsWith(w2n_tag_new(&roundType, &tag), W2N_ERROR_INVALID, "a tag has results"));
  const w2n_function_type payload = {i64s, 1, nullptr, 0};
  ASSERT_TRUE(succeeds(w2n_tag_new(&payload, &tag)));
  w2n_tag_free(tag);
}

// A header that knows fewer fields has them zero.
TEST(HostObjects, ConfigurationsHaveASize) {
  w2n_memory_config config = W2N_MEMORY_CONFIG_DEFAULT;
  config.size = offsetof(w2n_memory_config, page_bytes);
  config.min = 1;
  config.max = 2;
  config.page_bytes = 4096;
  w2n_memory *memory = nullptr;
  ASSERT_TRUE(succeeds(w2n_memory_new(&config, &memory)));
  EXPECT_EQ(w2n_memory_size_bytes(memory), 65536u);
  w2n_memory_free(memory);
}

TEST(HostObjects, TablesAndGlobalsAreReadAndWritten) {
  TablePtr table;
  ASSERT_TRUE(succeeds(makeTable(2, 4, table)));
  w2n_value value = {};
  value.kind = W2N_FUNCREF;
  EXPECT_TRUE(succeeds(w2n_table_set(table.get(), 1, &value)));
  EXPECT_TRUE(failsWith(w2n_table_set(table.get(), 2, &value), W2N_ERROR_INVALID,
                        "a table of 2 elements has no element 2"));
  EXPECT_TRUE(succeeds(w2n_table_grow(table.get(), 2, &value)));
  EXPECT_TRUE(failsWith(w2n_table_grow(table.get(), 1, &value), W2N_ERROR_LIMIT,
                        "cannot grow a table of 4 elements by 1"));
  const w2n_value number = i32(1);
  EXPECT_TRUE(failsWith(w2n_table_set(table.get(), 0, &number), W2N_ERROR_INVALID,
                        "a value of type i32 where one of type funcref is wanted"));
  GlobalPtr global;
  ASSERT_TRUE(succeeds(makeGlobal(true, i32(7), global)));
  EXPECT_EQ(w2n_global_get(global.get()).of.i32, 7);
  EXPECT_TRUE(succeeds(w2n_global_set(global.get(), &number)));
  EXPECT_EQ(w2n_global_get(global.get()).of.i32, 1);
}

TEST(HostObjects, FunctionsOfTheHostAreCalledWithoutAGuest) {
  int calls = 0;
  w2n_function *function = nullptr;
  ASSERT_TRUE(succeeds(w2n_function_new(&roundType, roundUp, &calls, nullptr, &function)));
  const FunctionPtr owner(function);
  w2n_value arg = {}, result = {};
  arg.kind = W2N_I64;
  arg.of.i64 = 3;
  ASSERT_TRUE(succeeds(w2n_function_call(function, &arg, 1, &result, 1)));
  EXPECT_EQ(result.of.f32, 3);
  EXPECT_EQ(calls, 1);
}

// One linker, and each instance knows its own.
TEST_F(ApiTest, InstancesHaveData) {
  int32_t first = 1, second = 2, request = 3;
  InstancePtr one, two, three;
  ASSERT_TRUE(succeeds(define(data)));
  w2n_linker_set_data(linker.get(), &first);
  ASSERT_TRUE(succeeds(instantiate(one)));
  w2n_linker_set_data(linker.get(), &second);
  ASSERT_TRUE(succeeds(instantiate(two)));
  EXPECT_EQ(w2n_instance_data(two.get()), &second);
  EXPECT_TRUE(succeeds(invoke(one.get(), "call-host", 0, 0, result)));
  EXPECT_EQ(result, 1);
  EXPECT_TRUE(succeeds(invoke(two.get(), "call-host", 0, 0, result)));
  EXPECT_EQ(result, 2);
  w2n_instance_set_data(one.get(), &request);
  EXPECT_TRUE(succeeds(invoke(one.get(), "call-host", 0, 0, result)));
  EXPECT_EQ(result, 3);
}

TEST_F(ApiTest, DirectCallsAreCheckedOnce) {
  InstancePtr instance;
  ASSERT_TRUE(succeeds(define(data)));
  ASSERT_TRUE(succeeds(instantiate(instance)));
  w2n_direct add, divide;
  w2n_function *function = w2n_instance_function(instance.get(), "add");
  ASSERT_TRUE(succeeds(w2n_function_direct(function, &sampleType, &add)));
  EXPECT_TRUE(failsWith(w2n_function_direct(function, &roundType, &add), W2N_ERROR_INVALID,
                        "the function has type [i32 i32] -> [i32]"));
  uint64_t slots[] = {40, 2};
  ASSERT_TRUE(succeeds(w2n_direct_call(&add, slots)));
  EXPECT_EQ(uint32_t(slots[0]), 42u);
  ASSERT_TRUE(succeeds(
      w2n_function_direct(w2n_instance_function(instance.get(), "divide"), &sampleType, &divide)));
  slots[1] = 0;
  EXPECT_TRUE(failsWith(w2n_direct_call(&divide, slots), W2N_ERROR_TRAP, "integer divide by zero"));
}

TEST_F(ApiTest, AliasesStandForWhatIsDefined) {
  InstancePtr instance;
  const SampleOptions renamed = {.hostModule = "other", .hostName = "name"};
  ASSERT_TRUE(succeeds(w2n_linker_alias(linker.get(), "other", "name", "env", "host")));
  EXPECT_TRUE(failsWith(w2n_linker_alias(linker.get(), "other", "name", "env", "host"),
                        W2N_ERROR_LINK, "the alias \"other\".\"name\" is already defined"));
  EXPECT_TRUE(failsWith(instantiate(instance, renamed), W2N_ERROR_LINK,
                        "unknown import: \"other\".\"name\" (function [i32 i32] -> [i32])"));
  ASSERT_TRUE(succeeds(define(data)));
  EXPECT_TRUE(succeeds(instantiate(instance, renamed)));
  ASSERT_TRUE(succeeds(w2n_linker_alias_module(linker.get(), "module", "env")));
  EXPECT_TRUE(succeeds(instantiate(instance, {.hostModule = "module"})));
}

TEST_F(ApiTest, UnknownImportsTrapByName) {
  InstancePtr instance;
  w2n_linker_trap_unknown_import(linker.get(), "env", "other");
  EXPECT_TRUE(failsWith(instantiate(instance), W2N_ERROR_LINK,
                        "unknown import: \"env\".\"host\" (function [i32 i32] -> [i32])"));
  w2n_linker_trap_unknown_import(linker.get(), "env", "host");
  ASSERT_TRUE(succeeds(instantiate(instance)));
  EXPECT_TRUE(failsWith(invoke(instance.get(), "call-host", 0, 0, result), W2N_ERROR_TRAP,
                        "unknown import called: \"env\".\"host\""));
  w2n_linker_trap_unknown_import(linker.get(), "all", nullptr);
  EXPECT_TRUE(succeeds(instantiate(instance, {.hostModule = "all"})));
}

w2n_error *leave(w2n_caller *, void *, const w2n_value *, w2n_value *) {
  return w2n_error_new_exit(7);
}

TEST_F(ApiTest, HostFunctionsEndTheProgram) {
  InstancePtr instance;
  ASSERT_TRUE(succeeds(define(leave)));
  ASSERT_TRUE(succeeds(instantiate(instance)));
  const ErrorPtr error(invoke(instance.get(), "call-host", 0, 0, result));
  ASSERT_TRUE(error);
  EXPECT_EQ(w2n_error_kind_of(error.get()), W2N_ERROR_EXIT);
  EXPECT_EQ(w2n_error_exit_status(error.get()), 7u);
}

} // namespace
} // namespace w2n::test
