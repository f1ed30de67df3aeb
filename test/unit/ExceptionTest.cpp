// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The runtime's part of exceptions, without compiled code: tables of landing pads,
// collection.
#include "runtime/core/ExceptionHeap.h"
#include "runtime/core/Interrupt.h"
#include "runtime/core/LandingPads.h"
#include "runtime/core/Unwind.h"

#include <cstring>
#include <gtest/gtest.h>
#include <random>

namespace w2n::runtime {
namespace {

using artifact::Exception;

/// A call-site table: [0,4) no pad; [4,10) pad at 0x30; a gap; [12,14) pad at 0x20.
const std::vector<uint8_t> landingPads = {0xff, 0xff, 0x01, 12, 0,  4, 0,    0,
                                          4,    6,    0x30, 1,  12, 2, 0x20, 1};

TEST(LandingPads, AreFoundByCallSite) {
  EXPECT_EQ(findLandingPad(landingPads, 0), 0u);
  EXPECT_EQ(findLandingPad(landingPads, 3), 0u);
  EXPECT_EQ(findLandingPad(landingPads, 4), 0x30u);
  EXPECT_EQ(findLandingPad(landingPads, 9), 0x30u);
  EXPECT_EQ(findLandingPad(landingPads, 10), 0u);
  EXPECT_EQ(findLandingPad(landingPads, 12), 0x20u);
  EXPECT_EQ(findLandingPad(landingPads, 14), 0u);
}

TEST(LandingPads, OfDamagedTablesAreNowhereOrSomewhere) {
  std::mt19937 random(7);
  for (int i = 0; i < 10000; ++i) {
    auto damaged = landingPads;
    damaged[random() % damaged.size()] = uint8_t(random());
    damaged.resize(random() % damaged.size() + 1);
    // A copy of exactly this size, so that a sanitizer sees reads past the end.
    const std::vector<uint8_t> exact(damaged);
    findLandingPad(exact, random() % 16);
  }
  EXPECT_EQ(findLandingPad({}, 0), 0u);
}

/// An .eh_frame as clang makes it for a function with landing pads: a personality, the distance to
/// the table. The function has 64 bytes, starts 128 bytes after the table, and pushes a register
/// first.
struct Image {
  Image() {
    const auto sp = uint8_t(unwindRegisters.stackPointer),
               ra = uint8_t(unwindRegisters.returnAddress),
               saved = uint8_t(unwindRegisters.saved[0]);
    const uint8_t common[] = {
        0x1c, 0, 0, 0, 0, 0, 0, 0, 1, 'z', 'P', 'L', 'R', 0, 1, 0x78, ra,
        // personality: indirect, relative, 4 bytes; table and code: relative, 4 bytes
        7, 0x9b, 0, 0, 0, 0, 0x1b, 0x1b, 0x0c, sp, 8, uint8_t(0x80 | ra), 1, 0, 0};
    const uint8_t entry[] = {0x1c, 0, 0, 0, 0x24, 0, 0, 0, 0, 0, 0, 0, 64, 0, 0, 0, 4, 0, 0, 0, 0,
                             // after 1: def_cfa_offset 16, the first saved register at cfa-16
                             0x41, 0x0e, 16, uint8_t(0x80 | saved), 2, 0, 0, 0, 0, 0, 0};
    static_assert(sizeof(common) == 32 && sizeof(entry) == 32);
    std::memcpy(bytes, common, sizeof(common));
    std::memcpy(bytes + 32, entry, sizeof(entry));
    const int32_t toFunction = 128 - 40, toTable = 80 - 49;
    std::memcpy(bytes + 40, &toFunction, sizeof(toFunction));
    std::memcpy(bytes + 49, &toTable, sizeof(toTable));
    std::memcpy(bytes + 80, landingPads.data(), landingPads.size());
  }
  uintptr_t function() const { return reinterpret_cast<uintptr_t>(bytes) + 128; }

