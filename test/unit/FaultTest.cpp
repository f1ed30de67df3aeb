// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Faults of compiled code, of the host, and signals that somebody has sent: which are traps, which
// are the host's, and which end the process. In most tests the host's handlers are there before
// ours: each runs in a child of this process, which has run no guest yet, because GoogleTest begins
// with the death tests.
#include "runtime/core/Faults.h"
#include "runtime/core/InstancePool.h"
#include "runtime/core/InstanceState.h"
#include "runtime/core/Memory.h"
#include "runtime/core/RangeRegistry.h"
#include "runtime/platform/VirtualMemory.h"
#include "test/unit/SampleModule.h"

#include <csetjmp>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

namespace w2n::runtime {
namespace {

using artifact::TrapKind;

std::optional<Extern> host(std::string_view, std::string_view, wasm::ExternKind) {
  return makeHostFunction(
      {{wasm::ValueType::i32(), wasm::ValueType::i32()}, {wasm::ValueType::i32()}},
      [](Caller, std::span<Slot>) -> Status { return {}; });
}

class Guest {
public:
  explicit Guest(const std::shared_ptr<InstancePool> &pool = nullptr)
      : instance(
            *Instance::instantiate(*test::loadBytes(test::buildSample()), host, {.pool = pool})) {}

  /// The kind of trap that a call ends with; nothing if it returns.
  std::optional<TrapKind> trapOf(const char *name, uint32_t first = 0, uint32_t second = 0) {
    Slot slots[] = {first, second};
    const Status status =
        call(*std::get<std::shared_ptr<Function>>(*instance->findExport(name)), slots);
    return status ? std::nullopt : std::optional(TrapKind(status.error().code));
  }
  bool traps() { return trapOf("load", 65536) == TrapKind::MemoryOutOfBounds; }
  /// Has "load" add its argument to this in place of the memory's base: what a wrong compiler or a
  /// hostile guest might do.
  void setBase(uintptr_t base) {
    auto &state = instance->state();
    state.at<artifact::MemorySlot>(state.layout.memorySlots())->base =
        reinterpret_cast<uint8_t *>(base);
  }
  uintptr_t base() const {
    return reinterpret_cast<uintptr_t>(instance->memory0()->bytes().data());
  }

