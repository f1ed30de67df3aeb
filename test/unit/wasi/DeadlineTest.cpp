// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Every call of WASI ends soon after its guest's time is up, whatever it was asked for: on all
// kinds of files, with a memory of 4 GiB.
#include "runtime/core/Interrupt.h"
#include "runtime/wasi/CallTable.h"
#include "runtime/wasi/Descriptor.h"
#include "runtime/wasi/TraceFormat.h"
#include "runtime/wasi/WasiContext.h"
#include "test/unit/wasi/TemporaryDirectory.h"

#include <array>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace w2n;
using namespace w2n::wasi;
using namespace std::chrono_literals;

namespace {

constexpr auto deadline = 20ms;
/// The factor by which instrumented code is slower.
#ifdef __SANITIZE_THREAD__
constexpr int slowness = 60;
#else
constexpr int slowness = 1;
#endif
/// The limits of processor time, and of wall-clock time on a machine that does much else.
constexpr std::chrono::nanoseconds maxWork = 1s * slowness, patience = 20s * slowness;

/// The time that has been used since the stopwatch was made.
class Stopwatch {
public:
  void expectInTime(const std::string &what) const {
    EXPECT_LT(workNs() - workBefore, maxWork.count()) << what;
    EXPECT_LT(std::chrono::steady_clock::now() - begin, patience) << what;
  }
  static int64_t workNs() {
    timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return int64_t(toNs(time));
  }
  const std::chrono::steady_clock::time_point begin = std::chrono::steady_clock::now();

private:
  const int64_t workBefore = workNs();
};

constexpr uint64_t memoryBytes = uint64_t(1) << 32;
// The places of things in the guest's memory.
constexpr uint32_t results = 64, list = 1024, path = 4096, waits = 16384, events = 1 << 20,
                   empties = 4 << 20, large = 8 << 20;

/// The arguments besides the descriptor.
struct Arguments {
  const char *description;
  uint64_t number;
  uint32_t listAddress, listCount;
  std::string path;
};

class DeadlineTest : public testing::Test {
protected:
  void SetUp() override {
    void *mapped = mmap(nullptr, memoryBytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapped == MAP_FAILED)
      GTEST_SKIP() << "no room for a memory of 4 GiB";
    memory = {static_cast<uint8_t *>(mapped), memoryBytes};
    host.makeDirectory("root/dir");
    ASSERT_EQ(mkfifo((host / "root/pipe").c_str(), 0600), 0);
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    silence = Descriptor(ends[0]);
    writer = Descriptor(ends[1]);
    sink = Descriptor(open("/dev/null", O_WRONLY | O_CLOEXEC));
    listenAt("socket");
  }
  void TearDown() override {
    if (!memory.empty())
      munmap(memory.data(), memory.size());
  }

