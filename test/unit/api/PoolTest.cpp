// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Ways of loading, limits and pools.
#include "test/unit/api/Sample.h"

#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <thread>
#include <unistd.h>

namespace w2n::test {
namespace {

using PoolPtr = std::unique_ptr<w2n_pool, Freer<w2n_pool_free>>;

w2n_error *product(w2n_caller *, void *, const w2n_value *args, w2n_value *results) {
  results[0].of.i32 = args[0].of.i32 * args[1].of.i32;
  return nullptr;
}

w2n_error *sum(w2n_caller *, void *, const w2n_value *args, w2n_value *results) {
  results[0].of.i32 = args[0].of.i32 + args[1].of.i32;
  return nullptr;
}

class PoolTest : public ApiTest {
protected:
  void SetUp() override {
    ASSERT_TRUE(succeeds(loadModule(buildSample(), module)));
    ASSERT_TRUE(succeeds(define(product)));
  }
  w2n_error *make(InstancePtr &out) {
    w2n_instance *made = nullptr;
    w2n_error *error = w2n_linker_instantiate(linker.get(), module.get(), &made);
    out.reset(made);
    return error;
  }
  static PoolPtr makePool(uint32_t slots) {
    w2n_pool_config config = W2N_POOL_CONFIG_DEFAULT;
    config.slots = slots;
    w2n_pool *pool = nullptr;
    EXPECT_TRUE(succeeds(w2n_pool_new(&config, &pool)));
    return PoolPtr(pool);
  }
  ModulePtr module;
};

TEST_F(PoolTest, LoadsBytesAndDescriptors) {
  auto file = buildSample();
  const auto load = [&](w2n_verify verify) {
    w2n_module *loaded = nullptr;
    w2n_error *error = w2n_module_load_bytes(file.data(), file.size(), verify, &loaded);
    module.reset(loaded);
    return error;
  };
  for (w2n_verify verify : {W2N_VERIFY_EVERYTHING, W2N_VERIFY_STRUCTURE}) {
    InstancePtr instance;
    ASSERT_TRUE(succeeds(load(verify)));
    ASSERT_TRUE(succeeds(make(instance)));
    EXPECT_TRUE(succeeds(invoke(instance.get(), "call-host", 6, 7, result)));
    EXPECT_EQ(result, 42);
  }
  const int descriptor = memfd_create("artifact", MFD_CLOEXEC);
  ASSERT_EQ(write(descriptor, file.data(), file.size()), ssize_t(file.size()));
  w2n_module *loaded = nullptr;
  ASSERT_TRUE(succeeds(w2n_module_load_descriptor(descriptor, W2N_VERIFY_EVERYTHING, &loaded)));
  module.reset(loaded);
  EXPECT_EQ(close(descriptor), 0); // still the caller's
  InstancePtr instance;
  EXPECT_TRUE(succeeds(make(instance)));
  ErrorPtr closed(w2n_module_load_descriptor(descriptor, W2N_VERIFY_EVERYTHING, &loaded));
  ASSERT_TRUE(closed);
  EXPECT_EQ(w2n_error_kind_of(closed.get()), W2N_ERROR_IO);

  // One bit past all headers: only who reads everything notices.
  file[file.size() - 1] ^= 1;
  ErrorPtr damaged(load(W2N_VERIFY_EVERYTHING));
  ASSERT_TRUE(damaged);
  EXPECT_EQ(w2n_error_kind_of(damaged.get()), W2N_ERROR_MALFORMED);
  EXPECT_TRUE(succeeds(load(W2N_VERIFY_STRUCTURE)));
}

TEST_F(PoolTest, InstancesTakeSlotsAndGiveThemBack) {
  PoolPtr pool = makePool(2);
  w2n_linker_set_pool(linker.get(), pool.get(), false);
  pool.reset(); // the linker keeps it
  for (int round = 0; round < 3; ++round) {
    InstancePtr first, second, third;
    ASSERT_TRUE(succeeds(make(first)));
    ASSERT_TRUE(succeeds(make(second)));
    EXPECT_TRUE(failsWith(make(third), W2N_ERROR_LIMIT, "all 2 slots of the pool are in use"));
    w2n_memory *memory = w2n_instance_memory(first.get(), "memory");
    auto *bytes = static_cast<char *>(w2n_memory_at(memory, 0, 65536));
    EXPECT_STREQ(bytes, "");
    EXPECT_STREQ(bytes + 16384, "image");
    std::memset(bytes, 'x', 65536);
    EXPECT_TRUE(succeeds(w2n_memory_grow(memory, 1)));
    second.reset();
    EXPECT_TRUE(succeeds(make(third)));
    EXPECT_TRUE(succeeds(invoke(third.get(), "call-host", 6, 7, result)));
    EXPECT_EQ(result, 42);
  }
  w2n_linker_set_pool(linker.get(), nullptr, false);
  InstancePtr many[3];
  for (InstancePtr &instance : many)
    EXPECT_TRUE(succeeds(make(instance)));
}

TEST_F(PoolTest, ThreadsTakeSlotsOfOnePool) {
  PoolPtr pool = makePool(2);
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i)
    threads.emplace_back([&] {
      LinkerPtr own(w2n_linker_new());
      EXPECT_TRUE(succeeds(w2n_linker_define_function(own.get(), "env", "host", &sampleType,
                                                      product, nullptr, nullptr)));
      w2n_linker_set_pool(own.get(), pool.get(), true);
      for (int round = 0; round < 50; ++round) {
        w2n_instance *made = nullptr;
        ASSERT_TRUE(succeeds(w2n_linker_instantiate(own.get(), module.get(), &made)));
        const InstancePtr instance(made);
        int32_t found = -1;
        EXPECT_TRUE(succeeds(invoke(made, "load", 30000, 0, found)));
        EXPECT_EQ(found, 0);
        EXPECT_TRUE(succeeds(invoke(made, "fill", 0, 65536, found)));
      }
    });
  for (std::thread &thread : threads)
    thread.join();
}

TEST_F(PoolTest, WrongPoolsAreErrors) {
  w2n_pool_config config = W2N_POOL_CONFIG_DEFAULT;
  w2n_pool *pool = nullptr;
  config.slots = 0;
  EXPECT_TRUE(failsWith(w2n_pool_new(&config, &pool), W2N_ERROR_INVALID,
                        "a pool of 0 slots, must be 1 to 1048576"));
  EXPECT_EQ(pool, nullptr);
  w2n_pool_free(nullptr);
}

TEST_F(PoolTest, LimitsHold) {
  w2n_limits limits = {};
  limits.max_memory_bytes = 2 * 65536;
  limits.max_instances = 1;
  w2n_linker_set_limits(linker.get(), &limits);
  InstancePtr instance, second;
  ASSERT_TRUE(succeeds(make(instance)));
  EXPECT_TRUE(failsWith(make(second), W2N_ERROR_LIMIT,
                        "there are already 1 instances, as many as the limit allows"));
  EXPECT_TRUE(succeeds(invoke(instance.get(), "grow", 1, 0, result)));
  EXPECT_EQ(result, 1);
  EXPECT_TRUE(succeeds(invoke(instance.get(), "grow", 1, 0, result)));
  EXPECT_EQ(result, -1);
  limits = {};
  limits.max_memory_bytes = 65535;
  w2n_linker_set_limits(linker.get(), &limits);
  EXPECT_TRUE(failsWith(make(second), W2N_ERROR_LIMIT,
                        "memory has 1 pages of 65536 bytes, the limit is 65535 bytes"));
  limits = {};
  limits.max_host_bytes = 100;
  w2n_linker_set_limits(linker.get(), &limits);
  ErrorPtr error(make(second));
  ASSERT_TRUE(error);
  EXPECT_EQ(w2n_error_kind_of(error.get()), W2N_ERROR_LIMIT);
  EXPECT_TRUE(std::string_view(w2n_error_text(error.get())).starts_with("an instance needs "))
      << w2n_error_text(error.get());
}

TEST_F(PoolTest, WhatIsDefinedLaterCounts) {
  linker.reset(w2n_linker_new());
  w2n_linker_trap_unknown_imports(linker.get(), true);
  InstancePtr before, after;
  ASSERT_TRUE(succeeds(make(before)));
  ASSERT_TRUE(succeeds(define(sum)));
  ASSERT_TRUE(succeeds(make(after)));
  ErrorPtr unknown(invoke(before.get(), "call-host", 1, 2, result));
  EXPECT_TRUE(unknown);
  EXPECT_TRUE(succeeds(invoke(after.get(), "call-host", 1, 2, result)));
  EXPECT_EQ(result, 3);
}

} // namespace
} // namespace w2n::test
