// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "test/unit/heap/TestHeap.h"

#include <random>

namespace w2n::heap {
namespace {

constexpr uint32_t mebibyte = 1 << 20;

TEST(Heap, ObjectsAreZeroAndApart) {
  TestHeap test;
  std::vector<uint32_t> objects;
  for (uint32_t i = 0; i < 10000; ++i) {
    const uint32_t object = test.make(Node);
    ASSERT_EQ(test.get<uint64_t>(object, TestHeap::left), 0u);
    test.set(object, TestHeap::left, i << 1 | 1);
    objects.push_back(object);
  }
  for (uint32_t i = 0; i < objects.size(); ++i) {
    ASSERT_EQ(test.get(objects[i], 0), Node);
    ASSERT_EQ(test.get(objects[i], TestHeap::left), i << 1 | 1);
  }
}

TEST(Heap, KeepsWhatRootsLeadToAndNothingElse) {
  TestHeap test({.poison = true, .verify = true});
  const uint32_t kept = test.make(Node), child = test.make(Mixed), dropped = test.make(Node);
  test.set(kept, TestHeap::right, child);
  test.set(child, 16, 0x1234'5678'9abc'def0);
  test.set(dropped, TestHeap::left, kept);
  test.client.roots = {kept, 0, 7};
  ASSERT_TRUE(test.heap->collect());
  EXPECT_EQ(test.get(kept, TestHeap::right), child);
  EXPECT_EQ(test.get<uint64_t>(child, 16), 0x1234'5678'9abc'def0);
  EXPECT_EQ(test.heap->stats().liveBytes, 16u + 40u);
}

TEST(Heap, FollowsEveryKindOfField) {
  TestHeap test({.poison = true, .verify = true});
  const uint32_t mixed = test.make(Mixed), wide = test.make(Wide),
                 pointers = test.make(Pointers, 3), externals = test.make(Externals, 2);
  uint64_t leaves = 0;
  auto leaf = [&] { return ++leaves, test.make(Node); };
  test.set(mixed, 12, leaf());
  test.set(mixed, 24, artifact::externTag | leaf());
  test.set(mixed, 32, leaf());
  for (uint32_t i = 0; i < 100; ++i)
    test.set(wide, 8 + 4 * i, leaf());
  for (uint32_t i = 0; i < 3; ++i)
    test.set(pointers, 8 + 4 * i, leaf());
  for (uint32_t i = 0; i < 2; ++i)
    test.set(externals, 8 + 8 * i, artifact::externTag | leaf());
  test.client.roots = {mixed, wide};
  test.client.externals = {artifact::externTag | pointers, artifact::externTag | externals,
                           0x7fff'1234'5678, 0};
  const uint64_t before = test.heap->stats().allocatedBytes;
  ASSERT_TRUE(test.heap->collect());
  EXPECT_EQ(test.heap->stats().liveBytes, before);
  EXPECT_EQ(before, 16 * leaves + 40 + 408 + 24 + 24);
}

TEST(Heap, DisplaysHaveSupertypesByDepth) {
  auto types = std::move(HeapTypes::create(1000)).value();
  const uint32_t display[] = {4, 9, 7};
  ASSERT_TRUE(types->defineStruct(7, {}, display));
  const uint32_t *row = types->displays() + 7 * artifact::displayEntries;
  EXPECT_EQ(row[0], 4u);
  EXPECT_EQ(row[1], 9u);
  EXPECT_EQ(row[2], 7u);
  EXPECT_EQ(row[3], artifact::fillerTypeId);
  EXPECT_EQ(types->kinds()[7], ObjectKind::Struct);
  types->remove(7);
  EXPECT_EQ(types->kinds()[7], ObjectKind::None);
  EXPECT_EQ(types->descriptor(7).kind, ObjectKind::None);
  EXPECT_EQ(types->displays()[0], artifact::fillerTypeId) << "the boxes' row";
  const Status tooMany = types->defineStruct(1000, {}, display);
  ASSERT_FALSE(tooMany);
  EXPECT_EQ(tooMany.error().kind, ErrorKind::Limit);
}

TEST(Heap, StacksPinByHalvesInteriorAndEnds) {
  TestHeap test({.poison = true});
  const auto base = reinterpret_cast<uint64_t>(test.heap->record().base);
  const uint32_t a = test.make(Words, 4), b = test.make(Node);
  struct {
    const char *name;
    uint64_t word;
    uint64_t live;
  } const cases[] = {{"lower half", a, 40},
                     {"upper half", uint64_t(a) << 32 | 3, 40},
                     {"address", base + a, 40},
                     {"interior address", base + a + 21, 40},
                     {"interior half", a + 12, 40},
                     {"end, which is the next one's beginning", base + a + 40, 40 + 16},
                     {"end of the last", base + b + 16, 16},
                     {"past all", base + b + 24, 0},
                     {"before all", base + a - 8, 0},
                     {"null", base, 0},
                     {"i31", 5, 0}};
  for (const auto &testCase : cases) {
    test.client.words = {testCase.word};
    TestHeap fresh({.poison = true});
    const uint32_t first = fresh.make(Words, 4);
    ASSERT_EQ(first, a);
    ASSERT_EQ(fresh.make(Node), b);
    const auto freshBase = reinterpret_cast<uint64_t>(fresh.heap->record().base);
    fresh.client.words = {testCase.word >= base && testCase.word - base <= UINT32_MAX
                              ? testCase.word - base + freshBase
                              : testCase.word};
    ASSERT_TRUE(fresh.heap->collect());
    EXPECT_EQ(fresh.heap->stats().liveBytes, testCase.live) << testCase.name;
    // The same by what the collection before has left.
    ASSERT_TRUE(fresh.heap->collect());
    EXPECT_EQ(fresh.heap->stats().liveBytes, testCase.live) << testCase.name << ", again";
  }
}

TEST(Heap, StacksPinLargeObjects) {
  TestHeap test;
  const uint32_t large = test.make(Bytes, 100'000);
  const auto base = reinterpret_cast<uint64_t>(test.heap->record().base);
  for (uint64_t word : {base + large, base + large + 70'000, base + large + 100'008}) {
    test.client.words = {word};
    ASSERT_TRUE(test.heap->collect());
    EXPECT_EQ(test.heap->stats().liveBytes, 100'008u);
  }
  test.client.words = {base + large + 100'008 + 8};
  ASSERT_TRUE(test.heap->collect());
  EXPECT_EQ(test.heap->stats().liveBytes, 0u);
}

TEST(Heap, ReusesHolesAndBlocksWithoutGrowing) {
  TestHeap test({.minCollectBytes = mebibyte, .poison = true, .verify = true});
  // A node in a hundred stays, in a list.
  for (uint32_t i = 0; i < 400'000; ++i) {
    const uint32_t node = test.make(Node);
    ASSERT_NE(node, 0u);
    ASSERT_EQ(test.get<uint64_t>(node, TestHeap::left), 0u);
    if (i % 100 != 0)
      continue;
    test.set(node, TestHeap::left, test.client.roots.empty() ? 0 : test.client.roots[0]);
    test.client.roots = {node};
  }
  const HeapStats stats = test.heap->stats();
  EXPECT_GE(stats.collections, 4u);
  EXPECT_LE(stats.usedBytes, 3u * mebibyte);
  uint32_t length = 0;
  for (uint32_t node = test.client.roots[0]; node != 0; node = test.get(node, TestHeap::left))
    ++length;
  EXPECT_EQ(length, 4000u);
}

TEST(Heap, LimitIsAnErrorAndTheHeapGoesOn) {
  TestHeap test({.maxBytes = mebibyte, .verify = true});
  std::vector<uint32_t> all;
  while (const uint32_t object = test.make(Words, 14)) {
    test.client.roots.push_back(object);
    ASSERT_LE(test.client.roots.size() * 120, mebibyte);
  }
  EXPECT_GE(test.client.roots.size() * 120, mebibyte / 10 * 9);
  EXPECT_EQ(test.heap->allocate(Words, 14).error(), HeapError::LimitExceeded);
  EXPECT_LE(test.heap->stats().usedBytes, test.heap->maxBytes());
  test.client.roots.resize(test.client.roots.size() / 2);
  EXPECT_NE(test.make(Words, 14), 0u);
}

TEST(Heap, ArraysThatNeverFitAreRefusedAtOnce) {
  TestHeap test({.maxBytes = mebibyte});
  for (uint32_t type : {Bytes, Words, Vectors, Pointers})
    for (uint32_t length : {UINT32_MAX, UINT32_MAX - 7, 1u << 28, 2 * mebibyte})
      EXPECT_EQ(test.heap->allocate(type, length).error(), HeapError::LimitExceeded);
  EXPECT_EQ(test.heap->stats().collections, 0u);
  TestHeap whole;
  EXPECT_EQ(whole.heap->allocate(Bytes, UINT32_MAX).error(), HeapError::LimitExceeded);
}

TEST(Heap, LargeObjectsAreFreedAndReused) {
  TestHeap test({.maxBytes = 4 * mebibyte, .poison = true, .verify = true});
  for (uint32_t i = 0; i < 50; ++i) {
    const uint32_t large = test.make(Words, 100'000 + 1000 * i);
    ASSERT_NE(large, 0u) << i;
    ASSERT_EQ(test.get<uint64_t>(large, 8 + 8 * 99'999), 0u);
    test.set(large, 8 + 8 * 99'999, ~uint64_t(0));
    test.client.roots = {large};
  }
  EXPECT_GE(test.heap->stats().collections, 10u);
}

TEST(Heap, LargeArraysOfReferencesAreFollowedWhole) {
  TestHeap test({.minCollectBytes = mebibyte, .markStackEntries = 16, .verify = true});
  const uint32_t count = 50'000;
  const uint32_t array = test.make(Pointers, count);
  test.client.roots = {array};
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t node = test.make(Node);
    test.set(node, TestHeap::left, i << 1 | 1);
    test.set(array, 8 + 4 * i, node);
  }
  ASSERT_TRUE(test.heap->collect());
  for (uint32_t i = 0; i < count; ++i)
    ASSERT_EQ(test.get(test.get(array, 8 + 4 * i), TestHeap::left), i << 1 | 1);
}

TEST(Heap, DeepChainsNeedNoRecursion) {
  TestHeap test({.minCollectBytes = uint64_t(1) << 32});
  uint32_t last = 0;
  for (uint32_t i = 0; i < 10'000'000; ++i) {
    const uint32_t node = test.make(Node);
    // Either side, so that one of the orders is bad for the stack.
    test.set(node, i % 2 ? TestHeap::left : TestHeap::right, last);
    last = node;
  }
  test.client.roots = {last};
  ASSERT_TRUE(test.heap->collect());
  EXPECT_EQ(test.heap->stats().liveBytes, 160'000'000u);
}

TEST(Heap, InterruptedCollectionsFreeNothing) {
  TestHeap test({.minCollectBytes = uint64_t(1) << 32});
  uint32_t list = 0;
  for (uint32_t i = 0; i < 300'000; ++i) {
    const uint32_t node = test.make(Node);
    test.set(node, TestHeap::left, list);
    list = node;
  }
  // Half of it is garbage in the end.
  uint32_t half = list;
  for (uint32_t i = 0; i < 150'000; ++i)
    half = test.get(half, TestHeap::left);
  test.client.words = {half};
  for (uint64_t polls = 0; polls < 12; ++polls) {
    test.client.polls = 0;
    test.client.interruptAt = polls;
    if (test.heap->collect())
      break;
    ASSERT_LT(polls, 11u) << "it should have got through";
    uint32_t length = 0;
    for (uint32_t node = list; node != 0; node = test.get(node, TestHeap::left))
      ++length;
    ASSERT_EQ(length, 300'000u);
    ASSERT_NE(test.make(Node), 0u) << "allocation goes on";
  }
  EXPECT_EQ(test.heap->stats().liveBytes, 150'000u * 16);
  EXPECT_GT(test.heap->stats().interruptedCollections, 5u);
  EXPECT_EQ(test.heap->verify(), "");
}

TEST(Heap, AllocationsSayThatTheyWereInterrupted) {
  TestHeap test({.maxBytes = mebibyte});
  test.client.interruptAt = 0;
  std::expected<uint32_t, HeapError> made = 0;
  for (uint32_t i = 0; made && i < mebibyte; ++i)
    made = test.heap->allocate(Node, 0);
  EXPECT_EQ(made.error(), HeapError::Interrupted);
  test.client.interruptAt = UINT64_MAX;
  EXPECT_TRUE(test.heap->allocate(Node, 0));
}

TEST(Heap, ResetLeavesNothingOfTheTenant) {
  for (uint64_t residentBytes : {uint64_t(0), uint64_t(mebibyte), uint64_t(64) << 20}) {
    TestHeap test({.minCollectBytes = 4 * mebibyte});
    for (int tenant = 0; tenant < 3; ++tenant) {
      std::mt19937 random(tenant);
      for (uint32_t i = 0; i < 20'000; ++i) {
        const uint32_t length = i % 1000 == 0 ? 50'000 : random() % 300;
        const uint32_t object = test.make(Bytes, length);
        ASSERT_NE(object, 0u);
        for (uint32_t at = 0; at < length; ++at)
          ASSERT_EQ(test.get<uint8_t>(object, 8 + at), 0);
        std::memset(test.heap->record().base + object + 8, 0xff, length);
      }
      ASSERT_TRUE(test.heap->handles.add(test.make(Node)));
      const uint64_t used = test.heap->stats().usedBytes;
      ASSERT_TRUE(test.heap->reset(residentBytes));
      EXPECT_EQ(test.heap->stats().usedBytes, 0u);
      const uint8_t *memory = test.heap->record().base + artifact::nullGuardBytes;
      for (uint64_t i = 0; i < used; ++i)
        ASSERT_EQ(memory[i], 0) << i;
    }
  }
}

TEST(Heap, HandlesAreRoots) {
  TestHeap test({.poison = true});
  const auto first = test.heap->handles.add(test.make(Node));
  const auto second = test.heap->handles.add(test.make(Mixed));
  ASSERT_TRUE(test.heap->collect());
  EXPECT_EQ(test.heap->stats().liveBytes, 16u + 40u);
  EXPECT_EQ(test.get(test.heap->handles.get(*second), 0), Mixed);
  test.heap->handles.remove(*second);
  ASSERT_TRUE(test.heap->collect());
  EXPECT_EQ(test.heap->stats().liveBytes, 16u);
  EXPECT_EQ(test.heap->handles.add(test.make(Node)), second) << "slots are used again";
  EXPECT_NE(first, second);
}

TEST(Heap, HostObjectsAreFinalizedOnce) {
  int finalized[3] = {};
  auto count = [](void *data) { ++*static_cast<int *>(data); };
  {
    TestHeap test;
    uint32_t objects[3];
    for (int i = 0; i < 3; ++i)
      objects[i] = test.heap->allocateHostObject(&finalized[i], count).value();
    EXPECT_EQ(test.heap->hostObject(objects[1]), &finalized[1]);
    EXPECT_EQ(test.heap->hostObject(test.make(Node)), nullptr);
    EXPECT_EQ(test.heap->hostObject(test.heap->allocateExternBox(77).value()), nullptr);
    test.client.externals = {artifact::externTag | objects[1]};
    test.client.words = {objects[2]};
    ASSERT_TRUE(test.heap->collect());
    EXPECT_EQ(finalized[0], 1);
    EXPECT_EQ(finalized[1] + finalized[2], 0);
    test.client.words.clear();
    ASSERT_TRUE(test.heap->collect());
    ASSERT_TRUE(test.heap->collect());
    EXPECT_EQ(finalized[0], 1);
    EXPECT_EQ(finalized[2], 1);
    EXPECT_EQ(finalized[1], 0);
  }
  EXPECT_EQ(finalized[1], 1) << "at the heap's end";
}

TEST(Heap, CollectsAtEveryAllocation) {
  TestHeap test({.collectAlways = true, .poison = true, .verify = true});
  test.make(Node);
  const uint32_t kept = test.make(Node);
  test.client.roots = {kept};
  for (int i = 0; i < 50; ++i)
    ASSERT_NE(test.make(Node), 0u);
  EXPECT_EQ(test.heap->stats().collections, 52u);
  EXPECT_EQ(test.heap->stats().liveBytes, 16u);
}

// Whatever a guest managed to write over its objects, the collector stays in the heap.
TEST(Heap, GarbageInObjectsIsHarmless) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 30; ++round) {
    TestHeap test({.maxBytes = 4 * mebibyte});
    for (uint32_t i = 0; i < 3000; ++i) {
      const uint32_t object =
          i % 500 == 0 ? test.make(Pointers, 10'000 + i) : test.make(Words, i % 40);
      test.client.roots.push_back(object);
      test.client.words.push_back(object + random() % 256);
    }
    for (uint64_t offset = artifact::nullGuardBytes; offset < test.heap->record().cursor;
         offset += 8)
      if (random() % 2)
        test.set(uint32_t(offset), 0,
                 (random() % 12) | (random() % (uint64_t(8) << 20)) << 32 >> (random() % 8));
    for (uint32_t i = 0; i < 100; ++i)
      test.client.words.push_back(random());
    ASSERT_TRUE(test.heap->collect());
    test.make(Words, 3);
    ASSERT_TRUE(test.heap->collect());
  }
}

} // namespace
} // namespace w2n::heap