  void listenAt(const std::string &name) {
    listener = Descriptor(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    address.sun_family = AF_UNIX;
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", (host / name).c_str());
    const auto *generic = reinterpret_cast<const sockaddr *>(&address);
    ASSERT_EQ(bind(listener.get(), generic, sizeof(address)), 0);
    ASSERT_EQ(listen(listener.get(), 100), 0);
  }

  template <typename T> void store(uint32_t at, const T &value) {
    std::memcpy(memory.data() + at, &value, sizeof(T));
  }

  /// A new world, as the call before may have changed anything: descriptors 0 to 2 are streams, 3
  /// is a directory, 4 listens, 5 is a file of 4 GiB, 6 is a connection.
  void makeWorld() {
    host.write("root/file", "");
    ASSERT_EQ(truncate((host / "root/file").c_str(), off_t(memoryBytes)), 0);
    client = Descriptor(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(connect(client.get(), reinterpret_cast<const sockaddr *>(&address), sizeof(address)),
              0);
    WasiOptions options;
    options.arguments = {"program"};
    options.preopens = {{host / "root", "/root"}};
    options.listeners = {listener.get()};
    options.standardInput = silence.get();
    options.standardOutput = options.standardError = sink.get();
    // Disks are not to be filled.
    options.quotaBytes = 64 << 20;
    context = *WasiContext::create(std::move(options));
    madvise(memory.data(), memory.size(), MADV_DONTNEED);
    std::memcpy(memory.data() + path, "file", 4);
    run("path_open", 3, 0, path, 4, 0, ~Rights(0), ~Rights(0), 0, results);
    run("sock_accept", 4, 0, results);
  }

  void run(std::string_view name, auto... arguments) {
    std::array slots = {runtime::Slot(arguments)..., runtime::Slot(0)};
    ASSERT_TRUE(
        findCall("wasi_snapshot_preview1", name)->invoke(*context, GuestMemory(memory), slots));
    ASSERT_EQ(slots[0], 0u) << name;
  }

  void fillMemory(const Arguments &arguments) {
    std::memcpy(memory.data() + path, arguments.path.data(), arguments.path.size());
    store(list, IoVector{large, uint32_t(memoryBytes - large)});
    for (uint32_t i = 0; i < 4096; ++i) {
      Subscription wait = {};
      wait.type = i % 2 ? EventType::Clock : EventType::FdRead;
      if (i % 2)
        wait.clock.timeoutNs = UINT64_MAX;
      store(waits + i * uint32_t(sizeof(wait)), wait);
    }
  }

  std::vector<runtime::Slot> slotsOf(const Call &call, uint32_t fd, const Arguments &arguments) {
    std::vector<runtime::Slot> slots(call.signature.size() + 1);
    for (const CallParameter &parameter : call.parameters) {
      const std::string_view type = parameter.format->type;
      runtime::Slot *slot = &slots[parameter.slot];
      if (type == "Fd")
        slot[0] = fd;
      else if (type == "Count")
        slot[0] = 4096;
      else if (type == "Scatter" || type == "Gather")
        slot[0] = arguments.listAddress, slot[1] = arguments.listCount;
      else if (type == "Buffer" || type == "OutText" || type == "OutName")
        slot[0] = large, slot[1] = memoryBytes - large;
      else if (type == "GuestPath")
        slot[0] = path, slot[1] = arguments.path.size();
      else if (type == "GuestArray<Event>")
        slot[0] = events;
      else if (type.starts_with("GuestArray"))
        slot[0] = waits;
      else if (type.starts_with("GuestPointer"))
        slot[0] = large;
      else if (type.starts_with("Out") || type == "Moved")
        slot[0] = results;
      else
        slot[0] = arguments.number;
    }
    return slots;
  }

  void expectInTime(const Call &call, uint32_t fd, const Arguments &arguments) {
    makeWorld();
    fillMemory(arguments);
    std::vector<runtime::Slot> slots = slotsOf(call, fd, arguments);
    const Stopwatch watch;
    {
      runtime::InterruptScope scope(*runtime::Interrupt::create(watch.begin + deadline));
      (void)call.invoke(*context, GuestMemory(memory), slots);
    }
    watch.expectInTime(std::string(call.name) + " of descriptor " + std::to_string(fd) + " with " +
                       arguments.description);
  }

  TemporaryDirectory host;
  Descriptor silence, writer, sink, listener, client;
  sockaddr_un address = {};
  std::span<uint8_t> memory;
  std::shared_ptr<WasiContext> context;
};

std::string repeated(std::string_view text, size_t count) {
  std::string all;
  while (count-- > 0)
    all += text;
  return all;
}

TEST_F(DeadlineTest, EveryCallEndsInTime) {
  const Arguments all[] = {
      {"one huge buffer, and zeros", 0, list, 1, "file"},
      {"half a billion empty buffers, and largest numbers", UINT64_MAX, empties,
       uint32_t((memoryBytes - empties) / sizeof(IoVector)), repeated("dir/../", 580)},
      {"a pipe", 1, list, 1, "pipe"},
      {"a very long path", uint64_t(INT64_MAX), list, 1, repeated("x/", 2047)}};
  for (const CallModule &module : generatedModules())
    for (const Call &call : module.calls) {
      const bool takesFile =
          std::ranges::any_of(call.parameters, [](const CallParameter &parameter) {
            return parameter.format->type == "Fd";
          });
      for (const Arguments &arguments : all)
        for (uint32_t fd = 0; fd < (takesFile ? 7u : 1u); ++fd)
          ASSERT_NO_FATAL_FAILURE(expectInTime(call, fd, arguments));
    }
}

// In pieces, which begin and end within buffers.
TEST_F(DeadlineTest, LargeTransfersAreWhole) {
  makeWorld();
  constexpr uint32_t bytes = (10 << 20) + 3, from = large, to = 64 << 20;
  for (uint32_t i = 0; i < bytes; ++i)
    memory[from + i] = uint8_t(i * 2654435761u >> 24);
  const IoVector gather[] = {{from, 7}, {from + 7, 5 << 20}, {0, 0}, {from + 7 + (5 << 20), 11}};
  store(list, gather);
  store(list + 32, IoVector{from + 18 + (5 << 20), bytes - 18 - (5 << 20)});
  const IoVector scatter[] = {{to, (9 << 20) + 1}, {to + (9 << 20) + 1, bytes - (9 << 20) - 1}};
  store(list + 64, scatter);
  auto moved = [&] {
    uint32_t value;
    std::memcpy(&value, memory.data() + results, sizeof(value));
    return value;
  };
  run("fd_pwrite", 5, list, 5, 1000, results);
  EXPECT_EQ(moved(), bytes);
  run("fd_pread", 5, list + 64, 2, 1000, results);
  EXPECT_EQ(moved(), bytes);
  EXPECT_TRUE(std::ranges::equal(memory.subspan(from, bytes), memory.subspan(to, bytes)));
  // Reads where the file is, and up to its end.
  ASSERT_EQ(truncate((host / "root/file").c_str(), 6 << 20), 0);
  std::ranges::fill(memory.subspan(to, bytes), 0);
  run("fd_seek", 5, 1000, 0, results);
  run("fd_read", 5, list + 64, 2, results);
  EXPECT_EQ(moved(), (6u << 20) - 1000);
  EXPECT_TRUE(std::ranges::equal(memory.subspan(from, moved()), memory.subspan(to, moved())));
  run("fd_seek", 5, 0, 0, results);
  run("fd_write", 5, list, 5, results);
  EXPECT_EQ(moved(), bytes);
  EXPECT_EQ(std::filesystem::file_size(host / "root/file"), bytes);
}

TEST_F(DeadlineTest, SeededRandomNumbersEndInTime) {
  WasiOptions options;
  options.standardInput = options.standardOutput = options.standardError = -1;
  options.seed = 1;
  context = *WasiContext::create(std::move(options));
  const Stopwatch watch;
  {
    runtime::InterruptScope scope(*runtime::Interrupt::create(watch.begin + deadline));
    EXPECT_TRUE(context->random.fill(memory));
  }
  watch.expectInTime("random_get");
}

} // namespace
