// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The calls themselves, on a memory that the test looks into.
#include "runtime/wasi/Calls.h"

#include "runtime/core/Interrupt.h"
#include "runtime/wasi/CallTable.h"
#include "runtime/wasi/WasiContext.h"
#include "test/unit/wasi/TemporaryDirectory.h"
#include "test/unit/wasi/WriteCheck.h"

#include <array>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <set>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <thread>

using namespace w2n::wasi;

namespace {

constexpr uint32_t memoryBytes = 65536;
constexpr uint32_t outside = memoryBytes - 2;

class CallsTest : public testing::TestWithParam<PathMethod> {
protected:
  void SetUp() override {
    host.makeDirectory("root/dir");
    host.makeDirectory("outside");
    host.write("root/file", "0123456789");
    host.write("secret", "secret");
    host.link("../outside", "root/out-dir");
    host.link("../secret", "root/out-file");
    host.link("dir", "root/to-dir");
    input = Descriptor(open("/dev/null", O_RDONLY | O_CLOEXEC));
    WasiOptions options;
    options.arguments = {"program", "x"};
    options.environment = {"A=1"};
    options.preopens = {{host / "root", "/root"}, {host / "root", "/fixed", /*readOnly=*/true}};
    options.standardInput = input.get();
    options.standardOutput = options.standardError = -1;
    options.pathMethod = GetParam();
    auto created = WasiContext::create(std::move(options));
    ASSERT_TRUE(created);
    context = *created;
  }

  GuestMemory memory() { return GuestMemory(bytes); }
  template <typename T> T load(uint32_t address) {
    return memory().view(GuestPointer<T>{address})->load();
  }
  template <typename T> void store(uint32_t address, const T &value) {
    std::memcpy(bytes.data() + address, &value, sizeof(T));
  }
  /// Puts a path in memory, at a place for each of two.
  std::pair<uint32_t, uint32_t> path(const std::string &text, uint32_t place = 1024) {
    std::memcpy(bytes.data() + place, text.data(), text.size());
    return {place, uint32_t(text.size())};
  }
  /// As a guest calls it.
  Errno call(std::string_view name, auto... arguments) {
    std::array slots = {w2n::runtime::Slot(arguments)..., w2n::runtime::Slot(0)};
    const Call *found = findCall("wasi_snapshot_preview1", name);
    EXPECT_EQ(found->type().params.size(), sizeof...(arguments));
    const WriteCheck check(*found, *context, bytes, slots);
    EXPECT_TRUE(found->invoke(*context, memory(), slots));
    EXPECT_TRUE(check.holds(slots)) << name << " writes where it does not say";
    return Errno(slots[0]);
  }

  Errno open_(const std::string &text, uint32_t openFlags = 0, Rights base = rights::fdRead,
              uint32_t fd = root, uint32_t lookup = lookupflags::symlinkFollow) {
    auto [pointer, count] = path(text);
    return call("path_open", fd, lookup, pointer, count, openFlags, base, ~Rights(0), 0, 0);
  }
  uint32_t opened() { return load<uint32_t>(0); }

  Errno onPath(const char *name, const std::string &text, uint32_t fd = root) {
    auto [pointer, count] = path(text);
    return call(name, fd, pointer, count);
  }
  Errno rename_(const std::string &from, const std::string &to, uint32_t fromFd = root) {
    auto [fromPointer, fromCount] = path(from);
    auto [toPointer, toCount] = path(to, 8192);
    return call("path_rename", fromFd, fromPointer, fromCount, root, toPointer, toCount);
  }
  Errno link_(const std::string &from, const std::string &to, uint32_t fromFd = root) {
    auto [fromPointer, fromCount] = path(from);
    auto [toPointer, toCount] = path(to, 8192);
    return call("path_link", fromFd, 0, fromPointer, fromCount, root, toPointer, toCount);
  }
  Errno symlink_(const std::string &target, const std::string &name, uint32_t fd = root) {
    auto [targetPointer, targetCount] = path(target);
    auto [pointer, count] = path(name, 8192);
    return call("path_symlink", targetPointer, targetCount, fd, pointer, count);
  }

  /// Makes a new context whose standard output is a pipe that nobody reads, and puts a list of one
  /// buffer of a byte at 16.
  void openBrokenPipe() {
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    close(ends[0]);
    brokenPipe = Descriptor(ends[1]);
    WasiOptions options;
    options.standardOutput = brokenPipe.get();
    context = *WasiContext::create(std::move(options));
    store(16, IoVector{64, 1});
  }