  std::shared_ptr<Instance> instance;
};

/// A page that nobody may touch.
uint8_t *forbiddenPage() {
  static uint8_t *const page = platform::reserve(platform::pageBytes());
  return page;
}

#ifdef __SANITIZE_ADDRESS__
// AddressSanitizer reports SIGABRT and ends with a status.
const auto diesOfViolation = [](int status) { return status != 0; };
#else
const testing::KilledBySignal diesOfViolation(SIGABRT);
#endif

TEST(ViolationDeathTest, IsAnAccessOutsideOfWhatGuestsMayTouch) {
  auto access = [] {
    Guest guest;
    guest.setBase(reinterpret_cast<uintptr_t>(forbiddenPage()));
    (void)guest.trapOf("load", 8);
  };
  EXPECT_EXIT(access(), diesOfViolation,
              "wasm2native: sandbox violation: access to 0x[0-9a-f]+008 by compiled code at "
              "0x[0-9a-f]+ \\(0x[0-9a-f]+ in .*\\)");
}

TEST(ViolationDeathTest, IsAnAccessNextToNull) {
  auto access = [](uint32_t address) {
    Guest guest;
    guest.setBase(0);
    if (guest.trapOf("load", 24) == TrapKind::NullFunctionReference)
      (void)guest.trapOf("load", address);
  };
  EXPECT_EXIT(access(sizeof(artifact::FunctionReference)), diesOfViolation,
              "sandbox violation: access to 0x20 ");
}

#ifndef W2N_EMULATED // qemu reports what its host's processor says
TEST(ViolationDeathTest, IsAnAccessToNoAddress) {
  // x86-64 does not say what was accessed, which must not be taken for null. Others do.
  auto access = [] {
    Guest guest;
    guest.setBase(uintptr_t(0x4141) << 48);
    (void)guest.trapOf("load");
  };
  EXPECT_EXIT(access(), diesOfViolation, "sandbox violation: access to ");
}
#endif

TEST(Violation, IsNotWhatGuestsDo) {
  Guest guest;
  EXPECT_TRUE(guest.traps());
  EXPECT_EQ(guest.trapOf("illegal"), TrapKind::IllegalInstruction);
  EXPECT_EQ(guest.trapOf("recurse"), TrapKind::StackOverflow);
  const uintptr_t base = guest.base();
  guest.setBase(base - artifact::guardBeforeBytes);
  EXPECT_EQ(guest.trapOf("load"), TrapKind::MemoryOutOfBounds);
  guest.setBase(base + artifact::addressableBytes32 + artifact::guardAfterBytes - 4);
  EXPECT_EQ(guest.trapOf("load"), TrapKind::MemoryOutOfBounds);
}

/// Whether everything in the reach of a memory but its `bytes` is reserved for it, and nothing
/// there can be accessed: neither stacks nor contexts, tables, heap or files.
::testing::AssertionResult isAlone(uintptr_t base, uint64_t bytes) {
  const uintptr_t begin = base - artifact::guardBeforeBytes;
  const uintptr_t end = base + artifact::addressableBytes32 + artifact::guardAfterBytes;
  for (const uintptr_t address : {begin, base - 1, base + bytes, end - 1})
    if (!memoryRanges().find(address))
      return ::testing::AssertionFailure() << std::hex << address << " is not a memory's";
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    uintptr_t first = 0, last = 0;
    char access[5] = {};
    if (std::sscanf(line.c_str(), "%lx-%lx %4s", &first, &last, access) != 3)
      return ::testing::AssertionFailure() << line;
    const bool isMemory = first >= base && last <= base + bytes;
    if (first < end && last > begin && !isMemory && std::string_view(access) != "---p")
      return ::testing::AssertionFailure() << line << " is in reach of " << std::hex << base;
  }
  return ::testing::AssertionSuccess();
}

TEST(Layout, NothingIsInReachOfAMemory) {
  std::vector<std::unique_ptr<Guest>> guests;
  for (int i = 0; i < 5; ++i) {
    guests.push_back(std::make_unique<Guest>());
    EXPECT_TRUE(guests.back()->traps()); // has made a stack
  }
  for (const auto &guest : guests)
    EXPECT_TRUE(isAlone(guest->base(), 65536));
}

TEST(Layout, MemoriesOf64BitAddressesHaveGuards) {
  wasm::MemoryType type;
  type.limits = {.min = 1, .max = 4, .is64 = true};
  const auto memory = Memory::create(type, Memory::Reserve::Full);
  ASSERT_TRUE(memory);
  const auto base = reinterpret_cast<uintptr_t>((*memory)->bytes().data());
  EXPECT_EQ(memoryRanges().find(base - artifact::guardBeforeBytes), memory->get());
  EXPECT_EQ(memoryRanges().find(base + 4 * 65536 + artifact::guardAfterBytes - 1), memory->get());
}

// Neighbors share their guards, so what is in reach of the one may be the other's memory.
TEST(Layout, PoolsHaveGuardsBetweenMemoriesAndNoTables) {
  const auto pool = *InstancePool::create({.slots = 3});
  std::vector<std::unique_ptr<Guest>> guests;
  for (int i = 0; i < 3; ++i)
    guests.push_back(std::make_unique<Guest>(pool));
  std::sort(guests.begin(), guests.end(),
            [](const auto &left, const auto &right) { return left->base() < right->base(); });
  for (const auto &guest : guests)
    EXPECT_TRUE(guest->traps());
  constexpr uint64_t apart = artifact::addressableBytes32 +
                             std::max(artifact::guardBeforeBytes, artifact::guardAfterBytes);
  EXPECT_GE(guests[1]->base() - guests[0]->base(), apart);
  EXPECT_GE(guests[2]->base() - guests[1]->base(), apart);
  guests.erase(guests.begin() + 1, guests.end());
  EXPECT_TRUE(isAlone(guests[0]->base(), 65536));
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(W2N_EMULATED)
TEST(Layout, TenThousandSlotsFit) {
  if (isGuardOracle())
    GTEST_SKIP() << "the addresses are the oracle's";
  const auto pool = InstancePool::create({.slots = 10'000});
  ASSERT_TRUE(pool) << pool.error().text;
  Guest guest(*pool);
  EXPECT_TRUE(guest.traps());
}
#endif

TEST(Layout, NoPageIsBothWritableAndExecutable) {
  const auto pool = *InstancePool::create({.slots = 2});
  Guest pooled(pool), guest;
  EXPECT_TRUE(pooled.traps() && guest.traps());
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);)
    EXPECT_EQ(line.find(" rwx"), std::string::npos) << line;
}

constexpr int faultSignals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};

TEST(FaultDeathTest, SentSignalsEndTheProcessByDefault) {
  auto send = [](int number) {
    Guest guest;
    if (guest.traps())
      kill(getpid(), number);
    _exit(0);
  };
#ifndef __SANITIZE_ADDRESS__
  for (const int number : faultSignals)
    EXPECT_EXIT(send(number), testing::KilledBySignal(number), "");
#endif
}

TEST(FaultDeathTest, SentSignalsAreIgnoredIfTheHostIgnoresThem) {
  auto send = [](int number) {
    signal(number, SIG_IGN);
    Guest guest;
    for (int i = 0; i < 3; ++i) {
      kill(getpid(), number);
      if (!guest.traps())
        _exit(1);
    }
    _exit(0);
  };
  for (const int number : faultSignals)
    EXPECT_EXIT(send(number), testing::ExitedWithCode(0), "");
}

volatile sig_atomic_t calls = 0;
volatile sig_atomic_t callsWithSender = 0;

TEST(FaultDeathTest, SentSignalsGoToTheHostsHandler) {
  auto send = [](int number) {
    struct sigaction action = {};
    action.sa_flags = SA_SIGINFO;
    action.sa_sigaction = [](int, siginfo_t *info, void *) {
      calls = calls + 1;
      callsWithSender = callsWithSender + (info->si_pid == getpid());
    };
    sigaction(number, &action, nullptr);
    Guest guest;
    for (int i = 1; i <= 3; ++i) {
      kill(getpid(), number);
      if (calls != i || callsWithSender != i || !guest.traps())
        _exit(1);
    }
    _exit(0);
  };
  for (const int number : faultSignals)
    EXPECT_EXIT(send(number), testing::ExitedWithCode(0), "");
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
// As crash reporters do: the handler is called once, and then the fault ends the process.
TEST(FaultDeathTest, HandlersForOneSignalAreCalledOnce) {
  auto fault = [] {
    struct sigaction action = {};
    action.sa_flags = int(unsigned(SA_RESETHAND) | unsigned(SA_NODEFER));
    action.sa_handler = [](int) {
      calls = calls + 1;
      if (calls > 1 || write(STDERR_FILENO, "reported", 8) != 8)
        _exit(1);
    };
    sigaction(SIGSEGV, &action, nullptr);
    Guest guest;
    if (guest.traps())
      *reinterpret_cast<volatile uint8_t *>(forbiddenPage()) = 1;
  };
  EXPECT_EXIT(fault(), testing::KilledBySignal(SIGSEGV), "reported");
}

/// A host that turns its own faults into something else.
sigjmp_buf recovery;
bool recovers() {
  if (sigsetjmp(recovery, 1) != 0)
    return true;
  *reinterpret_cast<volatile uint8_t *>(forbiddenPage()) = 1;
  return false;
}

struct sigaction replaced;
/// Knows the faults of forbiddenPage(), and hands others to who was there before.
void recoverOrChain(int number, siginfo_t *info, void *context) {
  if (info->si_code > 0 && info->si_addr == forbiddenPage())
    siglongjmp(recovery, 1);
  calls = calls + 1;
  if (replaced.sa_flags & SA_SIGINFO)
    replaced.sa_sigaction(number, info, context);
}

void installHostHandler() {
  (void)forbiddenPage();
  struct sigaction action = {};
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  action.sa_sigaction = recoverOrChain;
  sigaction(SIGSEGV, &action, &replaced);
}

TEST(FaultDeathTest, HandlersBeforeOursGetTheHostsFaults) {
  auto run = [] {
    installHostHandler();
    Guest guest;
    for (int i = 0; i < 3; ++i)
      if (!recovers() || !guest.traps())
        _exit(1);
    _exit(calls == 0 ? 0 : 2);
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(0), "");
}

TEST(FaultDeathTest, HandlersAfterOursMayHandFaultsOn) {
  auto run = [] {
    Guest guest;
    if (!guest.traps())
      _exit(3);
    installHostHandler();
    for (int i = 0; i < 3; ++i)
      if (!recovers() || !guest.traps())
        _exit(1);
    _exit(calls == 3 ? 0 : 2);
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(0), "");
}

// The next module that is loaded takes first place, and handlers that hand on to each other come to
// an end.
TEST(FaultDeathTest, HandlersAfterOursAreCalledByOursFromThenOn) {
  auto run = [] {
    Guest first;
    installHostHandler();
    Guest second;
    for (int i = 0; i < 3; ++i)
      if (!recovers() || !first.traps() || !second.traps())
        _exit(1);
    if (calls != 0)
      _exit(2);
    raise(SIGSEGV); // to both, and then to the system
    _exit(3);
  };
  EXPECT_EXIT(run(), testing::KilledBySignal(SIGSEGV), "");
}

// V8's handler puts back what was there before when it does not know a fault, and returns.
TEST(FaultDeathTest, HandlersThatGiveUpAreReplaced) {
  auto run = [] {
    Guest guest;
    if (!guest.traps())
      _exit(3);
    struct sigaction action = {};
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    action.sa_sigaction = [](int number, siginfo_t *, void *) {
      calls = calls + 1;
      sigaction(number, &replaced, nullptr);
    };
    sigaction(SIGSEGV, &action, &replaced);
    for (int i = 0; i < 3; ++i)
      if (!guest.traps())
        _exit(1);
    _exit(calls == 1 ? 0 : 2);
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(0), "");
}
#endif

} // namespace
} // namespace w2n::runtime
