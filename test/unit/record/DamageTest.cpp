// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Records that were cut, changed, or left by a process that was killed.
#include "runtime/core/Interrupt.h"
#include "test/unit/record/RecordedRun.h"

#include <cstring>
#include <gtest/gtest.h>

namespace w2n::record {
namespace {

using test::replay;

TEST(RecordDamageTest, EveryCutEndsTheReplay) {
  const std::vector<uint8_t> log = test::recordAll();
  ASSERT_LT(log.size(), 4000u);
  for (size_t size = 0; size < log.size(); size += test::damageStep) {
    const ReplayResult result = replay({log.begin(), log.begin() + ptrdiff_t(size)});
    EXPECT_TRUE(result.end == ReplayEnd::Damaged || result.end == ReplayEnd::RecordEnds)
        << size << ": " << int(result.end) << " " << result.text;
  }
}

TEST(RecordDamageTest, EveryFlippedByteIsFound) {
  const std::vector<uint8_t> log = test::recordAll();
  for (size_t at = 0; at < log.size(); at += test::damageStep)
    for (uint8_t change : {0x01, 0x80, 0xff}) {
      std::vector<uint8_t> damaged = log;
      damaged[at] ^= change;
      const ReplayResult result = replay(damaged);
      EXPECT_TRUE(result.end == ReplayEnd::Damaged || result.end == ReplayEnd::RecordEnds)
          << at << ": " << int(result.end) << " " << result.text;
    }
}

// A process that is killed leaves records that are there, and zeros: the payload is stored before
// its size.
TEST(RecordDamageTest, AKillLeavesWhatWasWritten) {
  const std::vector<uint8_t> log = test::recordAll();
  uint64_t greatest = 0;
  for (uint64_t at = logStartBytes; at < log.size();) {
    uint32_t size;
    std::memcpy(&size, log.data() + at, sizeof(size));
    for (bool hasPayload : {false, true}) {
      std::vector<uint8_t> left(log.begin(), log.begin() + ptrdiff_t(at));
      left.resize(log.size() + 4096);
      if (hasPayload)
        std::memcpy(left.data() + at + 4, log.data() + at + 4, size + 4);
      const ReplayResult result = replay(left);
      if (at > logStartBytes) {
        EXPECT_EQ(result.end, ReplayEnd::RecordEnds) << at << ": " << result.text;
      }
      EXPECT_GE(result.calls, greatest);
      greatest = result.calls;
    }
    at += recordHeadBytes + paddedBytes(size);
  }
  EXPECT_EQ(greatest, 3u);
}

TEST(RecordDamageTest, NothingFollowsTheEnd) {
  std::vector<uint8_t> log = test::recordAll();
  log.resize(log.size() + 100); // As the process leaves it that is killed before it cuts the file.
  EXPECT_EQ(replay(log).end, ReplayEnd::Complete);
  log.back() = 1;
  const ReplayResult result = replay(log);
  EXPECT_EQ(result.end, ReplayEnd::Damaged);
  EXPECT_EQ(result.text.substr(0, 34), "the record goes on after its end, ");
}

// A reference is an address: compiled code would jump to what the record says.
TEST(RecordDamageTest, AReferenceIsNotTakenFromTheRecord) {
  const std::vector<uint8_t> artifact = test::buildSample({.takesReference = true});
  test::RecordedRun run([](runtime::Caller, std::span<runtime::Slot>) -> Status { return {}; },
                        artifact);
  const auto taker = uint32_t(run.module->metadata().functions().size() - 1);
  const std::vector<uint8_t> log = run.finish();
  std::vector<Event> events = test::eventsOf(log);
  events.back() = {.kind = EventKind::Enters, .function = taker, .slots = {0x414141414140}};
  events.push_back({.kind = EventKind::Leaves, .slots = {}});
  auto interrupt =
      runtime::Interrupt::create(runtime::Interrupt::Clock::now() + std::chrono::seconds(2));
  const runtime::InterruptScope scope(*interrupt);
  const ReplayResult result = replay(test::logOf(events), {}, artifact);
  EXPECT_EQ(result.end, ReplayEnd::Damaged);
  EXPECT_EQ(result.text,
            "the record calls function " + std::to_string(taker) + ", which takes references");
}

} // namespace
} // namespace w2n::record
