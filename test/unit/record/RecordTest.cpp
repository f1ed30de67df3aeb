// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Runs and their replays, on a module in hand-written machine code.
#include "runtime/core/Interrupt.h"
#include "runtime/core/Memory.h"
#include "test/unit/record/RecordedRun.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace w2n::record {
namespace {

using runtime::Caller;
using runtime::Slot;
using test::RecordedRun;
using test::replay;

TEST(RecordTest, ReplaysEveryKindOfCall) {
  const ReplayResult result = replay(test::recordAll());
  EXPECT_EQ(result.end, ReplayEnd::Complete) << result.text;
  EXPECT_EQ(result.calls, 3u);
  EXPECT_GE(result.states, 1u);
}

TEST(RecordTest, StopsAtACall) {
  std::vector<std::string> names;
  uint64_t loaded = 0;
  const ReplayOptions options = {.stopAt = [&](const ReplayStop &stop) {
    names.push_back(stop.name);
    loaded = stop.instance.memory0()->bytes()[50];
    return stop.call == 2;
  }};
  const ReplayResult result = replay(test::recordAll(), options);
  EXPECT_EQ(result.end, ReplayEnd::Stopped);
  EXPECT_EQ(result.text, "stopped at host call 2, env.host");
  EXPECT_EQ(names, (std::vector<std::string>{"env.host", "env.host"}));
  // The first call has written.
  EXPECT_EQ(loaded, 7u);
}

TEST(RecordTest, StopsAtATrap) {
  RecordedRun run([](Caller, std::span<Slot>) -> Status { return {}; });
  EXPECT_FALSE(run.call("divide", 1, 0));
  std::string text;
  const ReplayOptions options = {.stopAt = [&](const ReplayStop &stop) {
    text = stop.trap ? stop.trap->text : "a call";
    return stop.trap != nullptr;
  }};
  EXPECT_EQ(replay(run.finish(), options).end, ReplayEnd::Stopped);
  EXPECT_EQ(text, "integer divide by zero");
}

TEST(RecordTest, RefusesAnotherArtifact) {
  const ReplayResult result = replay(test::recordAll(), {}, test::buildSample({.maxPages = 100}));
  EXPECT_EQ(result.end, ReplayEnd::Damaged);
  EXPECT_NE(result.text.find("the record is of another artifact"), std::string::npos);
}

TEST(RecordTest, RefusesWhatItCannotRecord) {
  const test::TemporaryRecord file;
  const auto refusal = [&](const std::vector<uint8_t> &artifact) {
    auto recorder = Recorder::create(**test::loadBytes(artifact), {}, {.path = file.path()});
    return recorder ? "" : recorder.error().text;
  };
  EXPECT_EQ(refusal(test::buildSample({.importsMemory = true})),
            "a run cannot be recorded whose module imports more than functions: "
            "\"env\".\"memory\"");
  EXPECT_EQ(refusal(test::buildThreadSample()).substr(0, 26), "a run cannot be recorded w");
}

// A deadline while the guest computes: the replay goes as far as something is known, and not on.
TEST(RecordTest, EndsBeforeAnInterrupt) {
  RecordedRun run(
      [](Caller, std::span<Slot> slots) -> Status {
        slots[0] = 0;
        return {};
      },
      test::buildLoopSample(1));
  EXPECT_EQ(run.call("call-host", 1), 0u);
  {
    auto interrupt = runtime::Interrupt::create(runtime::Interrupt::Clock::now() +
                                                std::chrono::milliseconds(20));
    const runtime::InterruptScope scope(*interrupt);
    EXPECT_FALSE(run.call("loop"));
  }
  const ReplayResult result = replay(run.finish(), {}, test::buildLoopSample(1));
  EXPECT_EQ(result.end, ReplayEnd::Interrupted);
  EXPECT_EQ(result.calls, 1u);
  EXPECT_EQ(result.outcome.error, ErrorKind::Interrupted);
}

TEST(RecordTest, EndsTheRunAtTheLimit) {
  RecordedRun run([](Caller, std::span<Slot>) -> Status { return {}; }, test::buildSample(), 300);
  Result<uint32_t> last = 0;
  for (int i = 0; i < 20 && last; ++i)
    last = run.call("call-host", 1);
  ASSERT_FALSE(last);
  EXPECT_NE(last.error().text.find("would be larger than 300 bytes"), std::string::npos);
  EXPECT_FALSE(run.recorder->finish());
  // The part that was written replays.
  EXPECT_EQ(replay(run.file.read()).end, ReplayEnd::RecordEnds);
}

// Planted events have right checks, so that the replay itself must find them.
TEST(RecordTest, FindsWhereARunDiffers) {
  const std::vector<uint8_t> log = test::recordAll();
  const auto planted = [&](EventKind kind, auto change) {
    std::vector<Event> events = test::eventsOf(log);
    const auto event = std::ranges::find(events, kind, &Event::kind);
    change(*event);
    return replay(test::logOf(events));
  };
  EXPECT_EQ(planted(EventKind::Call, [](Event &) {}).end, ReplayEnd::Complete);

  ReplayResult result = planted(EventKind::Call, [](Event &event) { ++event.arguments; });
  EXPECT_EQ(result.end, ReplayEnd::Diverged);
  EXPECT_EQ(result.text, "the run differs at host call 1: the program calls env.host with other "
                         "arguments, but the record has those of another run");

  result = planted(EventKind::CallBegins, [](Event &event) { event.kind = EventKind::Ends; });
  EXPECT_EQ(result.text, "the run differs at host call 2: the program calls env.host, but the "
                         "record has the end of the run");

  result = planted(EventKind::Call, [](Event &event) { ++event.slots[0]; });
  EXPECT_EQ(result.text, "the run differs at host call 1: the guest's function returns other "
                         "results, but the record has those of another run");

  result = planted(EventKind::Enters, [](Event &event) { event.slots[0] = 51; });
  EXPECT_EQ(result.end, ReplayEnd::Diverged);

  // Nothing but the comparison of memories can see this one.
  static constexpr uint8_t other[] = {77};
  result = planted(EventKind::Call, [](Event &event) { event.writes[0].bytes = other; });
  EXPECT_EQ(result.end, ReplayEnd::Diverged);
  EXPECT_NE(result.text.find("memories or globals have other contents"), std::string::npos);
}

} // namespace
} // namespace w2n::record
