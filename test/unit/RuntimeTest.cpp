// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Loading, linking, calling and trapping, on a module in hand-written machine code.
#include "runtime/core/Instance.h"

#include "lib/artifact/ElfFile.h"
#include "runtime/arch/Arch.h"
#include "runtime/core/Memory.h"
#include "runtime/core/Table.h"
#include "test/unit/SampleModule.h"

#include <csignal>
#include <cstring>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <thread>

namespace w2n::runtime {
namespace {

using artifact::TrapKind;
using test::buildSample;
using test::loadBytes;
using test::SampleOptions;
using wasm::ValueType;

const wasm::FunctionType sampleType = {{ValueType::i32(), ValueType::i32()}, {ValueType::i32()}};

/// Calls the export `name`; the result's low half.
Result<uint32_t> invoke(Instance &instance, std::string_view name, uint32_t first = 0,
                        uint32_t second = 0) {
  auto found = instance.findExport(name);
  if (!found)
    return fail(ErrorKind::Link, "no such export");
  Slot slots[2] = {first, second};
  W2N_CHECK(call(*std::get<std::shared_ptr<Function>>(*found), slots));
  return uint32_t(slots[0]);
}

::testing::AssertionResult trapsWith(const Result<uint32_t> &result, TrapKind kind) {
  if (result)
    return ::testing::AssertionFailure() << "returned " << *result;
  if (result.error().kind != ErrorKind::Trap || result.error().code != uint32_t(kind))
    return ::testing::AssertionFailure() << result.error().text;
  return ::testing::AssertionSuccess();
}

class RuntimeTest : public testing::Test {
protected:
  Result<std::shared_ptr<Instance>> instantiate(const SampleOptions &options = {}) {
    W2N_TRY(module, loadBytes(buildSample(options)));
    return Instance::instantiate(std::move(module), resolver());
  }
  Resolver resolver() {
    return [this](std::string_view module, std::string_view name,
                  wasm::ExternKind) -> std::optional<Extern> {
      if (module != "env")
        return std::nullopt;
      if (name == "memory" && memory)
        return memory;
      if (name == "host" && body)
        return makeHostFunction(hostType, body);
      return std::nullopt;
    };
  }

