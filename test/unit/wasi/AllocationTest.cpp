// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Calls that guests make in loops allocate nothing.
#include "runtime/wasi/CallTable.h"
#include "runtime/wasi/WasiContext.h"
#include "test/unit/wasi/TemporaryDirectory.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <new>
#include <sys/syscall.h>
#include <unistd.h>

namespace {
thread_local uint64_t allocations = 0;

void *allocate(size_t bytes) {
  ++allocations;
  if (void *memory = std::malloc(bytes))
    return memory;
  std::abort();
}
} // namespace

// The program's, counted. The forms for arrays come here, too.
void *operator new(size_t bytes) { return allocate(bytes); }
void *operator new(size_t bytes, const std::nothrow_t &) noexcept { return allocate(bytes); }
void operator delete(void *memory) noexcept { std::free(memory); }
void operator delete(void *memory, size_t) noexcept { std::free(memory); }

using namespace w2n::wasi;

namespace {

class AllocationTest : public testing::Test {
protected:
  void SetUp() override {
    host.makeDirectory("root/dir");
    host.write("root/file", "0123456789");
    WasiOptions options;
    options.preopens = {{host / "root", "/root"}};
    context = *WasiContext::create(std::move(options));
    std::memcpy(bytes.data() + name, "file", nameBytes);
    std::memcpy(bytes.data() + longName, longText.data(), longText.size());
    ASSERT_EQ(call("path_open", root, 0, name, nameBytes, 0, rights, 0, 0, 0), Errno::Success);
    std::memcpy(&file, bytes.data(), sizeof(file));
    const IoVector vectors[] = {{64, 1}, {128, 1}};
    std::memcpy(bytes.data() + list, vectors, sizeof(vectors));
    std::array<Subscription, 2> subscriptions = {};
    subscriptions[1].type = EventType::FdRead;
    subscriptions[1].fd = file;
    std::memcpy(bytes.data() + waits, subscriptions.data(), sizeof(subscriptions));
  }

  Errno call(std::string_view function, auto... arguments) {
    std::array slots = {w2n::runtime::Slot(arguments)..., w2n::runtime::Slot(0)};
    EXPECT_TRUE(
        findCall("wasi_snapshot_preview1", function)->invoke(*context, GuestMemory(bytes), slots));
    return Errno(slots[0]);
  }

  /// The number of allocations of a call that succeeds.
  uint64_t allocationsOf(std::string_view function, auto... arguments) {
    const uint64_t before = allocations;
    EXPECT_EQ(call(function, arguments...), Errno::Success) << function;
    return allocations - before;
  }

  static constexpr uint32_t root = 3, name = 16, nameBytes = 4, list = 32, longName = 256,
                            waits = 1024, events = 2048;
  static constexpr Rights rights = rights::fdRead | rights::fdWrite | rights::fdSeek |
                                   rights::fdTell | rights::fdFilestatGet | rights::pollFdReadwrite;
  // Longer than what a std::string has room for.
  const std::string longText = "dir/../dir/../dir/../dir/../file";
  std::vector<uint8_t> bytes = std::vector<uint8_t>(4096);
  TemporaryDirectory host;
  std::shared_ptr<WasiContext> context;
  uint32_t file = 0;
};

/// If the kernel has none (qemu's emulation of one), a path of several names is walked, and the
/// folders on the way are kept in a list.
bool hasOpenat2() {
  return syscall(SYS_openat2, AT_FDCWD, ".", nullptr, size_t(0)) == 0 || errno != ENOSYS;
}

TEST_F(AllocationTest, CallsInLoopsAllocateNothing) {
  EXPECT_EQ(allocationsOf("clock_time_get", 1, 0, 0), 0u);
  EXPECT_EQ(allocationsOf("clock_res_get", 1, 0), 0u);
  EXPECT_EQ(allocationsOf("random_get", 64, 16), 0u);
  EXPECT_EQ(allocationsOf("sched_yield"), 0u);
  EXPECT_EQ(allocationsOf("fd_write", file, list, 2, 0), 0u);
  EXPECT_EQ(allocationsOf("fd_seek", file, 0, 0, 0), 0u);
  EXPECT_EQ(allocationsOf("fd_tell", file, 0), 0u);
  EXPECT_EQ(allocationsOf("fd_read", file, list, 2, 0), 0u);
  EXPECT_EQ(allocationsOf("fd_pread", file, list, 2, 0, 0), 0u);
  EXPECT_EQ(allocationsOf("fd_pwrite", file, list, 2, 0, 0), 0u);
  EXPECT_EQ(allocationsOf("fd_filestat_get", file, 64), 0u);
  EXPECT_EQ(allocationsOf("fd_fdstat_get", file, 64), 0u);
  call("fd_readdir", root, 64, 128, 0, 0); // the list of cookies has to become long enough
  EXPECT_EQ(allocationsOf("fd_readdir", root, 64, 128, 0, 0), 0u);
  EXPECT_EQ(allocationsOf("path_filestat_get", root, 0, name, nameBytes, 64), 0u);
  if (hasOpenat2())
    EXPECT_EQ(allocationsOf("path_filestat_get", root, 0, longName, longText.size(), 64), 0u);
  EXPECT_EQ(allocationsOf("path_create_directory", root, name + 1, nameBytes - 1), 0u);
  EXPECT_EQ(allocationsOf("path_remove_directory", root, name + 1, nameBytes - 1), 0u);
  EXPECT_EQ(allocationsOf("poll_oneoff", waits, events, 2, 0), 0u);
}

TEST_F(AllocationTest, OpeningAllocatesTheFileAlone) {
  for (int round = 0; round < 2; ++round) { // the first may make the table grow
    const uint64_t count =
        allocationsOf("path_open", root, 0, longName, longText.size(), 0, rights, 0, 0, 0);
    uint32_t opened;
    std::memcpy(&opened, bytes.data(), sizeof(opened));
    EXPECT_EQ(allocationsOf("fd_close", opened), 0u);
    if (hasOpenat2())
      EXPECT_LE(count, round == 0 ? 2u : 1u);
  }
}

} // namespace
