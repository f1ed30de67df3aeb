// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Pools and limits: what an instance left in its slot is gone, what it may not have it does not
// get.
#include "runtime/core/InstancePool.h"
#include "runtime/core/Instance.h"
#include "runtime/core/InstanceState.h"
#include "runtime/core/Memory.h"
#include "runtime/core/Table.h"
#include "runtime/platform/VirtualMemory.h"
#include "test/unit/SampleModule.h"

#include <algorithm>
#include <cstring>
#include <gtest/gtest.h>
#include <random>
#include <sys/mman.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace w2n::runtime {
namespace {

using artifact::ExternKindCode;
using artifact::TrapKind;
using artifact::ValueTypeCode;
using test::loadBytes;

constexpr uint8_t secret = 0x5e;
constexpr uint64_t imageAddress = 16384;

std::optional<Extern> multiply(std::string_view, std::string_view, wasm::ExternKind) {
  return makeHostFunction(
      {{wasm::ValueType::i32(), wasm::ValueType::i32()}, {wasm::ValueType::i32()}},
      [](Caller, std::span<Slot> slots) -> Status {
        slots[0] *= slots[1];
        return {};
      });
}

std::shared_ptr<const Module> sampleModule(uint64_t pages = 1) {
  return *loadBytes(test::buildSample({.minPages = pages}));
}

/// Memory, a mutable global and a table of host references, all exported, without functions.
std::shared_ptr<const Module> storageModule() {
  test::ArtifactBuilder builder;
  builder.addMemory(2, 16);
  builder.addImage(imageAddress, {'i', 'm', 'a', 'g', 'e'});
  builder.globals.push_back({uint32_t(ValueTypeCode::I64), 1});
  builder.tables.push_back({uint32_t(ValueTypeCode::ExternRef), 0, 600, 0});
  builder.addExport("memory", ExternKindCode::Memory, 0);
  builder.addExport("global", ExternKindCode::Global, 0);
  builder.addExport("table", ExternKindCode::Table, 0);
  return *loadBytes(builder.build());
}

/// Four memories: two with guards, and two of small pages, of which the last has an image.
std::shared_ptr<const Module> severalMemories() {
  test::ArtifactBuilder builder;
  builder.addMemory(1, 16);
  builder.addMemory(2, 16);
  builder.addImage(imageAddress, {'i', 'm', 'a', 'g', 'e'});
  builder.images.back().memory = 1;
  for (const uint64_t bytes : {4096, 32768})
    builder.memories.push_back({0, artifact::limitHasMax, bytes, 16 << 20});
  builder.addImage(imageAddress, {'i', 'm', 'a', 'g', 'e'});
  builder.images.back().memory = 3;
  return *loadBytes(builder.build());
}

std::shared_ptr<InstancePool> makePool(const InstancePool::Options &options) {
  auto pool = InstancePool::create(options);
  EXPECT_TRUE(pool) << pool.error().text;
  return *pool;
}

Result<std::shared_ptr<Instance>> instantiate(const std::shared_ptr<const Module> &module,
                                              const std::shared_ptr<InstancePool> &pool,
                                              const InstanceLimits &limits = {}) {
  return Instance::instantiate(module, multiply, {.limits = limits, .pool = pool});
}

Result<uint32_t> invoke(Instance &instance, std::string_view name, uint32_t first = 0,
                        uint32_t second = 0) {
  Slot slots[2] = {first, second};
  W2N_CHECK(call(*std::get<std::shared_ptr<Function>>(*instance.findExport(name)), slots));
  return uint32_t(slots[0]);
}

template <typename T> std::shared_ptr<T> get(Instance &instance, std::string_view name) {
  return std::get<std::shared_ptr<T>>(*instance.findExport(name));
}

/// Whether `memory` is as the sample's image says, zero everywhere else.
::testing::AssertionResult isInitial(std::span<const uint8_t> memory) {
  for (uint64_t i = 0; i < memory.size(); ++i) {
    const uint64_t inImage = i - imageAddress;
    if (memory[i] != (inImage < 5 ? "image"[inImage] : 0))
      return ::testing::AssertionFailure() << "byte " << i << " is " << int(memory[i]);
  }
  return ::testing::AssertionSuccess();
}

/// The ways in which a slot is put back: nothing is kept, a little, and all that is written.
class InstancePoolReset : public testing::TestWithParam<uint64_t> {};

TEST_P(InstancePoolReset, NothingOfATenantIsLeft) {
  const auto pool = makePool({.slots = 1, .residentBytes = GetParam()});
  const auto module = storageModule();
  std::mt19937 random(1);
  for (int round = 0; round < 30; ++round) {
    auto instance = instantiate(module, pool);
    ASSERT_TRUE(instance) << instance.error().text;
    auto &state = (*instance)->state();
    Memory &memory = *(*instance)->memory0();
    ASSERT_EQ(memory.pages(), 2u);
    ASSERT_TRUE(isInitial(memory.bytes())) << "round " << round;
    auto table = get<Table>(**instance, "table");
    auto global = get<Global>(**instance, "global");
    ASSERT_EQ(table->size(), 600u);
    EXPECT_EQ(std::count(table->record->elements, table->record->elements + 600, 0), 600);
    EXPECT_EQ(global->cell->bits[0] | global->cell->bits[1], 0u);
    for (size_t i = 0; i < module->argumentSlots(); ++i)
      EXPECT_EQ(state.argumentBuffer[i], 0u);

    // Everything, one page, a few pages, or nothing, and sometimes more than there was.
    if (round % 3 == 0) {
      ASSERT_EQ(memory.grow(1 + round % 2), 2);
    }
    std::memset(state.argumentBuffer, secret, module->argumentSlots() * sizeof(uint64_t));
    std::memset(global->cell->bits, secret, sizeof(global->cell->bits));
    ASSERT_EQ(table->grow(100, secret), 600);
    std::fill_n(table->record->elements, round % 2 ? 700 : 10, secret);
    if (round % 4 == 1)
      std::memset(memory.bytes().data(), secret, memory.bytes().size());
    for (int i = 0; i < round % 4; ++i)
      memory.bytes()[random() % memory.bytes().size()] = secret;
    // Pages that are only read cost nothing, and are not taken for a tenant's.
    if (round % 5 == 0) {
      EXPECT_GE(std::count(memory.bytes().begin(), memory.bytes().end(), secret), 0);
    }
  }
}

TEST_P(InstancePoolReset, AnotherModuleFindsItsOwnMemory) {
  const auto pool = makePool({.slots = 2, .residentBytes = GetParam()});
  const std::shared_ptr<const Module> modules[] = {sampleModule(1), storageModule(),
                                                   sampleModule(5)};
  const uint64_t pages[] = {1, 2, 5};
  for (int round = 0; round < 20; ++round) {
    const int which = round * 7 % 3;
    auto instance = instantiate(modules[which], pool);
    ASSERT_TRUE(instance) << instance.error().text;
    Memory &memory = *(*instance)->memory0();
    EXPECT_EQ(memory.pages(), pages[which]);
    ASSERT_TRUE(isInitial(memory.bytes())) << "round " << round;
    std::memset(memory.bytes().data(), secret, memory.bytes().size());
    if (which != 1) {
      EXPECT_EQ(invoke(**instance, "call-host", 6, 7).value_or(0), 42u);
    }
  }
}

TEST_P(InstancePoolReset, WhatWasGrownIsOutOfBoundsAgain) {
  const auto pool = makePool({.slots = 1, .residentBytes = GetParam()});
  const auto module = sampleModule();
  for (int round = 0; round < 3; ++round) {
    auto instance = instantiate(module, pool);
    ASSERT_TRUE(instance) << instance.error().text;
    auto outside = invoke(**instance, "load", 65536);
    ASSERT_FALSE(outside);
    EXPECT_EQ(outside.error().code, uint32_t(TrapKind::MemoryOutOfBounds));
    EXPECT_EQ(invoke(**instance, "grow", 2).value_or(99), 1u);
    EXPECT_TRUE(invoke(**instance, "fill", 65536, 70000));
    EXPECT_EQ(invoke(**instance, "load", 65536).value_or(0), 0x41414141u);
  }
}

// Memories after the first stay where they are, and are put back like it.
TEST_P(InstancePoolReset, SeveralMemoriesArePutBack) {
  const auto pool = makePool({.slots = 1, .residentBytes = GetParam()});
  const auto module = severalMemories();
  std::vector<uint8_t *> bases;
  for (int round = 0; round < 6; ++round) {
    auto instance = instantiate(module, pool);
    ASSERT_TRUE(instance) << instance.error().text;
    const std::vector<Memory *> &memories = (*instance)->state().memories;
    const uint64_t sizes[] = {65536, 2 * 65536, 4096, 32768};
    for (size_t i = 0; i < std::size(sizes); ++i) {
      const auto bytes = memories[i]->bytes();
      ASSERT_EQ(bytes.size(), sizes[i]) << "memory " << i << ", round " << round;
      EXPECT_TRUE(i % 2 == 0 ? std::ranges::all_of(bytes, [](uint8_t byte) { return byte == 0; })
                             : isInitial(bytes))
          << "memory " << i << ", round " << round;
      if (round == 0)
        bases.push_back(bytes.data());
      EXPECT_EQ(bytes.data(), bases[i]) << "memory " << i << ", round " << round;
      EXPECT_EQ(memories[i]->isGuarded(), i < 2);
      // In small ones two pages of the system or many more.
      if (round % 2 == 0) {
        ASSERT_EQ(memories[i]->grow(i < 2        ? 1
                                    : round == 2 ? 4096
                                                 : 300000),
                  int64_t(i < 2 ? sizes[i] / 65536 : sizes[i]));
      }
      if (round % 3 != 2)
        std::memset(memories[i]->bytes().data(), secret, memories[i]->bytes().size());
    }
  }
}

TEST_P(InstancePoolReset, AForkedChildPutsBackItsOwnPages) {
  const auto pool = makePool({.slots = 1, .residentBytes = GetParam()});
  const auto module = storageModule();
  (void)instantiate(module, pool); // The parent has looked at its page map.
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    {
      auto instance = instantiate(module, pool);
      std::memset((*instance)->memory0()->bytes().data(), secret, 65536);
    }
    auto next = instantiate(module, pool);
    _exit(next && isInitial((*next)->memory0()->bytes()) ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

// Reading gives locked memory pages of its own, which then count as written. The kernel does not
// give them back either.
TEST_P(InstancePoolReset, LockedMemoryIsPutBack) {
  const auto pool = makePool({.slots = 1, .residentBytes = GetParam()});
  const auto module = storageModule();
  for (int round = 0; round < 4; ++round) {
    auto instance = instantiate(module, pool);
    ASSERT_TRUE(instance) << instance.error().text;
    const auto bytes = (*instance)->memory0()->bytes();
    ASSERT_TRUE(isInitial(bytes)) << "round " << round;
    if (mlock(bytes.data(), bytes.size()) != 0)
      GTEST_SKIP() << "the system does not lock memory for this user";
    bytes[round] = bytes[bytes.size() - 1] = bytes[imageAddress + 2] = secret;
  }
}

INSTANTIATE_TEST_SUITE_P(Kept, InstancePoolReset, testing::Values(0, 3 * 4096, 1 << 20));

TEST(InstancePool, TellsWhenAllSlotsAreInUse) {
  const auto pool = makePool({.slots = 2});
  const auto module = sampleModule();
  auto first = instantiate(module, pool), second = instantiate(module, pool);
  ASSERT_TRUE(first && second);
  auto third = instantiate(module, pool);
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().kind, ErrorKind::Limit);
  EXPECT_EQ(third.error().text, "all 2 slots of the pool are in use");
  first->reset();
  EXPECT_TRUE(instantiate(module, pool));
}

TEST(InstancePool, AnExportKeepsTheSlot) {
  const auto pool = makePool({.slots = 1});
  const auto module = storageModule();
  auto memory = get<Memory>(**instantiate(module, pool), "memory");
  EXPECT_FALSE(instantiate(module, pool));
  std::memset(memory->bytes().data(), secret, 65536);
  memory.reset();
  auto next = instantiate(module, pool);
  ASSERT_TRUE(next);
  EXPECT_TRUE(isInitial((*next)->memory0()->bytes()));
}

TEST(InstancePool, ThreadWaitsForASlot) {
  const auto pool = makePool({.slots = 1});
  const auto module = sampleModule();
  auto first = instantiate(module, pool);
  ASSERT_TRUE(first);
  std::thread waiter([&] {
    auto second = Instance::instantiate(module, multiply, {.pool = pool, .waitForSlot = true});
    ASSERT_TRUE(second) << second.error().text;
    EXPECT_EQ(invoke(**second, "add", 1, 2).value_or(0), 3u);
  });
  first->reset();
  waiter.join();
}

TEST(InstancePool, ThreadsShareSlots) {
  const auto pool = makePool({.slots = 3, .residentBytes = 64 * 1024});
  const std::shared_ptr<const Module> modules[] = {sampleModule(1), sampleModule(2)};
  std::vector<std::thread> threads;
  for (uint32_t number = 0; number < 4; ++number)
    threads.emplace_back([&, number] {
      for (uint32_t round = 0; round < 2 * test::threadRounds; ++round) {
        auto instance =
            Instance::instantiate(modules[(number + round) % 2], multiply,
                                  {.pool = round % 3 ? pool : nullptr, .waitForSlot = true});
        ASSERT_TRUE(instance) << instance.error().text;
        EXPECT_EQ(invoke(**instance, "load", 40000).value_or(1), 0u);
        EXPECT_TRUE(invoke(**instance, "fill", 100, 50000));
        EXPECT_EQ(invoke(**instance, "call-host", 6, 7).value_or(0), 42u);
        EXPECT_FALSE(invoke(**instance, "load", 10 << 20));
        EXPECT_FALSE(invoke(**instance, "trap"));
      }
    });
  for (std::thread &thread : threads)
    thread.join();
}

TEST(InstancePool, RefusesWhatIsTooLarge) {
  const auto pool = makePool({.slots = 1, .maxMemoryBytes = 3 * 65536, .maxTableElements = 650});
  auto large = instantiate(sampleModule(4), pool);
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().kind, ErrorKind::Limit);
  auto instance = instantiate(storageModule(), pool);
  ASSERT_TRUE(instance) << instance.error().text;
  EXPECT_EQ((*instance)->memory0()->grow(2), -1);
  EXPECT_EQ((*instance)->memory0()->grow(1), 2);
  EXPECT_EQ(get<Table>(**instance, "table")->grow(51, 0), -1);
  EXPECT_EQ(get<Table>(**instance, "table")->grow(50, 0), 600);
  EXPECT_EQ(InstancePool::create({.slots = 0}).error().kind, ErrorKind::Invalid);
  EXPECT_EQ(InstancePool::create({.slots = 1 << 20}).error().kind, ErrorKind::Limit);
}

TEST(InstancePool, SmallMemoriesShareTheirRoom) {
  const auto pool = makePool({.slots = 1, .smallMemoryBytes = 1 << 20});
  auto instance = instantiate(severalMemories(), pool);
  ASSERT_TRUE(instance) << instance.error().text;
  for (const size_t i : {2, 3}) {
    Memory &memory = *(*instance)->state().memories[i];
    EXPECT_EQ(memory.maxBytes(), uint64_t(512) << 10);
    EXPECT_EQ(memory.grow((512 << 10) - memory.pages() + 1), -1);
  }
  instance->reset();
  // Without room they are made by themselves.
  const auto noRoom = makePool({.slots = 1, .smallMemoryBytes = 0});
  auto other = instantiate(severalMemories(), noRoom);
  ASSERT_TRUE(other) << other.error().text;
  EXPECT_EQ((*other)->state().memories[3]->maxBytes(), uint64_t(16) << 20);
  EXPECT_TRUE(isInitial((*other)->state().memories[3]->bytes()));
  EXPECT_EQ(InstancePool::create({.slots = 1, .smallMemoryBytes = UINT64_MAX}).error().kind,
            ErrorKind::Invalid);
}

TEST(InstanceLimits, BoundMemoriesAndTables) {
  const auto module = storageModule();
  const InstanceLimits limits = {.maxMemoryBytes = 3 * 65536, .maxTableElements = 600};
  auto instance = instantiate(module, nullptr, limits);
  ASSERT_TRUE(instance) << instance.error().text;
  EXPECT_EQ((*instance)->memory0()->grow(2), -1);
  EXPECT_EQ((*instance)->memory0()->grow(1), 2);
  EXPECT_EQ(get<Table>(**instance, "table")->grow(1, 0), -1);

  auto memory = instantiate(module, nullptr, {.maxMemoryBytes = 65536});
  ASSERT_FALSE(memory);
  EXPECT_EQ(memory.error().kind, ErrorKind::Limit);
  EXPECT_EQ(memory.error().text, "memory has 2 pages of 65536 bytes, the limit is 65536 bytes");
  auto table = instantiate(module, nullptr, {.maxTableElements = 599});
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().kind, ErrorKind::Limit);
  EXPECT_EQ(table.error().text, "table has 600 elements, most is 599");
}