  static constexpr uint32_t root = 3, fixed = 4;
  static constexpr uint32_t create = oflags::create;
  static constexpr Rights reads = rights::fdRead | rights::fdSeek | rights::fdTell,
                          writes = rights::fdWrite;
  std::vector<uint8_t> bytes = std::vector<uint8_t>(memoryBytes);
  TemporaryDirectory host;
  Descriptor input, brokenPipe;
  std::shared_ptr<WasiContext> context;
};

TEST_P(CallsTest, StringsAreWrittenWholeOrNotAtAll) {
  EXPECT_EQ(call("args_sizes_get", 0, 4), Errno::Success);
  EXPECT_EQ(load<uint32_t>(0), 2u);
  EXPECT_EQ(load<uint32_t>(4), sizeof("program") + sizeof("x"));
  EXPECT_EQ(call("args_get", 16, 64), Errno::Success);
  EXPECT_EQ(load<uint32_t>(20), 64 + sizeof("program"));
  EXPECT_STREQ(reinterpret_cast<char *>(bytes.data()) + 64, "program");
  std::vector<uint8_t> before = bytes;
  EXPECT_EQ(call("args_get", 32, outside), Errno::Fault);
  EXPECT_EQ(call("args_get", outside, 64), Errno::Fault);
  EXPECT_EQ(bytes, before);
}

TEST_P(CallsTest, PointersAreCheckedBeforeAnyEffect) {
  ASSERT_EQ(open_("file", 0, reads | writes), Errno::Success);
  uint32_t fd = opened();
  store(16, IoVector{64, 4});
  store(24, IoVector{outside, 4});
  EXPECT_EQ(call("fd_read", fd, 16, 2, 0), Errno::Fault);
  EXPECT_EQ(call("fd_read", fd, 16, 1, outside), Errno::Fault);
  EXPECT_EQ(call("fd_read", fd, outside, 1, 0), Errno::Fault);
  EXPECT_EQ(call("fd_read", fd, 16, UINT32_MAX, 0), Errno::Fault);
  EXPECT_EQ(call("fd_write", fd, 16, 2, 0), Errno::Fault);
  EXPECT_EQ(call("fd_tell", fd, 0), Errno::Success);
  EXPECT_EQ(load<uint64_t>(0), 0u);
  EXPECT_EQ(host.read("root/file"), "0123456789");
  EXPECT_EQ(call("path_open", root, 0, outside, 8, create, writes, 0, 0, 0), Errno::Fault);
  auto [pointer, count] = path("new");
  EXPECT_EQ(call("path_open", root, 0, pointer, count, create, writes, 0, 0, outside),
            Errno::Fault);
  EXPECT_FALSE(host.exists("root/new"));
  EXPECT_EQ(call("random_get", outside, UINT32_MAX), Errno::Fault);
}

TEST_P(CallsTest, ReadsIntoSeveralBuffers) {
  ASSERT_EQ(open_("file", 0, reads), Errno::Success);
  uint32_t fd = opened();
  store(16, IoVector{64, 0});
  store(24, IoVector{64, 3});
  store(32, IoVector{128, 100});
  ASSERT_EQ(call("fd_read", fd, 16, 3, 0), Errno::Success);
  EXPECT_EQ(load<uint32_t>(0), 10u);
  EXPECT_EQ(std::memcmp(bytes.data() + 64, "012", 3), 0);
  EXPECT_EQ(std::memcmp(bytes.data() + 128, "3456789", 7), 0);
  ASSERT_EQ(call("fd_pread", fd, 24, 1, 5, 0), Errno::Success);
  EXPECT_EQ(std::memcmp(bytes.data() + 64, "567", 3), 0);
}

TEST_P(CallsTest, RightsLimitADescriptor) {
  ASSERT_EQ(open_("file", 0, reads), Errno::Success);
  uint32_t fd = opened();
  store(16, IoVector{64, 1});
  EXPECT_EQ(call("fd_write", fd, 16, 1, 0), Errno::NotCapable);
  EXPECT_EQ(call("fd_filestat_set_size", fd, 0), Errno::NotCapable);
  EXPECT_EQ(call("fd_fdstat_set_rights", fd, reads | writes, 0), Errno::NotCapable);
  EXPECT_EQ(call("fd_fdstat_set_rights", fd, rights::fdTell, 0), Errno::Success);
  EXPECT_EQ(call("fd_read", fd, 16, 1, 0), Errno::NotCapable);
  EXPECT_EQ(call("fd_write", 0, 16, 1, 0), Errno::NotCapable);
  EXPECT_EQ(call("fd_fdstat_set_flags", 0, fdflags::nonblock), Errno::NotCapable);
  EXPECT_EQ(open_("x", create, writes, fd), Errno::NotDir);
}

TEST_P(CallsTest, ReadOnlyDirectoriesStaySo) {
  EXPECT_EQ(open_("file", 0, reads, fixed), Errno::Success);
  EXPECT_EQ(open_("file", 0, writes, fixed), Errno::NotCapable);
  EXPECT_EQ(open_("file", oflags::truncate, reads, fixed), Errno::NotCapable);
  EXPECT_EQ(open_("new", create, reads, fixed), Errno::NotCapable);
  EXPECT_EQ(onPath("path_create_directory", "new", fixed), Errno::NotCapable);
  EXPECT_EQ(onPath("path_unlink_file", "file", fixed), Errno::NotCapable);
  EXPECT_EQ(onPath("path_remove_directory", "dir", fixed), Errno::NotCapable);
  EXPECT_EQ(rename_("file", "moved", fixed), Errno::NotCapable);
  EXPECT_EQ(link_("file", "moved", fixed), Errno::NotCapable);
  EXPECT_EQ(symlink_("file", "new", fixed), Errno::NotCapable);
  // A directory opened in it passes on no more.
  ASSERT_EQ(open_("dir", oflags::directory,
                  rights::fdReaddir | rights::pathOpen | rights::pathCreateFile, fixed),
            Errno::Success);
  EXPECT_EQ(open_("new", create, writes, opened()), Errno::NotCapable);
}

// As Go's standard library opens a file to read it.
TEST_P(CallsTest, ARightToSetTheSizeAsksForNoAccess) {
  constexpr Rights wanted = rights::fdRead | rights::fdAllocate | rights::fdFilestatSetSize;
  auto granted = [&] {
    EXPECT_EQ(call("fd_fdstat_get", opened(), 64), Errno::Success);
    return load<FdStat>(64).base;
  };
  ASSERT_EQ(open_("file", 0, wanted), Errno::Success);
  EXPECT_EQ(granted(), wanted);
  EXPECT_EQ(call("fd_filestat_set_size", opened(), 3), Errno::Success);
  EXPECT_EQ(host.read("root/file"), "012");
  store(16, IoVector{64, 1});
  EXPECT_EQ(call("fd_write", opened(), 16, 1, 0), Errno::NotCapable);
  // Files that cannot be written to are opened without the right.
  ASSERT_EQ(open_("file", 0, wanted, fixed), Errno::Success);
  EXPECT_EQ(granted(), rights::fdRead);
  ASSERT_EQ(open_("dir", 0, wanted | rights::fdReaddir), Errno::Success);
  EXPECT_EQ(granted(), rights::fdReaddir);
  ASSERT_EQ(mkfifo((host / "root/pipe").c_str(), 0600), 0);
  Descriptor other(open((host / "root/pipe").c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_EQ(open_("pipe", 0, wanted), Errno::Success);
  EXPECT_EQ(granted(), rights::fdRead);
  // Writing is an access.
  EXPECT_EQ(open_("dir", 0, wanted | writes), Errno::IsDir);
}

TEST_P(CallsTest, EntriesOutsideAreOutOfReach) {
  for (const char *name : {"../secret", "out-dir/x", "/tmp/x", ".."}) {
    EXPECT_EQ(onPath("path_create_directory", name), Errno::NotCapable) << name;
    EXPECT_EQ(onPath("path_unlink_file", name), Errno::NotCapable) << name;
    EXPECT_EQ(onPath("path_remove_directory", name), Errno::NotCapable) << name;
    EXPECT_EQ(rename_("file", name), Errno::NotCapable) << name;
    EXPECT_EQ(rename_(name, "file"), Errno::NotCapable) << name;
    EXPECT_EQ(link_("file", name), Errno::NotCapable) << name;
    EXPECT_EQ(link_(name, "linked"), Errno::NotCapable) << name;
    EXPECT_EQ(symlink_("file", name), Errno::NotCapable) << name;
  }
  EXPECT_EQ(symlink_("/etc/passwd", "absolute"), Errno::NotCapable);
  EXPECT_EQ(host.read("secret"), "secret");
}

TEST_P(CallsTest, LinksOutAreEntriesLikeOthers) {
  EXPECT_EQ(onPath("path_unlink_file", "out-file"), Errno::Success);
  EXPECT_FALSE(host.exists("root/out-file"));
  EXPECT_EQ(host.read("secret"), "secret");
  EXPECT_EQ(rename_("out-dir", "renamed"), Errno::Success);
  EXPECT_TRUE(host.exists("outside"));
}

TEST_P(CallsTest, TrailingSlashesNeverFollowALink) {
  EXPECT_EQ(onPath("path_remove_directory", "to-dir/"), Errno::NotDir);
  EXPECT_EQ(onPath("path_unlink_file", "to-dir/"), Errno::NotDir);
  EXPECT_EQ(onPath("path_unlink_file", "out-dir/"), Errno::NotDir);
  EXPECT_EQ(onPath("path_remove_directory", "out-dir/"), Errno::NotDir);
  EXPECT_EQ(onPath("path_unlink_file", "file/"), Errno::NotDir);
  EXPECT_EQ(onPath("path_unlink_file", "dir/"), Errno::IsDir);
  EXPECT_EQ(rename_("out-dir/", "moved"), Errno::NotDir);
  EXPECT_EQ(rename_("file", "moved/"), Errno::NotDir);
  EXPECT_EQ(link_("out-file/", "moved"), Errno::NotDir);
  EXPECT_EQ(symlink_("file", "moved/"), Errno::NoEnt);
  EXPECT_EQ(rename_("dir/", "moved/"), Errno::Success);
  EXPECT_EQ(onPath("path_create_directory", "made/"), Errno::Success);
  EXPECT_EQ(onPath("path_create_directory", "."), Errno::Exist);
  EXPECT_EQ(onPath("path_remove_directory", "made/."), Errno::Inval);
  EXPECT_EQ(onPath("path_remove_directory", "made/"), Errno::Success);
}

TEST_P(CallsTest, StatusAndTimesOfLinksAndTargets) {
  auto status = [&](const char *name, uint32_t lookup) {
    auto [pointer, count] = path(name);
    return call("path_filestat_get", root, lookup, pointer, count, 0);
  };
  EXPECT_EQ(status("to-dir", 1), Errno::Success);
  EXPECT_EQ(load<FileStat>(0).type, FileType::Directory);
  EXPECT_EQ(status("to-dir", 0), Errno::Success);
  EXPECT_EQ(load<FileStat>(0).type, FileType::SymbolicLink);
  EXPECT_EQ(status("out-file", 0), Errno::Success);
  EXPECT_EQ(status("out-file", 1), Errno::NotCapable);
  EXPECT_EQ(status("out-dir/", 0), Errno::NotCapable);
  EXPECT_EQ(status("..", 0), Errno::NotCapable);

  auto [pointer, count] = path("file");
  EXPECT_EQ(call("path_filestat_set_times", root, 1, pointer, count, 5, 7'000'000'001,
                 fstflags::atim | fstflags::mtim),
            Errno::Success);
  EXPECT_EQ(status("file", 0), Errno::Success);
  EXPECT_EQ(load<FileStat>(0).modifiedNs, 7'000'000'001u);
  EXPECT_EQ(call("path_filestat_set_times", root, 1, pointer, count, 0, 0,
                 fstflags::atim | fstflags::atimNow),
            Errno::Inval);
}

TEST_P(CallsTest, ReaddirResumesAtAnyCookieAndCutsTheLastEntry) {
  ASSERT_EQ(open_(".", oflags::directory, rights::fdReaddir), Errno::Success);
  uint32_t fd = opened();
  std::set<std::string> names;
  uint64_t cookie = 0;
  while (true) {
    // Room for one entry, and part of the next.
    constexpr uint32_t bufferBytes = 40;
    ASSERT_EQ(call("fd_readdir", fd, 64, bufferBytes, cookie, 0), Errno::Success);
    uint32_t used = load<uint32_t>(0);
    if (used == 0)
      break;
    auto entry = load<DirEntry>(64);
    ASSERT_LE(sizeof(entry) + entry.nameBytes, used);
    names.emplace(reinterpret_cast<char *>(bytes.data()) + 64 + sizeof(entry), entry.nameBytes);
    cookie = entry.next;
  }
  EXPECT_EQ(names,
            (std::set<std::string>{".", "..", "dir", "file", "out-dir", "out-file", "to-dir"}));
  EXPECT_EQ(call("fd_readdir", fd, 64, UINT32_MAX, 0, 0), Errno::Fault);
}

TEST_P(CallsTest, RenumberAndClose) {
  ASSERT_EQ(open_("file", 0, reads), Errno::Success);
  uint32_t first = opened();
  ASSERT_EQ(open_("file", 0, reads), Errno::Success);
  uint32_t second = opened();
  EXPECT_EQ(call("fd_renumber", first, 4'000'000'000u), Errno::Badf);
  EXPECT_EQ(call("fd_renumber", 1000, first), Errno::Badf);
  EXPECT_EQ(call("fd_renumber", first, first), Errno::Success);
  EXPECT_EQ(call("fd_renumber", first, second), Errno::Success);
  EXPECT_EQ(call("fd_close", first), Errno::Badf);
  EXPECT_EQ(call("fd_renumber", second, root), Errno::Success);
  EXPECT_EQ(call("fd_prestat_get", root, 0), Errno::Badf);
  EXPECT_EQ(call("fd_close", root), Errno::Success);
  EXPECT_EQ(open_("file"), Errno::Badf);
}

TEST_P(CallsTest, RenumberClosesWhatWasThere) {
  auto hostDescriptors = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                         std::filesystem::directory_iterator());
  };
  ASSERT_EQ(open_("file", 0, reads), Errno::Success);
  const uint32_t first = opened();
  const auto before = hostDescriptors();
  for (int round = 0; round < 10; ++round) {
    ASSERT_EQ(open_("file", 0, reads), Errno::Success);
    EXPECT_EQ(call("fd_renumber", opened(), first), Errno::Success);
  }
  EXPECT_EQ(hostDescriptors(), before);
}

TEST_P(CallsTest, AnyCallOnAnyDescriptorAndPointerIsAnError) {
  // Each row of the table, with arguments that are all ones: no descriptor, no address, no flag.
  for (const Call &call : allCalls()) {
    if (call.type().results.empty() || call.name == "sched_yield")
      continue;
    std::vector<w2n::runtime::Slot> slots(std::max<size_t>(call.type().params.size(), 1),
                                          UINT32_MAX);
    const std::vector<uint8_t> before = bytes;
    ASSERT_TRUE(call.invoke(*context, memory(), slots)) << call.name;
    EXPECT_NE(slots[0], 0u) << call.name;
    EXPECT_EQ(bytes, before) << call.name;
  }
}

TEST_P(CallsTest, TheOlderModuleHasTheSameCallsButFour) {
  for (const Call &call : allCalls()) {
    const Call *older = findCall("wasi_unstable", call.name);
    ASSERT_TRUE(older) << call.name;
    EXPECT_EQ(older->type(), call.type()) << call.name;
    EXPECT_EQ(older == &call, call.name != "fd_seek" && call.name != "poll_oneoff" &&
                                  !call.name.ends_with("_filestat_get"))
        << call.name;
  }
  EXPECT_EQ(findCall("wasi", "fd_seek"), nullptr);
  EXPECT_EQ(findCall("wasi_snapshot_preview1", "fd_dup"), nullptr);
}

TEST_P(CallsTest, PollWaitsForClocksAndDescriptors) {
  auto clock = [](uint64_t userdata, uint64_t timeoutNs) {
    Subscription subscription = {};
    subscription.userdata = userdata;
    subscription.type = EventType::Clock;
    subscription.clock = {.id = 1, .timeoutNs = timeoutNs, .precisionNs = 0, .flags = 0};
    return subscription;
  };
  store(1024, clock(1, 1'000'000));
  store(1024 + sizeof(Subscription), clock(2, 3'600'000'000'000));
  // The events overlap the subscriptions.
  ASSERT_EQ(call("poll_oneoff", 1024, 1024, 2, 0), Errno::Success);
  EXPECT_EQ(load<uint32_t>(0), 1u);
  EXPECT_EQ(load<Event>(1024).userdata, 1u);

  Subscription bad = {};
  bad.type = EventType::FdWrite;
  bad.fd = 99;
  store(1024, bad);
  ASSERT_EQ(call("poll_oneoff", 1024, 4096, 1, 0), Errno::Success);
  EXPECT_EQ(load<Event>(4096).error, uint16_t(Errno::Badf));
  EXPECT_EQ(call("poll_oneoff", 1024, 4096, 0, 0), Errno::Inval);
  EXPECT_EQ(call("poll_oneoff", 0, 0, UINT32_MAX, 0), Errno::Fault);
  // More than there may be, in memory that has room for them.
  bytes.resize(1 << 20);
  EXPECT_EQ(call("poll_oneoff", 0, 0, 4097, 0), Errno::Inval);
}

TEST_P(CallsTest, APipeThatNobodyReadsIsAnErrorAndNoSignal) {
  ASSERT_NO_FATAL_FAILURE(openBrokenPipe());
  EXPECT_EQ(call("fd_write", 1, 16, 1, 0), Errno::Pipe);
  sigset_t pending;
  sigpending(&pending);
  EXPECT_FALSE(sigismember(&pending, SIGPIPE));
}

/// Makes pwritev2 fail for the calling process as an older kernel does.
void forbidFlagsOfWrites() {
  sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pwritev2, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EOPNOTSUPP),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog filter = {std::size(program), program};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
    _exit(2);
}

TEST_P(CallsTest, ABrokenPipeIsNoSignalOnOlderKernelsEither) {
#ifdef W2N_EMULATED
  GTEST_SKIP() << "an emulator has no filters for system calls";
#endif
  ASSERT_NO_FATAL_FAILURE(openBrokenPipe());
  auto writeThere = [&] {
    forbidFlagsOfWrites();
    _exit(call("fd_write", 1, 16, 1, 0) == Errno::Pipe ? 0 : 1);
  };
  EXPECT_EXIT(writeThere(), testing::ExitedWithCode(0), "");
}

class BlockedReadTest : public CallsTest {
protected:
  void SetUp() override {
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    readEnd = Descriptor(ends[0]);
    writeEnd = Descriptor(ends[1]);
    WasiOptions options;
    options.standardInput = readEnd.get();
    context = *WasiContext::create(std::move(options));
    store(16, IoVector{64, 1});
  }
  Errno read() { return call("fd_read", 0, 16, 1, 0); }
  Descriptor readEnd, writeEnd;
};

TEST_P(BlockedReadTest, IsNotEndedByTheHostsSignals) {
  struct sigaction action = {}, before;
  action.sa_handler = [](int) {}; // without SA_RESTART
  sigaction(SIGUSR1, &action, &before);
  const pthread_t reader = pthread_self();
  std::thread disturber([&] {
    for (int count = 0; count < 50; ++count) {
      pthread_kill(reader, SIGUSR1);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    EXPECT_EQ(write(writeEnd.get(), "x", 1), 1);
  });
  EXPECT_EQ(read(), Errno::Success);
  EXPECT_EQ(bytes[64], 'x');
  disturber.join();
  sigaction(SIGUSR1, &before, nullptr);
}

TEST_P(BlockedReadTest, IsEndedWithItsGuest) {
  using w2n::runtime::Interrupt;
  auto interrupt = Interrupt::create(Interrupt::Clock::now() + std::chrono::milliseconds(10));
  ASSERT_TRUE(interrupt);
  w2n::runtime::InterruptScope scope(*interrupt);
  EXPECT_EQ(read(), Errno::Intr);
}

INSTANTIATE_TEST_SUITE_P(Reads, BlockedReadTest, testing::Values(PathMethod::Automatic));

TEST_P(CallsTest, ARaisedSignalDoesWhatItDoesByDefault) {
  constexpr uint32_t abort = 6, child = 16, stop = 18, none = 0, last = 30;
  EXPECT_EQ(call("proc_raise", child), Errno::Success);
  for (uint32_t signal : {none, stop, last + 1})
    EXPECT_EQ(call("proc_raise", signal), Errno::NoSys) << signal;
  for (auto [signal, host] : {std::pair(abort, SIGABRT), std::pair(last, SIGSYS)}) {
    auto outcome = procRaise(*context, signal);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().kind, w2n::ErrorKind::Exit);
    EXPECT_EQ(outcome.error().code, 128u + uint32_t(host));
  }
}

TEST_P(CallsTest, StreamsAreNoSocketsAndExitIsAValue) {
  EXPECT_EQ(call("sock_shutdown", 0, 1), Errno::NotSock);
  EXPECT_EQ(call("sock_shutdown", 77, 1), Errno::Badf);
  auto status = procExit(*context, 7);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, w2n::ErrorKind::Exit);
  EXPECT_EQ(status.error().code, 7u);
}

INSTANTIATE_TEST_SUITE_P(Methods, CallsTest,
                         testing::Values(PathMethod::Automatic, PathMethod::Walk),
                         [](const auto &info) {
                           return info.param == PathMethod::Walk ? "Walk" : "Automatic";
                         });

} // namespace
