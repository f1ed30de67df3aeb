// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Cookies of directories: the list by itself, and fd_readdir on directories that change.
#include "runtime/wasi/DirectoryCookies.h"

#include "runtime/wasi/CallTable.h"
#include "runtime/wasi/WasiContext.h"
#include "test/unit/wasi/TemporaryDirectory.h"

#include <array>
#include <cstring>
#include <gtest/gtest.h>
#include <map>
#include <set>

using namespace w2n::wasi;

namespace {

/// A position like those of ext4: large, and in no relation to the cookie.
int64_t positionOf(uint32_t index) { return (int64_t(index) << 40) + index * 7; }

/// Reads `count` entries from the beginning.
void readAll(DirectoryCookies &cookies, uint32_t count) {
  for (uint32_t index = 0; index < count; ++index)
    ASSERT_EQ(*cookies.next(index, positionOf(index + 1)), index + 1);
}

TEST(DirectoryCookies, NumberPositionsInTheOrderInWhichTheyAreRead) {
  CookieBudget budget;
  DirectoryCookies cookies(budget);
  readAll(cookies, 1000);
  for (uint32_t cookie : {1u, 500u, 1000u}) {
    EXPECT_EQ(cookies.find(cookie).position, positionOf(cookie));
    EXPECT_EQ(cookies.find(cookie).skip, 0u);
  }
  EXPECT_EQ(cookies.find(0).position, 0);
  // A cookie that was never handed out is looked for after the last one.
  EXPECT_EQ(cookies.find(1010).position, positionOf(1000));
  EXPECT_EQ(cookies.find(1010).skip, 10u);
  // Reading again gives the same cookies.
  readAll(cookies, 1000);
}

TEST(DirectoryCookies, StayWhatTheyAreWhenEntriesComeAndGo) {
  CookieBudget budget;
  DirectoryCookies cookies(budget);
  readAll(cookies, 10);
  // The guest goes back to 4, and another entry follows it now: not the one of cookie 5.
  const uint32_t other = *cookies.next(4, 12345);
  EXPECT_EQ(other, 11u);
  EXPECT_EQ(*cookies.next(other, positionOf(5)), 12u);
  EXPECT_EQ(cookies.find(5).position, positionOf(5));
  EXPECT_EQ(cookies.find(11).position, 12345);
  EXPECT_EQ(cookies.find(12).position, positionOf(5));
}

TEST(DirectoryCookies, KeepABoundedListWithTheNewestAndSomeOfTheOthers) {
  CookieBudget budget;
  DirectoryCookies cookies(budget);
  constexpr uint32_t count = 10 * DirectoryCookies::maxKnown;
  readAll(cookies, count);
  uint32_t largestGap = 0;
  for (uint32_t cookie = 0; cookie <= count; ++cookie) {
    const auto place = cookies.find(cookie);
    ASSERT_EQ(place.position, positionOf(place.cookie));
    ASSERT_EQ(place.cookie + place.skip, cookie);
    largestGap = std::max(largestGap, place.skip);
    if (cookie > count - DirectoryCookies::maxKnown / 4)
      ASSERT_EQ(place.skip, 0u);
  }
  EXPECT_LE(largestGap, 64u);
}

TEST(DirectoryCookies, WorkWithoutABudgetAndGiveItBack) {
  CookieBudget budget(DirectoryCookies::minKnown);
  {
    DirectoryCookies first(budget), second(budget);
    readAll(first, 5000); // takes all there is
    readAll(second, 5000);
    for (uint32_t cookie : {0u, 1u, 100u, 4999u, 5000u})
      EXPECT_EQ(second.find(cookie).position, positionOf(second.find(cookie).cookie));
    EXPECT_EQ(second.find(5000).skip, 0u);
    EXPECT_FALSE(budget.take(1));
  }
  EXPECT_TRUE(budget.take(DirectoryCookies::minKnown));
}

TEST(DirectoryCookies, SurviveADirectoryThatChangesAllTheTime) {
  CookieBudget budget(0);
  DirectoryCookies cookies(budget);
  readAll(cookies, 3);
  for (int64_t round = 0; round < 100000; ++round) {
    const uint32_t cookie = *cookies.next(1, 1'000'000 + round);
    ASSERT_EQ(cookies.find(cookie).position, 1'000'000 + round);
    ASSERT_EQ(cookies.find(cookie).skip, 0u);
  }
}

/// A guest that reads a directory.
class ReaddirTest : public testing::Test {
protected:
  struct Read {
    std::string name;
    uint64_t next;
  };