TEST(InstanceLimits, BoundTheStack) {
  const auto module = sampleModule();
  // From smaller than a frame to larger than the thread's at first.
  for (uint64_t bytes : {uint64_t(0), uint64_t(64), uint64_t(65536), uint64_t(64) << 20}) {
    auto instance = instantiate(module, nullptr, {.maxStackBytes = bytes});
    ASSERT_TRUE(instance);
    auto overflow = invoke(**instance, "recurse");
    ASSERT_FALSE(overflow);
    EXPECT_EQ(overflow.error().code, uint32_t(TrapKind::StackOverflow));
    if (bytes >= 65536) {
      EXPECT_EQ(invoke(**instance, "call-host", 6, 7).value_or(0), 42u);
    }
  }
  auto tooMuch = instantiate(module, nullptr, {.maxStackBytes = UINT64_MAX});
  ASSERT_TRUE(tooMuch);
  EXPECT_EQ(invoke(**tooMuch, "add").error().kind, ErrorKind::Limit);
  auto next = instantiate(module, nullptr);
  ASSERT_TRUE(next);
  EXPECT_EQ(invoke(**next, "add", 1, 2).value_or(0), 3u);
}

TEST(InstanceLimits, BoundTheHostsMemory) {
  const auto module = storageModule();
  // 600 elements, and what the instance itself needs.
  const InstanceLimits limits = {.maxHostBytes = 16'000};
  const auto budget = std::make_shared<HostBudget>(16'000);
  {
    auto instance = Instance::instantiate(module, multiply, {.budget = budget});
    ASSERT_TRUE(instance) << instance.error().text;
    EXPECT_GE(budget->takenBytes(), 600 * sizeof(uint64_t));
    auto table = get<Table>(**instance, "table");
    EXPECT_EQ(table->grow(2'000, 0), -1);
    EXPECT_EQ(table->size(), 600u);
    EXPECT_EQ(table->grow(1'000, secret), 600);
    EXPECT_EQ(table->record->elements[1599], secret);
    auto second = Instance::instantiate(module, multiply, {.budget = budget});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, ErrorKind::Limit);
    // With one of its own.
    EXPECT_TRUE(instantiate(module, nullptr, limits));
  }
  EXPECT_EQ(budget->takenBytes(), 0u);
  auto small = instantiate(module, nullptr, {.maxHostBytes = 100});
  ASSERT_FALSE(small);
  EXPECT_EQ(small.error().kind, ErrorKind::Limit);
}

/// Whether the words from `begin` on are zero.
::testing::AssertionResult isClear(const void *begin, size_t bytes) {
  const auto *words = static_cast<const uint64_t *>(begin);
  for (size_t i = 0; i < bytes / sizeof(uint64_t); ++i)
    if (words[i] != 0)
      return ::testing::AssertionFailure() << "word " << i << " is " << words[i];
  return ::testing::AssertionSuccess();
}

// Not only when the next instance comes.
TEST(InstanceEnd, ClearsGlobalsArgumentsAndElements) {
  const auto pool = makePool({.slots = 1});
  const auto module = storageModule();
  auto instance = instantiate(module, pool);
  ASSERT_TRUE(instance) << instance.error().text;
  // They stay the slot's.
  uint64_t *const arguments = (*instance)->state().argumentBuffer;
  const size_t argumentBytes = module->argumentSlots() * sizeof(uint64_t);
  uint64_t *const cell = get<Global>(**instance, "global")->cell->bits;
  uint64_t *const elements = get<Table>(**instance, "table")->record->elements;
  uint8_t *const memory = (*instance)->memory0()->bytes().data();
  std::memset(arguments, secret, argumentBytes);
  std::memset(cell, secret, 2 * sizeof(uint64_t));
  std::fill_n(elements, 600, secret);
  std::memset(memory, secret, imageAddress);
  instance->reset();
  EXPECT_TRUE(isClear(arguments, argumentBytes));
  EXPECT_TRUE(isClear(cell, 2 * sizeof(uint64_t)));
  EXPECT_TRUE(isClear(elements, 600 * sizeof(uint64_t)));
  EXPECT_TRUE(isClear(memory, imageAddress));
}

TEST(InstanceLimits, BoundTheNumberOfInstances) {
  const auto module = sampleModule();
  const InstanceOptions options = {.quota = std::make_shared<InstanceQuota>(2)};
  auto first = Instance::instantiate(module, multiply, options);
  auto second = Instance::instantiate(module, multiply, options);
  ASSERT_TRUE(first && second);
  auto third = Instance::instantiate(module, multiply, options);
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().text, "there are already 2 instances, as many as the limit allows");
  first->reset();
  EXPECT_TRUE(Instance::instantiate(module, multiply, options));
}

} // namespace
} // namespace w2n::runtime
