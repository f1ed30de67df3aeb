// The calls themselves, on a memory that the test looks into.
#include "runtime/wasi/Calls.h"

#include "runtime/wasi/WasiContext.h"
#include "test/unit/wasi/TemporaryDirectory.h"

#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <gtest/gtest.h>
#include <set>

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
  std::pair<GuestPointer<char>, uint32_t> path(const std::string &text, uint32_t place = 1024) {
    std::memcpy(bytes.data() + place, text.data(), text.size());
    return {{place}, uint32_t(text.size())};
  }
  static Errno code(Outcome outcome) { return outcome ? Errno::Success : outcome.error(); }

  Errno open_(const std::string &text, uint32_t openFlags = 0, Rights base = rights::fdRead,
              uint32_t fd = root, uint32_t lookup = lookupflags::symlinkFollow) {
    auto [pointer, count] = path(text);
    return code(pathOpen(*context, memory(), fd, lookup, pointer, count, openFlags, base,
                         ~Rights(0), 0, {0}));
  }
  uint32_t opened() { return load<uint32_t>(0); }

  Errno onPath(Outcome (*call)(WasiContext &, GuestMemory, uint32_t, GuestPointer<char>, uint32_t),
               const std::string &text, uint32_t fd = root) {
    auto [pointer, count] = path(text);
    return code(call(*context, memory(), fd, pointer, count));
  }
  Errno rename_(const std::string &from, const std::string &to, uint32_t fromFd = root) {
    auto [fromPointer, fromCount] = path(from);
    auto [toPointer, toCount] = path(to, 8192);
    return code(
        pathRename(*context, memory(), fromFd, fromPointer, fromCount, root, toPointer, toCount));
  }
  Errno link_(const std::string &from, const std::string &to, uint32_t fromFd = root) {
    auto [fromPointer, fromCount] = path(from);
    auto [toPointer, toCount] = path(to, 8192);
    return code(
        pathLink(*context, memory(), fromFd, 0, fromPointer, fromCount, root, toPointer, toCount));
  }
  Errno symlink_(const std::string &target, const std::string &name, uint32_t fd = root) {
    auto [targetPointer, targetCount] = path(target);
    auto [pointer, count] = path(name, 8192);
    return code(pathSymlink(*context, memory(), targetPointer, targetCount, fd, pointer, count));
  }

  static constexpr uint32_t root = 3, fixed = 4;
  static constexpr uint32_t create = oflags::create;
  static constexpr Rights reads = rights::fdRead | rights::fdSeek | rights::fdTell,
                          writes = rights::fdWrite;
  std::vector<uint8_t> bytes = std::vector<uint8_t>(memoryBytes);
  TemporaryDirectory host;
  Descriptor input;
  std::shared_ptr<WasiContext> context;
};

TEST_P(CallsTest, StringsAreWrittenWholeOrNotAtAll) {
  EXPECT_EQ(code(argsSizesGet(*context, memory(), {0}, {4})), Errno::Success);
  EXPECT_EQ(load<uint32_t>(0), 2u);
  EXPECT_EQ(load<uint32_t>(4), sizeof("program") + sizeof("x"));
  EXPECT_EQ(code(argsGet(*context, memory(), {16}, {64})), Errno::Success);
  EXPECT_EQ(load<uint32_t>(20), 64 + sizeof("program"));
  EXPECT_STREQ(reinterpret_cast<char *>(bytes.data()) + 64, "program");
  std::vector<uint8_t> before = bytes;
  EXPECT_EQ(code(argsGet(*context, memory(), {32}, {outside})), Errno::Fault);
  EXPECT_EQ(code(argsGet(*context, memory(), {outside}, {64})), Errno::Fault);
  EXPECT_EQ(bytes, before);
}