  alignas(8) uint8_t bytes[192] = {};
};

TEST(UnwindWithLandingPads, FindsThePadOfACall) {
  const Image image;
  const UnwindTable unwind({image.bytes, 64}, image.bytes);
  EXPECT_EQ(unwind.landingPad(image.function() + 5), image.function() + 0x30);
  EXPECT_EQ(unwind.landingPad(image.function() + 4), 0u);
  EXPECT_EQ(unwind.landingPad(image.function() + 13), image.function() + 0x20);
  // A table outside of the bytes where it may lie counts as none.
  const UnwindTable confined({image.bytes, 64}, {image.bytes, 80});
  EXPECT_EQ(confined.landingPad(image.function() + 5), 0u);
}

TEST(UnwindWithLandingPads, RestoresTheRegistersThatAFrameSaved) {
  const Image image;
  const UnwindTable unwind({image.bytes, 64}, image.bytes);
  const uintptr_t stack[] = {0xb0b, image.function() + 20, 7};
  const StackBounds bounds = {reinterpret_cast<uintptr_t>(stack),
                              reinterpret_cast<uintptr_t>(stack + 3)};
  FrameRegisters registers = {image.function() + 8, bounds.begin};
  registers.saved = {1, 2, 3, 4, 5};
  ASSERT_TRUE(unwind.step(registers, true, bounds));
  EXPECT_EQ(registers.saved[0], 0xb0bu);
  EXPECT_EQ(registers.saved[1], 2u);
  EXPECT_EQ(registers.stackPointer, bounds.begin + 16);
  EXPECT_TRUE(registers.savedKnown);
}

uint64_t wordOf(Exception *exception) { return reinterpret_cast<uint64_t>(exception); }

TEST(ExceptionHeap, KeepsWhatRootsPayloadsAndErrorsReferTo) {
  HostBudget budget(UINT64_MAX);
  ExceptionHeap heap;
  Exception *rooted = heap.make(1, budget), *inside = heap.make(2, budget),
            *inPayload = heap.make(0, budget), *held = heap.make(3, budget),
            *lost = heap.make(1, budget);
  rooted->payload()[0] = wordOf(inPayload);
  held->holders = 1;
  lost->payload()[0] = wordOf(lost);
  // A pointer to the last of its payload is as good as one to the exception.
  const uint64_t words[] = {0, ~uint64_t(0), wordOf(rooted), 12345, wordOf(inside) + 32};
  heap.collect({words});
  EXPECT_EQ(heap.count(), 4u);
  EXPECT_EQ(rooted->payload()[0], wordOf(inPayload));
  held->holders = 0;
  heap.collect({{words, 2}});
  EXPECT_EQ(heap.count(), 0u);
}

TEST(ExceptionHeap, AsksForCollectionWhenTheNumberHasDoubled) {
  HostBudget budget(UINT64_MAX);
  ExceptionHeap heap;
  std::vector<uint64_t> words;
  while (!heap.isFull())
    words.push_back(wordOf(heap.make(0, budget)));
  const size_t first = heap.count();
  heap.collect({words});
  EXPECT_EQ(heap.count(), first);
  while (!heap.isFull())
    heap.make(0, budget);
  EXPECT_EQ(heap.count(), 2 * first);
  heap.collect({words});
  EXPECT_EQ(heap.count(), first);
  ExceptionHeap other;
  other.make(1, budget);
  heap.absorb(other);
  EXPECT_EQ(heap.count(), first + 1);
  EXPECT_EQ(other.count(), 0u);
  heap.absorb(other);
  heap.collect({words});
  EXPECT_EQ(heap.count(), first);
  heap.collect({});
  EXPECT_EQ(heap.count(), 0u);
}

TEST(ExceptionHeap, TakesWhatItHoldsFromTheBudget) {
  HostBudget budget(100 * ExceptionHeap::bytesOf(1000)), other(2 * ExceptionHeap::bytesOf(0));
  {
    ExceptionHeap heap;
    std::vector<uint64_t> words;
    while (Exception *exception = heap.make(1000, budget))
      words.push_back(wordOf(exception));
    EXPECT_EQ(words.size(), 100u);
    EXPECT_EQ(budget.takenBytes(), budget.maxBytes);
    // An exception of another instance is not taken from this one's budget.
    EXPECT_TRUE(heap.make(0, other) && heap.make(0, other));
    EXPECT_FALSE(heap.make(0, other));
    words.resize(40);
    heap.collect({words});
    EXPECT_EQ(budget.takenBytes(), 40 * ExceptionHeap::bytesOf(1000));
    EXPECT_EQ(other.takenBytes(), 0u);
    EXPECT_TRUE(heap.make(1000, budget));
  }
  EXPECT_EQ(budget.takenBytes(), 0u);
}

// A chain is followed without recursion, and a deadline does not wait for its end.
TEST(ExceptionHeap, FollowsLongChainsUntilItIsInterrupted) {
  HostBudget budget(UINT64_MAX);
  ExceptionHeap heap;
  uint64_t last = 0;
  constexpr size_t length = 200'000;
  for (size_t i = 0; i < length; ++i) {
    Exception *exception = heap.make(1, budget);
    exception->payload()[0] = last;
    last = wordOf(exception);
  }
  heap.collect({{&last, 1}});
  EXPECT_EQ(heap.count(), length);
  auto interrupt = *Interrupt::create();
  {
    InterruptScope scope(interrupt);
    interrupt->raise();
    last = 0;
    const std::vector<uint64_t> stack(1 << 20);
    heap.collect({{&last, 1}, stack});
    EXPECT_EQ(heap.count(), length) << "a collection that was given up frees nothing";
  }
  heap.collect({{&last, 1}});
  EXPECT_EQ(heap.count(), 0u);
}

} // namespace
} // namespace w2n::runtime