  wasm::FunctionType hostType = sampleType;
  HostCallback body = [](Caller, std::span<Slot> slots) -> Status {
    slots[0] = slots[0] * slots[1];
    return {};
  };
  std::shared_ptr<Memory> memory;
};

TEST_F(RuntimeTest, CallsBothWays) {
  auto instance = instantiate();
  ASSERT_TRUE(instance) << instance.error().text;
  EXPECT_EQ(invoke(**instance, "add", 40, 2).value_or(0), 42u);
  EXPECT_EQ(invoke(**instance, "call-host", 6, 7).value_or(0), 42u);
}

TEST_F(RuntimeTest, HostSeesTheCallersMemory) {
  body = [](Caller caller, std::span<Slot> slots) -> Status {
    std::memcpy(slots.data(), caller.memory().data() + 16384, 4);
    return {};
  };
  auto instance = instantiate();
  ASSERT_TRUE(instance);
  uint32_t wanted;
  std::memcpy(&wanted, "imag", 4);
  EXPECT_EQ(invoke(**instance, "call-host").value_or(0), wanted);
  EXPECT_EQ(invoke(**instance, "load", 16384).value_or(0), wanted);
}

TEST_F(RuntimeTest, TrapsWithTheKindAndGoesOn) {
  auto instance = instantiate();
  ASSERT_TRUE(instance);
  for (int i = 0; i < 3; ++i) {
    auto trapped = invoke(**instance, "trap", uint32_t(TrapKind::Unreachable));
    ASSERT_TRUE(trapsWith(trapped, TrapKind::Unreachable));
    EXPECT_EQ(trapped.error().text, "unreachable");
    EXPECT_EQ(trapped.error().notes, "");
    EXPECT_TRUE(trapsWith(invoke(**instance, "load", 65536), TrapKind::MemoryOutOfBounds));
    EXPECT_TRUE(trapsWith(invoke(**instance, "load", UINT32_MAX), TrapKind::MemoryOutOfBounds));
    EXPECT_TRUE(trapsWith(invoke(**instance, "divide", 1, 0), TrapKind::IntegerDivideByZero));
    EXPECT_TRUE(trapsWith(invoke(**instance, "illegal"), TrapKind::IllegalInstruction));
    EXPECT_TRUE(trapsWith(invoke(**instance, "recurse"), TrapKind::StackOverflow));
    EXPECT_EQ(invoke(**instance, "add", 1, 2).value_or(0), 3u);
  }
}

TEST_F(RuntimeTest, ServicesCheckBounds) {
  auto instance = instantiate();
  ASSERT_TRUE(instance);
  EXPECT_TRUE(invoke(**instance, "fill", 65535, 1));
  EXPECT_EQ(invoke(**instance, "load", 65532).value_or(0), 0x41000000u);
  EXPECT_TRUE(invoke(**instance, "fill", 65536, 0));
  EXPECT_TRUE(trapsWith(invoke(**instance, "fill", 65535, 2), TrapKind::MemoryOutOfBounds));
  EXPECT_TRUE(trapsWith(invoke(**instance, "fill", 65537, 0), TrapKind::MemoryOutOfBounds));
}

// Compiled code relies on it that what has grown has no last page (wasm::MemoryType).
TEST_F(RuntimeTest, MemoryGrowsUpToItsLastPage) {
  auto instance = instantiate();
  ASSERT_TRUE(instance);
  const uint8_t *base = (*instance)->memory0()->record->base;
  EXPECT_EQ(invoke(**instance, "grow", 0).value_or(0), 1u);
  EXPECT_EQ(invoke(**instance, "grow", 65536).value_or(0), UINT32_MAX);
  EXPECT_EQ(invoke(**instance, "grow", 65535).value_or(0), UINT32_MAX);
  EXPECT_EQ(invoke(**instance, "grow", 65534).value_or(0), 1u);
  EXPECT_EQ(invoke(**instance, "grow", 1).value_or(0), UINT32_MAX);
  const uint32_t end = 65535u * 65536;
  EXPECT_EQ(invoke(**instance, "load", end - 4).value_or(1), 0u);
  EXPECT_TRUE(trapsWith(invoke(**instance, "load", end - 3), TrapKind::MemoryOutOfBounds));
  EXPECT_TRUE(trapsWith(invoke(**instance, "load", UINT32_MAX - 3), TrapKind::MemoryOutOfBounds));
  EXPECT_EQ((*instance)->memory0()->record->base, base);
  EXPECT_EQ((*instance)->memory0()->pages(), 65535u);
}

TEST_F(RuntimeTest, InstancesDoNotShareTheImage) {
  auto module = loadBytes(buildSample());
  ASSERT_TRUE(module);
  auto first = Instance::instantiate(*module, resolver());
  auto second = Instance::instantiate(*module, resolver());
  ASSERT_TRUE(first && second);
  ASSERT_TRUE(invoke(**first, "fill", 16384, 4));
  EXPECT_EQ(invoke(**first, "load", 16384).value_or(0), 0x41414141u);
  EXPECT_NE(invoke(**second, "load", 16384).value_or(0), 0x41414141u);
}

TEST_F(RuntimeTest, HostErrorsLeaveTheGuest) {
  body = [](Caller, std::span<Slot>) -> Status { return fail(ErrorKind::Io, "disk on fire"); };
  auto instance = instantiate();
  ASSERT_TRUE(instance);
  auto failed = invoke(**instance, "call-host");
  ASSERT_TRUE(trapsWith(failed, TrapKind::HostError));
  EXPECT_EQ(failed.error().text, "disk on fire");
}

TEST_F(RuntimeTest, ExitIsNoTrap) {
  body = [](Caller, std::span<Slot>) -> Status {
    Error error;
    error.kind = ErrorKind::Exit;
    error.code = 7;
    return std::unexpected(error);
  };
  auto instance = instantiate();
  ASSERT_TRUE(instance);
  auto failed = invoke(**instance, "call-host");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::Exit);
  EXPECT_EQ(failed.error().code, 7u);
}

TEST_F(RuntimeTest, TrapsCrossHostFramesWithTheirDestructors) {
  int destroyed = 0;
  body = [&](Caller caller, std::span<Slot> slots) -> Status {
    struct Count {
      int &destroyed;
      ~Count() { ++destroyed; }
    } count{destroyed};
    if (slots[0] == 0) {
      W2N_CHECK(invoke(*caller.instance, "load", 1 << 20));
    } else {
      W2N_TRY(below, invoke(*caller.instance, "call-host", uint32_t(slots[0] - 1), 5));
      slots[0] = below;
    }
    return {};
  };
  auto instance = instantiate();
  ASSERT_TRUE(instance);
  EXPECT_TRUE(trapsWith(invoke(**instance, "call-host", 9, 0), TrapKind::MemoryOutOfBounds));
  EXPECT_EQ(destroyed, 10);
  EXPECT_EQ(invoke(**instance, "add", 1, 2).value_or(0), 3u);
}

TEST_F(RuntimeTest, MutualRecursionEndsInATrap) {
  body = [&](Caller caller, std::span<Slot>) -> Status {
    volatile uint8_t stackUse[4096];
    stackUse[0] = 1;
    W2N_CHECK(invoke(*caller.instance, "call-host"));
    stackUse[1] = stackUse[0];
    return {};
  };
  auto instance = instantiate();
  ASSERT_TRUE(instance);
  EXPECT_TRUE(trapsWith(invoke(**instance, "call-host"), TrapKind::StackOverflow));
  std::thread([&] {
    EXPECT_TRUE(trapsWith(invoke(**instance, "call-host"), TrapKind::StackOverflow));
  }).join();
}

TEST_F(RuntimeTest, ImportErrorsSayWhatIsWrong) {
  hostType = {{ValueType::i64()}, {}};
  auto instance = instantiate();
  ASSERT_FALSE(instance);
  EXPECT_EQ(instance.error().kind, ErrorKind::Link);
  EXPECT_EQ(instance.error().text.find("incompatible import type: \"env\".\"host\" is a function "),
            0u)
      << instance.error().text;
  body = nullptr;
  instance = instantiate();
  ASSERT_FALSE(instance);
  EXPECT_EQ(instance.error().text.find("unknown import: \"env\".\"host\" (function "), 0u)
      << instance.error().text;
}

TEST_F(RuntimeTest, UnknownImportsCanTrapWhenCalled) {
  body = nullptr;
  auto module = loadBytes(buildSample());
  ASSERT_TRUE(module);
  auto instance = Instance::instantiate(*module, resolver(), {.trapOnUnknownImports = true});
  ASSERT_TRUE(instance);
  auto failed = invoke(**instance, "call-host");
  ASSERT_TRUE(trapsWith(failed, TrapKind::UnknownImport));
  EXPECT_EQ(failed.error().text, "unknown import called: \"env\".\"host\"");
}

TEST_F(RuntimeTest, ImportsMemoriesWithAGuardOnly) {
  wasm::MemoryType type;
  type.limits.min = 2;
  type.limits.max = 3;
  memory = *makeMemory(type);
  auto instance = instantiate({.importsMemory = true});
  ASSERT_TRUE(instance) << instance.error().text;
  EXPECT_EQ(invoke(**instance, "grow", 1).value_or(0), 2u);
  EXPECT_EQ(memory->pages(), 3u);
  EXPECT_TRUE(invoke(**instance, "fill", 131072, 8));
  EXPECT_EQ(memory->bytes()[131079], 'A');

  auto limited = instantiate({.minPages = 4, .importsMemory = true});
  ASSERT_FALSE(limited);
  EXPECT_EQ(
      limited.error().text,
      "incompatible import type: \"env\".\"memory\" is a memory 3 3, wanted a memory 4 65536");

  type.limits.is64 = true;
  memory = *makeMemory(type, false);
  EXPECT_TRUE(memory->isGuarded());
}

TEST_F(RuntimeTest, ExportsKeepTheInstanceAlive) {
  auto instance = instantiate();
  ASSERT_TRUE(instance);
  auto add = std::get<std::shared_ptr<Function>>(*(*instance)->findExport("add"));
  auto exported = std::get<std::shared_ptr<Memory>>(*(*instance)->findExport("memory"));
  instance->reset();
  Slot slots[2] = {1, 2};
  ASSERT_TRUE(call(*add, slots));
  EXPECT_EQ(slots[0], 3u);
  add.reset();
  EXPECT_EQ(exported->bytes()[16384], 'i');
}

TEST_F(RuntimeTest, TablesKeepInstancesAlive) {
  wasm::TableType type;
  type.element = ValueType::funcref();
  type.limits.min = 2;
  auto table = *makeTable(type);
  {
    auto instance = instantiate();
    ASSERT_TRUE(instance);
    auto add = std::get<std::shared_ptr<Function>>(*(*instance)->findExport("add"));
    ASSERT_TRUE(setElement(*table, 1, referenceTo(*add)));
    EXPECT_FALSE(setElement(*table, 2, 0));
  }
  EXPECT_EQ(functionOf(table->record->elements[0]), nullptr);
  auto add = functionOf(table->record->elements[1]);
  EXPECT_EQ(add->type, sampleType);
  Slot slots[2] = {3, 4};
  ASSERT_TRUE(call(*add, slots));
  EXPECT_EQ(slots[0], 7u);
}

TEST_F(RuntimeTest, LinkedInstancesAreFreedTogether) {
  const std::weak_ptr<int> watched = [&] {
    auto alive = std::make_shared<int>(0);
    body = [alive](Caller, std::span<Slot>) -> Status { return {}; };
    auto exporter = instantiate();
    EXPECT_TRUE(exporter);
    memory = std::get<std::shared_ptr<Memory>>(*(*exporter)->findExport("memory"));
    auto importer = instantiate({.importsMemory = true});
    EXPECT_TRUE(importer);
    memory = nullptr;
    body = nullptr;
    exporter->reset();
    EXPECT_TRUE(invoke(**importer, "fill", 16384, 4));
    EXPECT_FALSE(std::weak_ptr<int>(alive).expired());
    return alive;
  }();
  EXPECT_TRUE(watched.expired());
}

TEST_F(RuntimeTest, RefusesDamageOutsideTheMetadata) {
  auto bytes = buildSample();
  bytes.back() ^= 1;
  auto module = loadBytes(bytes);
  ASSERT_FALSE(module);
  EXPECT_EQ(module.error().kind, ErrorKind::Malformed);
  EXPECT_EQ(module.error().text, "the file is damaged: its checksum is another");
}

TEST_F(RuntimeTest, RefusesOtherMachines) {
  auto missing = loadBytes(buildSample({.features = "warp-drive"}));
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().text.find("\"warp-drive\""), std::string::npos);
#ifdef __x86_64__
  EXPECT_TRUE(loadBytes(buildSample({.features = "sse2,cx8"})));
#endif