TEST_P(CallsTest, PointersAreCheckedBeforeAnyEffect) {
  ASSERT_EQ(open_("file", 0, reads | writes), Errno::Success);
  uint32_t fd = opened();
  store(16, IoVector{64, 4});
  store(24, IoVector{outside, 4});
  EXPECT_EQ(code(fdRead(*context, memory(), fd, {16}, 2, {0})), Errno::Fault);
  EXPECT_EQ(code(fdRead(*context, memory(), fd, {16}, 1, {outside})), Errno::Fault);
  EXPECT_EQ(code(fdRead(*context, memory(), fd, {outside}, 1, {0})), Errno::Fault);
  EXPECT_EQ(code(fdRead(*context, memory(), fd, {16}, UINT32_MAX, {0})), Errno::Fault);
  EXPECT_EQ(code(fdWrite(*context, memory(), fd, {16}, 2, {0})), Errno::Fault);
  EXPECT_EQ(code(fdTell(*context, memory(), fd, {0})), Errno::Success);
  EXPECT_EQ(load<uint64_t>(0), 0u);
  EXPECT_EQ(host.read("root/file"), "0123456789");
  EXPECT_EQ(code(pathOpen(*context, memory(), root, 0, {outside}, 8, create, writes, 0, 0, {0})),
            Errno::Fault);
  auto [pointer, count] = path("new");
  EXPECT_EQ(
      code(pathOpen(*context, memory(), root, 0, pointer, count, create, writes, 0, 0, {outside})),
      Errno::Fault);
  EXPECT_FALSE(host.exists("root/new"));
  EXPECT_EQ(code(randomGet(*context, memory(), {outside}, UINT32_MAX)), Errno::Fault);
}

TEST_P(CallsTest, ReadsIntoSeveralBuffers) {
  ASSERT_EQ(open_("file", 0, reads), Errno::Success);
  uint32_t fd = opened();
  store(16, IoVector{64, 0});
  store(24, IoVector{64, 3});
  store(32, IoVector{128, 100});
  ASSERT_EQ(code(fdRead(*context, memory(), fd, {16}, 3, {0})), Errno::Success);
  EXPECT_EQ(load<uint32_t>(0), 10u);
  EXPECT_EQ(std::memcmp(bytes.data() + 64, "012", 3), 0);
  EXPECT_EQ(std::memcmp(bytes.data() + 128, "3456789", 7), 0);
  ASSERT_EQ(code(fdPread(*context, memory(), fd, {24}, 1, 5, {0})), Errno::Success);
  EXPECT_EQ(std::memcmp(bytes.data() + 64, "567", 3), 0);
}

TEST_P(CallsTest, RightsLimitADescriptor) {
  ASSERT_EQ(open_("file", 0, reads), Errno::Success);
  uint32_t fd = opened();
  store(16, IoVector{64, 1});
  EXPECT_EQ(code(fdWrite(*context, memory(), fd, {16}, 1, {0})), Errno::NotCapable);
  EXPECT_EQ(code(fdFilestatSetSize(*context, memory(), fd, 0)), Errno::NotCapable);
  EXPECT_EQ(code(fdFdstatSetRights(*context, memory(), fd, reads | writes, 0)), Errno::NotCapable);
  EXPECT_EQ(code(fdFdstatSetRights(*context, memory(), fd, rights::fdTell, 0)), Errno::Success);
  EXPECT_EQ(code(fdRead(*context, memory(), fd, {16}, 1, {0})), Errno::NotCapable);
  EXPECT_EQ(code(fdWrite(*context, memory(), 0, {16}, 1, {0})), Errno::NotCapable);
  EXPECT_EQ(code(fdFdstatSetFlags(*context, memory(), 0, fdflags::nonblock)), Errno::NotCapable);
  EXPECT_EQ(open_("x", create, writes, fd), Errno::NotDir);
}

