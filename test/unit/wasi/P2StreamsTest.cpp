// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// WASI 0.2: streams, polls, the command line, clocks, random numbers.
#include "test/unit/wasi/P2Guest.h"

#include "runtime/core/Interrupt.h"

#include <sys/ioctl.h>
#include <thread>

namespace w2n::wasi::p2 {
namespace {

class P2StreamsTest : public P2Test {
protected:
  void SetUp() override {
    int in[2], out[2];
    ASSERT_EQ(pipe2(in, O_CLOEXEC), 0);
    ASSERT_EQ(pipe2(out, O_CLOEXEC), 0);
    inputRead = Descriptor(in[0]);
    input = Descriptor(in[1]);
    output = Descriptor(out[0]);
    outputWrite = Descriptor(out[1]);
    WasiOptions options;
    options.arguments = {"program", "a b", "bad\xff"};
    options.environment = {"A=1", "B==", "C"};
    options.standardInput = inputRead.get();
    options.standardOutput = outputWrite.get();
    options.standardError = -1;
    options.clocks = clocks;
    options.seed = 42;
    start(std::move(options));
  }
  void give(std::string_view text) {
    ASSERT_EQ(::write(input.get(), text.data(), text.size()), ssize_t(text.size()));
  }
  std::string written() {
    int bytes = 0;
    ioctl(output.get(), FIONREAD, &bytes);
    std::string text(size_t(bytes), 0);
    EXPECT_EQ(::read(output.get(), text.data(), text.size()), bytes);
    return text;
  }
  Slot stdin_() { return call("wasi:cli/stdin#get-stdin"); }
  Slot stdout_() { return call("wasi:cli/stdout#get-stdout"); }

