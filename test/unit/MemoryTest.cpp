// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Memories and tables by themselves: limits, growth, and little address space.
#include "runtime/core/Memory.h"
#include "runtime/core/Extern.h"
#include "runtime/core/Table.h"
#include "test/unit/AddressSpaceLimit.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <gtest/gtest.h>
#include <numeric>
#include <sys/mman.h>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

namespace w2n::runtime {
namespace {

constexpr uint64_t pageBytes = 65536;

wasm::MemoryType memoryType(uint64_t min, std::optional<uint64_t> max = {}, bool is64 = false) {
  wasm::MemoryType type;
  type.limits.min = min;
  type.limits.max = max;
  type.limits.is64 = is64;
  return type;
}

TEST(Memory, StartsAsZeroAndGrowsInPlace) {
  auto memory = makeMemory(memoryType(1, 4));
  ASSERT_TRUE(memory);
  const auto before = (*memory)->bytes();
  EXPECT_EQ(before.size(), pageBytes);
  EXPECT_EQ(before.back(), 0);
  EXPECT_EQ((*memory)->grow(2), 1);
  const auto after = (*memory)->bytes();
  EXPECT_EQ(after.data(), before.data());
  EXPECT_EQ(after.size(), 3 * pageBytes);
  EXPECT_EQ(after.back(), 0);
  EXPECT_EQ((*memory)->grow(2), -1);
  EXPECT_EQ((*memory)->grow(UINT64_MAX), -1);
  EXPECT_EQ((*memory)->grow(1), 3);
  EXPECT_EQ((*memory)->grow(0), 4);
}

// A memory that needs no guards has none, and reserves what it can grow to.
TEST(Memory, OfSmallPagesHasNoGuards) {
  wasm::MemoryType type = memoryType(4096, 16 << 20);
  type.pageSizeLog2 = 0;
  auto memory = makeMemory(type);
  ASSERT_TRUE(memory) << memory.error().text;
  EXPECT_FALSE((*memory)->isGuarded());
  EXPECT_EQ((*memory)->grow((16 << 20) - 4096), 4096);
  EXPECT_EQ((*memory)->grow(1), -1);
}

TEST(Memory, MayBeEmpty) {
  auto memory = makeMemory(memoryType(0, 0));
  ASSERT_TRUE(memory);
  EXPECT_EQ((*memory)->bytes().size(), 0u);
  EXPECT_EQ((*memory)->grow(0), 0);
  EXPECT_EQ((*memory)->grow(1), -1);
}

// Every page is granted once, and is there for all who have seen the size that includes it.
TEST(Memory, SharedGrowsFromManyThreads) {
  constexpr uint64_t maxPages = 500;
  wasm::MemoryType type = memoryType(1, maxPages);
  type.limits.shared = true;
  auto made = makeMemory(type);
  ASSERT_TRUE(made);
  Memory &memory = **made;
  uint8_t *const base = memory.bytes().data();
  std::array<std::atomic<unsigned>, maxPages> granted{};
  auto work = [&] {
    for (;;) {
      const int64_t old = memory.grow(1);
      const auto bytes = memory.bytes();
      EXPECT_EQ(bytes.data(), base);
      std::atomic_ref(bytes[bytes.size() - 1]).store(1);
      if (old < 0)
        break;
      EXPECT_GT(bytes.size(), uint64_t(old) * pageBytes);
      ++granted[size_t(old)];
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back(work);
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(memory.pages(), maxPages);
  for (uint64_t page = 1; page < maxPages; ++page)
    EXPECT_EQ(granted[page], 1u) << page;
  EXPECT_EQ(memory.grow(1), -1);
}

TEST(Memory, MayHavePagesOfAByte) {
  wasm::MemoryType type = memoryType(3, 5000);
  type.pageSizeLog2 = 0;
  auto memory = makeMemory(type);
  ASSERT_TRUE(memory);
  EXPECT_EQ((*memory)->bytes().size(), 3u);
  EXPECT_EQ((*memory)->grow(1), 3);
  EXPECT_EQ((*memory)->grow(4995), 4);
  EXPECT_EQ((*memory)->grow(2), -1);
  EXPECT_EQ((*memory)->pages(), 4999u);
  (*memory)->bytes().back() = 1;
  type.limits = memoryType(uint64_t(1) << 32).limits;
  EXPECT_EQ(makeMemory(type).error().text, "memory has 4294967296 pages, most is 4294967295");
}

TEST(Memory, RefusesWhatCannotBe) {
  auto tooLarge = makeMemory(memoryType(65537));
  ASSERT_FALSE(tooLarge);
  EXPECT_EQ(tooLarge.error().kind, ErrorKind::Limit);
  EXPECT_EQ(tooLarge.error().text, "memory has 65537 pages, most is 65536");
  auto inverted = makeMemory(memoryType(2, 1));
  ASSERT_FALSE(inverted);
  EXPECT_EQ(inverted.error().kind, ErrorKind::Invalid);
  EXPECT_FALSE(makeMemory(memoryType(uint64_t(1) << 47, {}, true), false));
  EXPECT_FALSE(makeMemory(memoryType(UINT64_MAX, {}, true), false));
}

TEST(Memory, SixtyFourBitsGrowToTheirMaximum) {
  auto memory = makeMemory(memoryType(1, 100'000, true), false);
  ASSERT_TRUE(memory);
  EXPECT_TRUE((*memory)->isGuarded());
  EXPECT_EQ((*memory)->grow(99'998), 1);
  (*memory)->bytes().back() = 1;
  EXPECT_EQ((*memory)->grow(2), -1);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(MemoryDeathTest, LivesInLittleAddressSpace) {
  if (!test::systemLimitsAddressSpace())
    GTEST_SKIP() << "address space has no limit here";
  auto inLittleSpace = [] {
    const rlimit limit = {uint64_t(2) << 30, uint64_t(2) << 30};
    setrlimit(RLIMIT_AS, &limit);
    auto guarded = makeMemory(memoryType(1));
    if (guarded || guarded.error().kind != ErrorKind::Limit)
      _exit(1);
    wasm::MemoryType ofSmallPages = memoryType(4096, 16 << 20);
    ofSmallPages.pageSizeLog2 = 0;
    if (auto handles = makeMemory(ofSmallPages); !handles || (*handles)->maxBytes() != 16 << 20)
      _exit(5);
    auto small = makeMemory(memoryType(1), false);
    if (!small || (*small)->isGuarded() || (*small)->maxBytes() < (64 << 20))
      _exit(2);
    auto guarded64 = makeMemory(memoryType(1, {}, true));
    auto small64 = makeMemory(memoryType(1, {}, true), false);
    if (guarded64 || !small64 || (*small64)->isGuarded())
      _exit(4);
    const uint64_t maxPages = (*small)->maxBytes() / pageBytes;
    if ((*small)->grow(maxPages) != -1 || (*small)->grow(maxPages - 1) != 1)
      _exit(3);
    _exit(0);
  };
  EXPECT_EXIT(inLittleSpace(), testing::ExitedWithCode(0), "");
}
#endif

TEST(Table, GrowsWithAValue) {
  wasm::TableType type;
  type.element = wasm::ValueType::externref();
  type.limits.min = 2;
  type.limits.max = 5;
  auto table = makeTable(type, 7);
  ASSERT_TRUE(table);
  const artifact::TableRecord &record = *(*table)->record;
  EXPECT_EQ(record.elements[1], 7u);
  EXPECT_EQ((*table)->grow(2, 9), 2);
  EXPECT_EQ(record.count, 4u);
  EXPECT_EQ(record.elements[3], 9u);
  EXPECT_EQ((*table)->grow(2, 9), -1);
  EXPECT_EQ((*table)->grow(UINT64_MAX, 9), -1);
  EXPECT_EQ(record.count, 4u);
  type.limits = {};
  auto unlimited = makeTable(type);
  EXPECT_EQ((*unlimited)->grow(0xffff'fff0, 0), -1);
  type.limits.min = 0xffff'ffff;
  EXPECT_EQ(makeTable(type).error().kind, ErrorKind::Limit);
}

/// A file of 256 KiB, each word of which is its number.
class ImageFile {
public:
  ImageFile() : descriptor(memfd_create("image", MFD_CLOEXEC)) {
    std::vector<uint32_t> words(65536);
    std::iota(words.begin(), words.end(), 0);
    EXPECT_EQ(write(descriptor, words.data(), 4 * words.size()), ssize_t(4 * words.size()));
  }
  ~ImageFile() { close(descriptor); }
  const int descriptor;
};

/// The words of `memory` are those of the image where it lies, and else 0.
bool holdsOnly(const Memory &memory, const artifact::ImageRecord &image) {
  for (uint64_t at = 0; at < memory.bytes().size(); at += 4) {
    uint32_t word;
    std::memcpy(&word, &memory.bytes()[at], sizeof(word));
    const bool inside = at >= image.memoryOffset && at < image.memoryOffset + image.bytes;
    if (word != (inside ? (image.fileOffset + at - image.memoryOffset) / 4 : 0))
      return false;
  }
  return true;
}

// Artifacts align to 16 KiB; a system may have larger pages.
TEST(Memory, TakesImagesThatDoNotFillPages) {
  constexpr uint64_t kib = 1024;
  // The offset in the file, the offset in memory, the size.
  const artifact::ImageRecord images[] = {
      {64 * kib, 64 * kib, 128 * kib, 0, 0}, {16 * kib, 16 * kib, 176 * kib, 0, 0},
      {16 * kib, 32 * kib, 128 * kib, 0, 0}, {80 * kib, 16 * kib, 16 * kib, 0, 0},
      {0, 128 * kib, 68 * kib, 0, 0},
  };
  const ImageFile file;
  for (uint64_t page : {4 * kib, 16 * kib, 64 * kib})
    for (const artifact::ImageRecord &image : images) {
      auto memory = makeMemory(memoryType(4, 4));
      ASSERT_TRUE(memory);
      ASSERT_TRUE(Memory::mapImage((*memory)->bytes().data(), {file.descriptor}, image, page));
      EXPECT_TRUE(holdsOnly(**memory, image)) << page << " at " << image.memoryOffset;
      (*memory)->bytes()[image.memoryOffset] = 77; // a private copy
    }
  auto memory = makeMemory(memoryType(4, 4));
  ASSERT_TRUE(memory);
  EXPECT_FALSE(Memory::mapImage((*memory)->bytes().data(), {file.descriptor},
                                {240 * kib, 16 * kib, 32 * kib, 0, 0}, 64 * kib));
}

} // namespace
} // namespace w2n::runtime