TEST_P(CallsTest, ReadOnlyDirectoriesStaySo) {
  EXPECT_EQ(open_("file", 0, reads, fixed), Errno::Success);
  EXPECT_EQ(open_("file", 0, writes, fixed), Errno::NotCapable);
  EXPECT_EQ(open_("file", oflags::truncate, reads, fixed), Errno::NotCapable);
  EXPECT_EQ(open_("new", create, reads, fixed), Errno::NotCapable);
  EXPECT_EQ(onPath(pathCreateDirectory, "new", fixed), Errno::NotCapable);
  EXPECT_EQ(onPath(pathUnlinkFile, "file", fixed), Errno::NotCapable);
  EXPECT_EQ(onPath(pathRemoveDirectory, "dir", fixed), Errno::NotCapable);
  EXPECT_EQ(rename_("file", "moved", fixed), Errno::NotCapable);
  EXPECT_EQ(link_("file", "moved", fixed), Errno::NotCapable);
  EXPECT_EQ(symlink_("file", "new", fixed), Errno::NotCapable);
  // A directory opened in it passes on no more.
  ASSERT_EQ(open_("dir", oflags::directory,
                  rights::fdReaddir | rights::pathOpen | rights::pathCreateFile, fixed),
            Errno::Success);
  EXPECT_EQ(open_("new", create, writes, opened()), Errno::NotCapable);
}

