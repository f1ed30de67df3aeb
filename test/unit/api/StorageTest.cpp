// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Memories, globals, tables, and the references in them.
#include "test/unit/api/Sample.h"

#include <cstring>

namespace w2n::test {
namespace {

class ApiStorageTest : public ApiTest {
protected:
  void SetUp() override {
    ASSERT_TRUE(succeeds(define([](w2n_caller *, void *, const w2n_value *,
                                   w2n_value *) -> w2n_error * { return nullptr; })));
    ASSERT_TRUE(succeeds(instantiate(sample)));
    ModulePtr module;
    ASSERT_TRUE(succeeds(loadModule(buildStorage(), module)));
    w2n_instance *instance = nullptr;
    ASSERT_TRUE(succeeds(w2n_linker_instantiate(linker.get(), module.get(), &instance)));
    storage.reset(instance);
  }
  w2n_global *global(const char *name) { return w2n_instance_global(storage.get(), name); }
  /// Sets the global `name` to `value` and gets it again.
  w2n_value roundTrip(const char *name, const w2n_value &value) {
    EXPECT_TRUE(succeeds(w2n_global_set(global(name), &value)));
    return w2n_global_get(global(name));
  }

  InstancePtr sample, storage;
};

TEST_F(ApiStorageTest, MemoryIsCheckedAtItsEnd) {
  w2n_memory *memory = w2n_instance_memory(sample.get(), "memory");
  ASSERT_TRUE(memory);
  EXPECT_EQ(w2n_memory_size_bytes(memory), 65536u);
  auto *base = static_cast<uint8_t *>(w2n_memory_at(memory, 0, 0));
  ASSERT_TRUE(base);
  EXPECT_EQ(w2n_memory_at(memory, 65535, 1), base + 65535);
  EXPECT_EQ(w2n_memory_at(memory, 65536, 0), base + 65536);
  EXPECT_EQ(w2n_memory_at(memory, 65535, 2), nullptr);
  EXPECT_EQ(w2n_memory_at(memory, 65537, 0), nullptr);
  EXPECT_EQ(w2n_memory_at(memory, 1, UINT64_MAX), nullptr);
  EXPECT_EQ(w2n_memory_at(memory, UINT64_MAX, 1), nullptr);
}

TEST_F(ApiStorageTest, MemoryGrowsWithoutMoving) {
  w2n_memory *memory = w2n_instance_memory(sample.get(), "memory");
  void *base = w2n_memory_at(memory, 0, 0);
  EXPECT_TRUE(succeeds(w2n_memory_grow(memory, 2)));
  EXPECT_EQ(w2n_memory_size_bytes(memory), 3 * 65536u);
  EXPECT_EQ(w2n_memory_at(memory, 0, 3 * 65536), base);
  std::memset(w2n_memory_at(memory, 3 * 65536 - 4, 4), 1, 4);
  EXPECT_TRUE(succeeds(invoke(sample.get(), "load", 3 * 65536 - 4, 0, result)));
  EXPECT_EQ(result, 0x01010101);
  EXPECT_TRUE(failsWith(w2n_memory_grow(memory, 65536), W2N_ERROR_LIMIT,
                        "cannot grow a memory of 3 pages by 65536"));
}

TEST_F(ApiStorageTest, GlobalsHoldEveryType) {
  w2n_value value = i32(INT32_MIN);
  EXPECT_EQ(roundTrip("i32", value).of.i32, INT32_MIN);
  value.kind = W2N_I64;
  value.of.i64 = INT64_MIN;
  EXPECT_EQ(roundTrip("i64", value).of.i64, INT64_MIN);
  value.kind = W2N_F32;
  value.of.f32 = -1.5f;
  EXPECT_EQ(roundTrip("f32", value).of.f32, -1.5f);
  value.kind = W2N_F64;
  value.of.f64 = 1e300;
  EXPECT_EQ(roundTrip("f64", value).of.f64, 1e300);
  value.kind = W2N_V128;
  value.of.v128[0] = 1;
  value.of.v128[1] = 2;
  EXPECT_EQ(roundTrip("v128", value).of.v128[1], 2u);
  value.kind = W2N_EXTERNREF;
  value.of.externref = this;
  EXPECT_EQ(roundTrip("externref", value).of.externref, this);
}

TEST_F(ApiStorageTest, WrongAssignmentsAreErrors) {
  const w2n_value value = i32(1);
  EXPECT_TRUE(failsWith(w2n_global_set(global("fixed"), &value), W2N_ERROR_INVALID,
                        "the global is immutable"));
  EXPECT_TRUE(failsWith(w2n_global_set(global("f64"), &value), W2N_ERROR_INVALID,
                        "a global of type f64 set to a value of type i32"));
}

TEST_F(ApiStorageTest, ReferencesKeepTheirFunctionsAlive) {
  w2n_value reference = {};
  reference.kind = W2N_FUNCREF;
  EXPECT_EQ(roundTrip("funcref", reference).of.funcref, nullptr);
  reference.of.funcref = w2n_instance_function(sample.get(), "add");
  ASSERT_TRUE(succeeds(w2n_global_set(global("funcref"), &reference)));
  sample.reset();
  linker.reset();
  w2n_function *add = w2n_global_get(global("funcref")).of.funcref;
  ASSERT_TRUE(add);
  EXPECT_EQ(w2n_global_get(global("funcref")).of.funcref, add);
  const w2n_value args[] = {i32(40), i32(2)};
  w2n_value sum;
  EXPECT_TRUE(succeeds(w2n_function_call(add, args, 2, &sum, 1)));
  EXPECT_EQ(sum.of.i32, 42);
}

TEST_F(ApiStorageTest, TablesAreRead) {
  w2n_table *table = w2n_instance_table(storage.get(), "table");
  ASSERT_TRUE(table);
  EXPECT_EQ(w2n_table_size(table), 2u);
  w2n_value element = i32(1);
  EXPECT_TRUE(w2n_table_get(table, 1, &element));
  EXPECT_EQ(element.kind, W2N_FUNCREF);
  EXPECT_EQ(element.of.funcref, nullptr);
  EXPECT_FALSE(w2n_table_get(table, 2, &element));
}

} // namespace
} // namespace w2n::test