  auto file = buildSample();
  constexpr uint8_t s390x = 22;
  file[18] = s390x;
  file[test::noteOffset + 24 + offsetof(artifact::MetadataHeader, elfMachine)] = s390x;
  auto foreign = loadBytes(file);
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().kind, ErrorKind::Unsupported);
  EXPECT_NE(foreign.error().text.find("module was compiled for machine 22, this machine is " +
                                      artifact::machineName(runtime::hostElfMachine)),
            std::string::npos);
}

TEST_F(RuntimeTest, ThreadsRunTheirOwnInstances) {
  auto module = loadBytes(buildSample());
  ASSERT_TRUE(module);
  auto work = [&] {
    for (uint32_t i = 0; i < test::threadRounds; ++i) {
      auto instance = Instance::instantiate(*module, resolver());
      ASSERT_TRUE(instance);
      EXPECT_EQ(invoke(**instance, "call-host", 6, 7).value_or(0), 42u);
      EXPECT_TRUE(trapsWith(invoke(**instance, "load", 1 << 20), TrapKind::MemoryOutOfBounds));
      if (i % 16 == 0) {
        EXPECT_TRUE(trapsWith(invoke(**instance, "recurse"), TrapKind::StackOverflow));
      }
      auto own = loadBytes(buildSample());
      ASSERT_TRUE(own);
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back(work);
  for (std::thread &thread : threads)
    thread.join();
}

// Tools that unwind take the lowest mapping of a file for its beginning.
TEST_F(RuntimeTest, ArtifactsLieBelowTheImagesOfMemories) {
  void *const wanted = reinterpret_cast<void *>(uintptr_t(1) << 38);
  void *const low = mmap(wanted, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(low, 4096);
  if (low != wanted)
    GTEST_SKIP() << "the system has no low addresses";
  auto instance = instantiate();
  ASSERT_TRUE(instance);
  EXPECT_LT((*instance)->module().file().data(), (*instance)->memory0()->bytes().data());
}

TEST_F(RuntimeTest, TrapsOnThreadsThatBlockSignals) {
  auto instance = instantiate();
  ASSERT_TRUE(instance);
  std::thread([&] {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, nullptr);
    EXPECT_TRUE(trapsWith(invoke(**instance, "load", 1 << 20), TrapKind::MemoryOutOfBounds));
    sigset_t now;
    pthread_sigmask(SIG_SETMASK, nullptr, &now);
    EXPECT_TRUE(sigismember(&now, SIGTERM));
  }).join();
}

void raiseFault() {
  volatile uintptr_t nowhere = 8;
  *reinterpret_cast<volatile int *>(nowhere) = 1;
}

TEST_F(RuntimeTest, FaultsOfTheHostAreNotOurs) {
  body = [](Caller, std::span<Slot>) -> Status {
    raiseFault();
    return {};
  };
  auto instance = instantiate();
  ASSERT_TRUE(instance);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  EXPECT_DEATH((void)invoke(**instance, "call-host"), "SEGV");
#else
  EXPECT_EXIT((void)invoke(**instance, "call-host"), testing::KilledBySignal(SIGSEGV), "");
#endif
}

} // namespace
} // namespace w2n::runtime