TEST_P(CallsTest, EntriesOutsideAreOutOfReach) {
  for (const char *name : {"../secret", "out-dir/x", "/tmp/x", ".."}) {
    EXPECT_EQ(onPath(pathCreateDirectory, name), Errno::NotCapable) << name;
    EXPECT_EQ(onPath(pathUnlinkFile, name), Errno::NotCapable) << name;
    EXPECT_EQ(onPath(pathRemoveDirectory, name), Errno::NotCapable) << name;
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
  EXPECT_EQ(onPath(pathUnlinkFile, "out-file"), Errno::Success);
  EXPECT_FALSE(host.exists("root/out-file"));
  EXPECT_EQ(host.read("secret"), "secret");
  EXPECT_EQ(rename_("out-dir", "renamed"), Errno::Success);
  EXPECT_TRUE(host.exists("outside"));
}

TEST_P(CallsTest, TrailingSlashesNeverFollowALink) {
  EXPECT_EQ(onPath(pathRemoveDirectory, "to-dir/"), Errno::NotDir);
  EXPECT_EQ(onPath(pathUnlinkFile, "to-dir/"), Errno::NotDir);
  EXPECT_EQ(onPath(pathUnlinkFile, "out-dir/"), Errno::NotDir);
  EXPECT_EQ(onPath(pathRemoveDirectory, "out-dir/"), Errno::NotDir);
  EXPECT_EQ(onPath(pathUnlinkFile, "file/"), Errno::NotDir);
  EXPECT_EQ(onPath(pathUnlinkFile, "dir/"), Errno::IsDir);
  EXPECT_EQ(rename_("out-dir/", "moved"), Errno::NotDir);
  EXPECT_EQ(rename_("file", "moved/"), Errno::NotDir);
  EXPECT_EQ(link_("out-file/", "moved"), Errno::NotDir);
  EXPECT_EQ(symlink_("file", "moved/"), Errno::NoEnt);
  EXPECT_EQ(rename_("dir/", "moved/"), Errno::Success);
  EXPECT_EQ(onPath(pathCreateDirectory, "made/"), Errno::Success);
  EXPECT_EQ(onPath(pathCreateDirectory, "."), Errno::Exist);
  EXPECT_EQ(onPath(pathRemoveDirectory, "made/."), Errno::Inval);
  EXPECT_EQ(onPath(pathRemoveDirectory, "made/"), Errno::Success);
}

TEST_P(CallsTest, StatusAndTimesOfLinksAndTargets) {
  auto status = [&](const char *name, uint32_t lookup) {
    auto [pointer, count] = path(name);
    return code(pathFilestatGet(*context, memory(), root, lookup, pointer, count, {0}));
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
  EXPECT_EQ(code(pathFilestatSetTimes(*context, memory(), root, 1, pointer, count, 5, 7'000'000'001,
                                      fstflags::atim | fstflags::mtim)),
            Errno::Success);
  EXPECT_EQ(status("file", 0), Errno::Success);
  EXPECT_EQ(load<FileStat>(0).modifiedNs, 7'000'000'001u);
  EXPECT_EQ(code(pathFilestatSetTimes(*context, memory(), root, 1, pointer, count, 0, 0,
                                      fstflags::atim | fstflags::atimNow)),
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
    ASSERT_EQ(code(fdReaddir(*context, memory(), fd, {64}, bufferBytes, cookie, {0})),
              Errno::Success);
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
  EXPECT_EQ(code(fdReaddir(*context, memory(), fd, {64}, UINT32_MAX, 0, {0})), Errno::Fault);
}

TEST_P(CallsTest, RenumberAndClose) {
  ASSERT_EQ(open_("file", 0, reads), Errno::Success);
  uint32_t first = opened();
  ASSERT_EQ(open_("file", 0, reads), Errno::Success);
  uint32_t second = opened();
  EXPECT_EQ(code(fdRenumber(*context, memory(), first, 4'000'000'000u)), Errno::Badf);
  EXPECT_EQ(code(fdRenumber(*context, memory(), 1000, first)), Errno::Badf);
  EXPECT_EQ(code(fdRenumber(*context, memory(), first, first)), Errno::Success);
  EXPECT_EQ(code(fdRenumber(*context, memory(), first, second)), Errno::Success);
  EXPECT_EQ(code(fdClose(*context, memory(), first)), Errno::Badf);
  EXPECT_EQ(code(fdRenumber(*context, memory(), second, root)), Errno::Success);
  EXPECT_EQ(code(fdPrestatGet(*context, memory(), root, {0})), Errno::Badf);
  EXPECT_EQ(code(fdClose(*context, memory(), root)), Errno::Success);
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
    EXPECT_EQ(code(fdRenumber(*context, memory(), opened(), first)), Errno::Success);
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
  ASSERT_EQ(code(pollOneoff(*context, memory(), {1024}, {1024}, 2, {0})), Errno::Success);
  EXPECT_EQ(load<uint32_t>(0), 1u);
  EXPECT_EQ(load<Event>(1024).userdata, 1u);

  Subscription bad = {};
  bad.type = EventType::FdWrite;
  bad.fd = 99;
  store(1024, bad);
  ASSERT_EQ(code(pollOneoff(*context, memory(), {1024}, {4096}, 1, {0})), Errno::Success);
  EXPECT_EQ(load<Event>(4096).error, uint16_t(Errno::Badf));
  EXPECT_EQ(code(pollOneoff(*context, memory(), {1024}, {4096}, 0, {0})), Errno::Inval);
  EXPECT_EQ(code(pollOneoff(*context, memory(), {0}, {0}, UINT32_MAX, {0})), Errno::Fault);
}

TEST_P(CallsTest, APipeThatNobodyReadsIsAnErrorAndNoSignal) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  close(ends[0]);
  Descriptor writeEnd(ends[1]);
  WasiOptions options;
  options.standardOutput = writeEnd.get();
  context = *WasiContext::create(std::move(options));
  store(16, IoVector{64, 1});
  EXPECT_EQ(code(fdWrite(*context, memory(), 1, {16}, 1, {0})), Errno::Pipe);
  sigset_t pending;
  sigpending(&pending);
  EXPECT_FALSE(sigismember(&pending, SIGPIPE));
}

TEST_P(CallsTest, StreamsAreNoSocketsAndExitIsAValue) {
  EXPECT_EQ(code(sockShutdown(*context, memory(), 0, 1)), Errno::NotSock);
  EXPECT_EQ(code(sockShutdown(*context, memory(), 77, 1)), Errno::Badf);
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