  ClockOptions clocks;
  Descriptor inputRead, input, output, outputWrite;
};

TEST_F(P2StreamsTest, ReadsGiveWhatThereIs) {
  const Slot stream = stdin_();
  EXPECT_EQ(read(stream, 10), "ok:");
  give("hello");
  EXPECT_EQ(read(stream, 0), "ok:");
  EXPECT_EQ(read(stream, 2), "ok:he");
  EXPECT_EQ(read(stream, 10, "input-stream.blocking-read"), "ok:llo");
  give("world");
  EXPECT_EQ(streamCall("input-stream.skip", {stream, 3}), "ok");
  EXPECT_EQ(guest->load<uint64_t>(place + 8), 3u);
  input = Descriptor();
  EXPECT_EQ(read(stream, ~uint64_t(0)), "ok:ld");
  EXPECT_EQ(read(stream, 1), "closed");
  EXPECT_EQ(read(stream, 0), "closed");
  EXPECT_EQ(streamCall("input-stream.blocking-skip", {stream, 3}), "closed");
}

TEST_F(P2StreamsTest, WritesNeedAPermit) {
  const Slot stream = stdout_();
  EXPECT_EQ(
      errorOf("wasi:io/streams#[method]output-stream.write", {stream, guest->put("x"), 1, place})
          .text,
      "a write of 1 bytes, and check-write permitted 0");
  EXPECT_EQ(checkWrite(stream), 4096u);
  EXPECT_EQ(write(stream, "hello", "output-stream.write"), "ok");
  EXPECT_EQ(streamCall("output-stream.write-zeroes", {stream, 3}), "ok");
  EXPECT_EQ(
      errorOf("wasi:io/streams#[method]output-stream.write-zeroes", {stream, 4089, place}).kind,
      ErrorKind::Trap);
  EXPECT_EQ(streamCall("output-stream.flush", {stream}), "ok");
  EXPECT_EQ(streamCall("output-stream.blocking-flush", {stream}), "ok");
  EXPECT_EQ(written(), std::string("hello\0\0\0", 8));
}

TEST_F(P2StreamsTest, BlockingWritesTakeAPage) {
  const Slot stream = stdout_();
  const std::string page(4096, 'x');
  EXPECT_EQ(write(stream, page), "ok");
  EXPECT_EQ(written(), page);
  EXPECT_EQ(errorOf("wasi:io/streams#[method]output-stream.blocking-write-and-flush",
                    {stream, guest->put(page + "x"), 4097, place})
                .text,
            "a blocking write of 4097 bytes, more than the 4096 allowed");
  EXPECT_EQ(streamCall("output-stream.blocking-write-zeroes-and-flush", {stream, 2}), "ok");
  EXPECT_EQ(written(), std::string(2, 0));
}

TEST_F(P2StreamsTest, AFullPipePermitsNothing) {
  const Slot stream = stdout_();
  const Slot pollable = call("wasi:io/streams#[method]output-stream.subscribe", {stream});
  EXPECT_TRUE(ready(pollable));
  while (checkWrite(stream) != 0)
    ASSERT_EQ(streamCall("output-stream.write-zeroes", {stream, 4096}), "ok");
  EXPECT_FALSE(ready(pollable));
  written();
  EXPECT_TRUE(ready(pollable));
}

TEST_F(P2StreamsTest, ABrokenPipeClosesTheStream) {
  const Slot stream = stdout_();
  const Slot pollable = call("wasi:io/streams#[method]output-stream.subscribe", {stream});
  output = Descriptor();
  EXPECT_EQ(write(stream, "x"), "closed");
  EXPECT_EQ(streamCall("output-stream.check-write", {stream}), "closed");
  EXPECT_EQ(streamCall("output-stream.blocking-flush", {stream}), "closed");
  EXPECT_TRUE(ready(pollable));
}

TEST_F(P2StreamsTest, StreamsThatWereNotGivenAreClosed) {
  const Slot stream = call("wasi:cli/stderr#get-stderr");
  EXPECT_EQ(write(stream, "x"), "closed");
}

TEST_F(P2StreamsTest, SplicesMoveBytes) {
  const Slot from = stdin_(), to = stdout_();
  EXPECT_EQ(streamCall("output-stream.splice", {to, from, 100}), "ok");
  EXPECT_EQ(guest->load<uint64_t>(place + 8), 0u);
  give("spliced");
  EXPECT_EQ(streamCall("output-stream.blocking-splice", {to, from, 100}), "ok");
  EXPECT_EQ(guest->load<uint64_t>(place + 8), 7u);
  EXPECT_EQ(written(), "spliced");
  input = Descriptor();
  EXPECT_EQ(streamCall("output-stream.splice", {to, from, 100}), "closed");
}

TEST_F(P2StreamsTest, PollsTellWhatIsReady) {
  const Slot stream = stdin_();
  const Slot input_ = call("wasi:io/streams#[method]input-stream.subscribe", {stream});
  const Slot soon = call("wasi:clocks/monotonic-clock#subscribe-duration", {1'000'000});
  const Slot never = call("wasi:clocks/monotonic-clock#subscribe-instant", {~uint64_t(0)});
  EXPECT_FALSE(ready(input_));
  const uint32_t handles[] = {uint32_t(input_), uint32_t(never), uint32_t(soon)};
  guest->store(256, handles);
  call("wasi:io/poll#poll", {256, 3, place});
  ASSERT_EQ(guest->load<uint32_t>(place + 4), 1u);
  EXPECT_EQ(guest->load<uint32_t>(guest->load<uint32_t>(place)), 2u);
  give("x");
  call("wasi:io/poll#poll", {256, 3, place});
  ASSERT_EQ(guest->load<uint32_t>(place + 4), 2u);
  EXPECT_EQ(guest->load<uint32_t>(guest->load<uint32_t>(place)), 0u);
  EXPECT_EQ(errorOf("wasi:io/poll#poll", {256, 0, place}).text,
            "poll of 0 pollables, must be 1 to 65536");
  // A pollable outlives its stream.
  guest->drop(uint32_t(stream));
  EXPECT_TRUE(ready(input_));
}

TEST_F(P2StreamsTest, InterruptsEndEveryWait) {
  const Slot stream = stdin_(), out = stdout_();
  while (checkWrite(out) != 0)
    ASSERT_EQ(streamCall("output-stream.write-zeroes", {out, 4096}), "ok");
  const Slot pollable = call("wasi:io/streams#[method]input-stream.subscribe", {stream});
  const std::pair<std::string_view, std::vector<Slot>> waits[] = {
      {"wasi:io/streams#[method]input-stream.blocking-read", {stream, 1, place}},
      {"wasi:io/streams#[method]input-stream.blocking-skip", {stream, 1, place}},
      {"wasi:io/streams#[method]output-stream.blocking-write-zeroes-and-flush", {out, 1, place}},
      {"wasi:io/streams#[method]output-stream.blocking-splice", {out, stream, 1, place}},
      {"wasi:io/poll#[method]pollable.block", {pollable}},
  };
  for (const auto &[path, slots] : waits) {
    auto interrupt =
        runtime::Interrupt::create(runtime::Interrupt::Clock::now() + std::chrono::milliseconds(5));
    ASSERT_TRUE(interrupt);
    runtime::InterruptScope scope(*interrupt);
    EXPECT_EQ(errorOf(path, slots).kind, ErrorKind::Interrupted) << path;
  }
}

TEST_F(P2StreamsTest, ResourcesHaveALimit) {
  Status status;
  for (uint32_t count = 0; status && count < runtime::ResourceTable::defaultMaxResources; ++count)
    status = tryCall("wasi:cli/stdin#get-stdin", {});
  EXPECT_TRUE(status);
  EXPECT_EQ(errorOf("wasi:cli/stdin#get-stdin").kind, ErrorKind::Limit);
}

TEST_F(P2StreamsTest, CommandLines) {
  call("wasi:cli/environment#get-arguments", {place});
  ASSERT_EQ(guest->load<uint32_t>(place + 4), 3u);
  const auto arguments = guest->load<uint32_t>(place);
  EXPECT_EQ(guest->textAt(arguments + 8), "a b");
  EXPECT_EQ(guest->textAt(arguments + 16), "bad\xef\xbf\xbd");
  call("wasi:cli/environment#get-environment", {place});
  ASSERT_EQ(guest->load<uint32_t>(place + 4), 3u);
  const auto variables = guest->load<uint32_t>(place);
  EXPECT_EQ(guest->textAt(variables + 16) + guest->textAt(variables + 24), "B=");
  EXPECT_EQ(guest->textAt(variables + 32) + guest->textAt(variables + 40), "C");
  call("wasi:cli/environment#initial-cwd", {place});
  EXPECT_EQ(guest->load<uint8_t>(place), 0);
  call("wasi:cli/terminal-stdin#get-terminal-stdin", {place});
  EXPECT_EQ(guest->load<uint8_t>(place), 0);

  EXPECT_EQ(errorOf("wasi:cli/exit#exit", {0}).code, 0u);
  const Error error = errorOf("wasi:cli/exit#exit", {1});
  EXPECT_EQ(error.kind, ErrorKind::Exit);
  EXPECT_EQ(error.code, 1u);
  EXPECT_EQ(errorOf("wasi:cli/exit#exit-with-code", {7}).code, 7u);
}

TEST_F(P2StreamsTest, ClocksMove) {
  const Slot before = call("wasi:clocks/monotonic-clock#now");
  EXPECT_GE(call("wasi:clocks/monotonic-clock#now"), before);
  EXPECT_GT(call("wasi:clocks/monotonic-clock#resolution"), 0u);
  call("wasi:clocks/wall-clock#now", {place});
  EXPECT_GT(guest->load<uint64_t>(place), 1'600'000'000u);
  call("wasi:clocks/timezone#display", {0, 0, place});
  EXPECT_EQ(guest->textAt(place + 4), "UTC");
}

class P2FrozenTest : public P2StreamsTest {
  void SetUp() override {
    clocks = {ClockMode::Frozen, 1'500'000'000};
    P2StreamsTest::SetUp();
  }
};
TEST_F(P2FrozenTest, SleepMovesAFrozenClock) {
  EXPECT_EQ(call("wasi:clocks/monotonic-clock#now"), 0u);
  const Slot hour = call("wasi:clocks/monotonic-clock#subscribe-duration", {3600'000'000'000});
  EXPECT_FALSE(ready(hour));
  call("wasi:io/poll#[method]pollable.block", {hour});
  EXPECT_EQ(call("wasi:clocks/monotonic-clock#now"), 3600'000'000'000u);
  call("wasi:clocks/wall-clock#now", {place});
  EXPECT_EQ(guest->load<uint64_t>(place), 3601u);
  EXPECT_EQ(guest->load<uint32_t>(place + 8), 500'000'000u);
}

class P2NoClockTest : public P2StreamsTest {
  void SetUp() override {
    clocks = {ClockMode::None, 0};
    P2StreamsTest::SetUp();
  }
};
TEST_F(P2NoClockTest, NothingIsWaitedForWithoutAClock) {
  EXPECT_EQ(call("wasi:clocks/monotonic-clock#now"), 0u);
  const Slot hour = call("wasi:clocks/monotonic-clock#subscribe-duration", {3600'000'000'000});
  call("wasi:io/poll#[method]pollable.block", {hour});
  call("wasi:clocks/wall-clock#now", {place});
  EXPECT_EQ(guest->load<uint64_t>(place), 0u);
}

TEST_F(P2StreamsTest, RandomNumbersComeFromTheSeed) {
  RandomSource source(42);
  uint64_t first = 0;
  ASSERT_TRUE(source.fill({reinterpret_cast<uint8_t *>(&first), sizeof(first)}));
  EXPECT_EQ(call("wasi:random/random#get-random-u64"), first);
  call("wasi:random/random#get-random-bytes", {1000, place});
  EXPECT_EQ(guest->load<uint32_t>(place + 4), 1000u);
  call("wasi:random/insecure-seed#insecure-seed", {place});
  EXPECT_NE(guest->load<uint64_t>(place), guest->load<uint64_t>(place + 8));
  EXPECT_EQ(errorOf("wasi:random/insecure#get-insecure-random-bytes", {~uint64_t(0), place}).kind,
            ErrorKind::Trap);
}

TEST_F(P2StreamsTest, TracesAreDecoded) {
  std::string lines;
  trace = [&](std::string_view line) { lines += line; };
  const Slot stream = stdout_();
  write(stream, "hi\n");
  output = Descriptor();
  write(stream, "x");
  errorOf("wasi:cli/exit#exit", {1});
  EXPECT_EQ(lines, "stdout.get-stdout() = output-stream#1\n"
                   "output-stream.blocking-write-and-flush(self=output-stream#1, "
                   "contents=\"hi\\n\") = ok\n"
                   "output-stream.blocking-write-and-flush(self=output-stream#1, "
                   "contents=\"x\") = err(closed)\n"
                   "exit.exit(status=err) = ?\n");
}

} // namespace
} // namespace w2n::wasi::p2