  void open() {
    WasiOptions options;
    options.standardInput = options.standardOutput = options.standardError = -1;
    options.preopens = {{host / "root", "/root"}};
    context = *WasiContext::create(std::move(options));
  }
  void fill(int count) {
    host.makeDirectory("root");
    for (int index = 0; index < count; ++index)
      host.write("root/entry-" + std::to_string(index), "");
  }
  Errno readdir(uint32_t bufferBytes, uint64_t cookie) {
    std::array<w2n::runtime::Slot, 6> slots = {3, 64, bufferBytes, cookie, 0, 0};
    EXPECT_TRUE(findCall("wasi_snapshot_preview1", "fd_readdir")
                    ->invoke(*context, GuestMemory(bytes), slots));
    return Errno(slots[0]);
  }
  template <typename T> T load(uint32_t address) {
    T value;
    std::memcpy(&value, bytes.data() + address, sizeof(T));
    return value;
  }
  /// The whole entries that fit the buffer.
  std::vector<Read> readAt(uint64_t cookie, uint32_t bufferBytes = 4096) {
    EXPECT_EQ(readdir(bufferBytes, cookie), Errno::Success);
    const uint32_t end = 64 + load<uint32_t>(0);
    std::vector<Read> entries;
    for (uint32_t at = 64; at + sizeof(DirEntry) <= end;) {
      const auto entry = load<DirEntry>(at);
      at += sizeof(DirEntry) + entry.nameBytes;
      if (at > end)
        break;
      entries.push_back({std::string(reinterpret_cast<char *>(bytes.data()) + at - entry.nameBytes,
                                     entry.nameBytes),
                         entry.next});
    }
    return entries;
  }
  /// From `cookie` to the end, `bufferBytes` at a time.
  std::vector<Read> readFrom(uint64_t cookie, uint32_t bufferBytes = 4096) {
    std::vector<Read> all;
    for (auto part = readAt(cookie, bufferBytes); !part.empty();
         part = readAt(all.back().next, bufferBytes))
      all.insert(all.end(), part.begin(), part.end());
    return all;
  }

  std::vector<uint8_t> bytes = std::vector<uint8_t>(65536);
  TemporaryDirectory host;
  std::shared_ptr<WasiContext> context;
};

TEST_F(ReaddirTest, CookiesFitALongOfThirtyTwoBits) {
  fill(300);
  open();
  for (const Read &entry : readFrom(0))
    EXPECT_LE(entry.next, uint64_t(INT32_MAX));
  EXPECT_EQ(readdir(4096, uint64_t(INT32_MAX) + 1), Errno::Inval);
  EXPECT_EQ(readAt(INT32_MAX).size(), 0u);
}

TEST_F(ReaddirTest, EveryCookieLeadsBackInAnyOrder) {
  fill(300);
  open();
  const auto all = readFrom(0, 100);
  ASSERT_EQ(all.size(), 302u);
  for (size_t step : {1, 7, 150})
    for (size_t index = all.size() - 1; index > step; index -= step)
      EXPECT_EQ(readAt(all[index - 1].next, 128).front().name, all[index].name);
  // Also for a descriptor that has not read anything: cookies count.
  open();
  EXPECT_EQ(readAt(all[200].next, 128).front().name, all[201].name);
}

TEST_F(ReaddirTest, EntriesThatStayAreReadOnceWhileOthersGo) {
  fill(2000);
  open();
  std::multiset<std::string> kept;
  int number = 0;
  for (auto part = readAt(0, 1000); !part.empty(); part = readAt(part.back().next, 1000))
    for (const Read &entry : part) {
      if (entry.name.front() == '.')
        continue;
      // Every other one is removed as it is read.
      if (++number % 2 == 0)
        std::filesystem::remove(host / ("root/" + entry.name));
      kept.insert(entry.name);
    }
  EXPECT_EQ(kept.size(), 2000u);
  EXPECT_EQ(std::set(kept.begin(), kept.end()).size(), 2000u);
  EXPECT_EQ(readFrom(0).size(), 1002u);
}

TEST_F(ReaddirTest, ACookieIsExactAfterEntriesBeforeItAreGone) {
  fill(500);
  open();
  const auto all = readFrom(0);
  constexpr size_t middle = 250;
  for (size_t index = 0; index < middle - 1; ++index)
    if (all[index].name.front() != '.')
      std::filesystem::remove(host / ("root/" + all[index].name));
  std::multiset<std::string> rest;
  for (const Read &entry : readFrom(all[middle - 1].next))
    rest.insert(entry.name);
  EXPECT_EQ(rest.size(), all.size() - middle);
  for (size_t index = middle; index < all.size(); ++index)
    EXPECT_EQ(rest.count(all[index].name), 1u) << all[index].name;
}

TEST_F(ReaddirTest, CookiesFromBeforeAChangeAndFromAfterItBothHold) {
  fill(200);
  open();
  const auto all = readFrom(0);
  constexpr size_t place = 100;
  // The entry after the next one goes, so that the same place is followed by something else.
  std::filesystem::remove(host / ("root/" + all[place + 1].name));
  const auto again = readFrom(all[place - 1].next, 200);
  std::multiset<std::string> names;
  for (const Read &entry : again)
    names.insert(entry.name);
  for (size_t index = place; index < all.size(); ++index)
    EXPECT_EQ(names.count(all[index].name), index == place + 1 ? 0u : 1u) << all[index].name;
  for (size_t index : {place + 5, place + 50})
    EXPECT_EQ(readAt(all[index].next, 128).front().name, all[index + 1].name);
}

} // namespace
