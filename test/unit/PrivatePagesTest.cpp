// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The pages that were written: what must hold, whatever the kernel does with those that were only
// read, and what is wished for where it can tell them apart.
#include "runtime/platform/PrivatePages.h"

#include "runtime/platform/VirtualMemory.h"

#include <algorithm>
#include <functional>
#include <gtest/gtest.h>
#include <set>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace w2n::platform {
namespace {

constexpr uint64_t pages = 128;
constexpr uint8_t secret = 0xa5;
const std::set<uint64_t> written = {3, 5, 6, 64, 100};

/// `pages` private pages, of which the first half is a file's, full of ones.
class Pages {
public:
  Pages() {
    file = makeMemoryFile("test", std::vector<uint8_t>(pages / 2 * pageBytes(), 1));
    memory = reserve(pages * pageBytes());
    EXPECT_TRUE(commit(memory, pages * pageBytes()));
    EXPECT_TRUE(mapFile(memory, pages / 2 * pageBytes(), Access::CopyOnWrite, file, 0));
  }
  ~Pages() {
    release(memory, pages * pageBytes());
    close(file);
  }
  Pages(const Pages &) = delete;

  uint8_t *page(uint64_t index) const { return memory + index * pageBytes(); }
  void readAll() const {
    for (uint64_t i = 0; i < pages; ++i)
      (void)*static_cast<volatile uint8_t *>(page(i));
  }
  void write() const {
    for (uint64_t i : written)
      *static_cast<volatile uint8_t *>(page(i)) = secret;
  }

  /// The pages that are found in searches for so many pages and ranges at a time; nullopt if the
  /// system cannot tell.
  std::optional<std::set<uint64_t>> find(uint64_t maxPages, size_t maxRanges) const {
    std::set<uint64_t> found;
    std::vector<AddressRange> ranges(maxRanges);
    uint8_t *const end = page(pages);
    for (uint8_t *begin = memory; begin < end;) {
      const auto some = findPrivatePages(begin, uint64_t(end - begin), maxPages, ranges);
      if (!some)
        return std::nullopt;
      if (some->end <= begin) {
        ADD_FAILURE() << "no progress";
        return found;
      }
      EXPECT_LE(some->rangeCount, maxRanges);
      uint64_t count = 0;
      for (const AddressRange &range : std::span(ranges).first(some->rangeCount))
        for (uint64_t at = 0; at < range.bytes; at += pageBytes(), ++count)
          found.insert(uint64_t(range.begin + at - memory) / pageBytes());
      EXPECT_LE(count, maxPages);
      begin = some->end;
    }
    return found;
  }

  uint8_t *memory;
  int file;
};

/// Actions of a host, or the system, on memory before or after a guest writes to it.
struct Treatment {
  const char *name;
  /// False if the system refuses.
  std::function<bool(const Pages &)> before, after;
};

bool advise(const Pages &some, int advice) {
  return madvise(some.memory, pages * pageBytes(), advice) == 0;
}

const Treatment treatments[] = {
    {"plain", nullptr, nullptr},
    {"read", [](const Pages &some) { return some.readAll(), true; }, nullptr},
    {"locked", [](const Pages &some) { return mlock(some.memory, pages * pageBytes()) == 0; },
     nullptr},
    {"huge pages", [](const Pages &some) { return advise(some, MADV_HUGEPAGE); }, nullptr},
    {"swapped out", nullptr, [](const Pages &some) { return advise(some, MADV_PAGEOUT); }},
    {"cold", nullptr, [](const Pages &some) { return advise(some, MADV_COLD); }},
};

TEST(PrivatePages, NoneThatWasWrittenIsMissed) {
  for (const Treatment &treatment : treatments) {
    const Pages some;
    if (treatment.before && !treatment.before(some))
      continue;
    some.write();
    if (treatment.after && !treatment.after(some))
      continue;
    for (uint64_t maxPages : {uint64_t(1), uint64_t(2), pages})
      for (size_t maxRanges : {1, 2, 8}) {
        const auto found = some.find(maxPages, maxRanges);
        if (!found)
          GTEST_SKIP() << "the system cannot tell";
        EXPECT_TRUE(std::ranges::includes(*found, written))
            << treatment.name << ", " << maxPages << " pages and " << maxRanges << " ranges";
      }
  }
}

// A wish: it makes putting back cheap, but nothing rests on it.
TEST(PrivatePages, AreThoseThatWereWritten) {
  const Pages onlyRead, some;
  onlyRead.readAll();
  const auto unneeded = onlyRead.find(pages, 8);
  if (!unneeded)
    GTEST_SKIP() << "the system cannot tell";
  if (!unneeded->empty())
    GTEST_SKIP() << "here, reading gives a process " << unneeded->size() << " of " << pages
                 << " pages of its own";
  some.readAll();
  some.write();
  EXPECT_EQ(some.find(pages, 8), written);
}

// In a child that ends with it: taking it back looks at every page that there could be, of which a
// sanitizer has terabytes.
TEST(PrivatePages, CannotBeToldWhereTheSystemMergesPages) {
  constexpr int setMemoryMerge = 67; // PR_SET_MEMORY_MERGE
  const Pages some;
  some.write();
  if (!some.find(pages, 8))
    GTEST_SKIP() << "the system cannot tell";
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  enum { Told, NotTold, NotMerged };
  if (child == 0) {
    if (prctl(setMemoryMerge, 1, 0, 0, 0) != 0)
      _exit(NotMerged);
    _exit(some.find(pages, 8) ? Told : NotTold);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == NotMerged)
    GTEST_SKIP() << "the system does not merge pages for this user";
  EXPECT_EQ(WEXITSTATUS(status), NotTold);
  EXPECT_TRUE(some.find(pages, 8));
}

} // namespace
} // namespace w2n::platform
