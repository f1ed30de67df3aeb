// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Running out of what the system gives is an error, after which everything works again; and a
// process that is killed leaves nothing behind.
#include "runtime/core/ExceptionHeap.h"
#include "runtime/core/Instance.h"
#include "runtime/core/InstancePool.h"
#include "runtime/core/Table.h"
#include "runtime/platform/VirtualMemory.h"
#include "test/unit/AddressSpaceLimit.h"
#include "test/unit/SampleModule.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace w2n::runtime {
namespace {

std::optional<Extern> host(std::string_view, std::string_view, wasm::ExternKind) {
  return makeHostFunction(
      {{wasm::ValueType::i32(), wasm::ValueType::i32()}, {wasm::ValueType::i32()}},
      [](Caller, std::span<Slot>) -> Status { return {}; });
}

/// Sets a limit of the process for as long as it lives.
class ProcessLimit {
public:
  ProcessLimit(__rlimit_resource resource, rlim_t value) : resource(resource) {
    getrlimit(resource, &before);
    const rlimit now = {value, before.rlim_max};
    EXPECT_EQ(setrlimit(resource, &now), 0);
  }
  ~ProcessLimit() { setrlimit(resource, &before); }

private:
  const __rlimit_resource resource;
  rlimit before;
};

TEST(Exhaustion, WithoutDescriptorsModulesAreNotLoaded) {
  const auto file = test::buildSample();
  const int lowestFree = dup(0);
  close(lowestFree);
  {
    const ProcessLimit limit(RLIMIT_NOFILE, rlim_t(lowestFree));
    auto module = Module::loadBytes(file, "sample");
    ASSERT_FALSE(module);
    EXPECT_EQ(module.error().kind, ErrorKind::Io);
    EXPECT_FALSE(Module::load("/proc/self/exe"));
    EXPECT_FALSE(Module::loadDescriptor(0, "standard input"));
  }
  auto module = Module::loadBytes(file, "sample");
  ASSERT_TRUE(module) << module.error().text;
  const auto pool = InstancePool::create({.slots = 1});
  {
    // A pool does without the page map then, or has it open already.
    const ProcessLimit limit(RLIMIT_NOFILE, rlim_t(lowestFree));
    for (int round = 0; round < 3; ++round)
      EXPECT_TRUE(Instance::instantiate(*module, host, {.pool = *pool}));
  }
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(Exhaustion, WithoutAddressesInstancesAreNotMade) {
  if (!test::systemLimitsAddressSpace())
    GTEST_SKIP() << "address space has no limit here";
  auto module = test::loadBytes(test::buildSample());
  ASSERT_TRUE(module);
  {
    const ProcessLimit limit(RLIMIT_AS, rlim_t(4) << 30);
    auto instance = Instance::instantiate(*module, host);
    ASSERT_FALSE(instance);
    EXPECT_EQ(instance.error().kind, ErrorKind::Limit);
    auto pool = InstancePool::create({.slots = 1});
    ASSERT_FALSE(pool);
    EXPECT_EQ(pool.error().kind, ErrorKind::Limit);
  }
  EXPECT_TRUE(Instance::instantiate(*module, host));
  EXPECT_TRUE(InstancePool::create({.slots = 1}));
}

/// Limits the process to `bytes` more than it has now.
rlim_t addressesAnd(uint64_t bytes) {
  uint64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return rlim_t(pages * uint64_t(sysconf(_SC_PAGESIZE)) + bytes);
}

// Whatever guests take, something is left for what the host allocates, whose failure ends it.
TEST(Exhaustion, GuestsLeaveTheHostSomething) {
  if (!test::systemLimitsAddressSpace())
    GTEST_SKIP() << "address space has no limit here";
  const ProcessLimit limit(RLIMIT_AS, addressesAnd(200 << 20));
  HostBudget budget(UINT64_MAX);
  ExceptionHeap exceptions;
  size_t count = 0;
  for (; exceptions.make(3, budget); ++count)
    ASSERT_LT(count, 10'000'000u);
  EXPECT_GT(count, 100'000u);
  // A table takes memory in another way, and still grows.
  auto table = Table::create({wasm::ValueType::externref(), {}}, 0);
  ASSERT_TRUE(table);
  while ((*table)->grow(100'000, 1) >= 0)
    ASSERT_LT((*table)->size(), 100'000'000u);
  EXPECT_EQ((*table)->grow(4'000'000, 1), -1);
  EXPECT_FALSE(platform::reserve(32 << 20));
  const auto ofTheHost = std::unique_ptr<char[]>(new (std::nothrow) char[8 << 20]);
  EXPECT_TRUE(ofTheHost);
}
#endif

/// Makes instances until somebody ends the process.
[[noreturn]] void churn(const std::vector<uint8_t> &file) {
  const auto pool = *InstancePool::create({.slots = 2});
  for (;;) {
    auto module = Module::loadBytes(file, "sample");
    for (int i = 0; i < 10; ++i) {
      auto pooled = Instance::instantiate(*module, host, {.pool = pool});
      auto other = Instance::instantiate(*module, host);
      if (!pooled || !other)
        _exit(1);
    }
  }
}

TEST(Exhaustion, KilledProcessesLeaveNothingBehind) {
  namespace fs = std::filesystem;
  const auto file = test::buildSample();
  std::string folder = testing::TempDir() + "w2n-killed-XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  for (useconds_t delay = 0; delay < 10'000; delay += 500) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      setenv("TMPDIR", folder.c_str(), 1);
      if (chdir(folder.c_str()) != 0)
        _exit(2);
      churn(file);
    }
    usleep(delay);
    kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFSIGNALED(status)) << WEXITSTATUS(status);
  }
  EXPECT_TRUE(fs::is_empty(folder));
  for (const auto &entry : fs::directory_iterator("/dev/shm"))
    EXPECT_EQ(entry.path().string().find("wasm2native"), std::string::npos) << entry.path();
  fs::remove(folder);
}

} // namespace
} // namespace w2n::runtime
