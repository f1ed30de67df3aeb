// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Ends of streams and futures that the host has, with the host on the other side as well: what
// guests do there is in test/programs/wasip3.
#include "runtime/component/HostStreams.h"
#include "runtime/component/Scheduler.h"

#include <gtest/gtest.h>

namespace w2n::runtime {
namespace {

/// Tasks of a scheduler, without a guest.
class Tasks final : public HostTasks {
public:
  Status spawn(std::move_only_function<Status()> body) override {
    return scheduler.runHostTask(std::move(body));
  }
  Status waitUntil(std::function<bool()> isReady) override {
    return scheduler.waitInHost(std::move(isReady));
  }
  Status transfer(SharedStream &stream, CopyParty &party, bool isWriter) override {
    const auto copy = [](const SharedStream &, CopyBuffer &from, CopyBuffer &to, uint32_t count) {
      for (uint32_t i = 0; i < count; ++i) {
        if (from.elements)
          from.elements->move(from.progress + i, *to.elements, to.progress + i);
        else
          to.bytes[to.progress + i] = from.bytes[from.progress + i];
      }
      return Status();
    };
    return stream.transfer(party, isWriter, copy, true);
  }
  Result<std::shared_ptr<SharedStream>> makeStream(bool isFuture) override {
    return std::make_shared<SharedStream>(isFuture, SharedStream::noElement);
  }
  const std::shared_ptr<HostBudget> &hostBudget() const override { return budget; }

  void runAll() {
    for (;;) {
      const auto hasRun = scheduler.tick();
      ASSERT_TRUE(hasRun) << hasRun.error().text;
      if (!*hasRun)
        return;
    }
  }

  const std::shared_ptr<HostBudget> budget;
  Scheduler scheduler;
};

class HostStreamsTest : public testing::Test {
protected:
  static std::span<const uint8_t> bytesOf(std::string_view text) {
    return {reinterpret_cast<const uint8_t *>(text.data()), text.size()};
  }
  std::shared_ptr<SharedStream> make(bool isFuture) { return *tasks.makeStream(isFuture); }

  HostContext context;
  Tasks tasks;
};

TEST_F(HostStreamsTest, BytesArriveInPartsAndEnd) {
  const auto stream = make(false);
  std::string read;
  ASSERT_TRUE(tasks.spawn([&, this]() -> Status {
    ByteReader reader(tasks, {stream});
    uint8_t buffer[3];
    for (;;) {
      W2N_TRY(count, reader.read(buffer));
      read.append(reinterpret_cast<char *>(buffer), count).append("|");
      EXPECT_EQ(tasks.unflushedCount, size_t(count != 0));
      if (count == 0)
        return Status();
    }
  }));
  ASSERT_TRUE(tasks.spawn([&, this]() -> Status {
    StreamWriter<uint8_t> writer(tasks, stream);
    W2N_TRY(isWanted, writer.waitForReader());
    EXPECT_TRUE(isWanted);
    W2N_TRY(first, writer.write(bytesOf("abcdefgh")));
    W2N_TRY(second, writer.write(bytesOf("ij")));
    EXPECT_TRUE(first && second);
    return {};
  }));
  tasks.runAll();
  EXPECT_EQ(read, "abc|def|gh|ij||");
  EXPECT_EQ(tasks.unflushedCount, 0u);
}

TEST_F(HostStreamsTest, AWriterHearsThatNothingReads) {
  const auto stream = make(false);
  std::optional<bool> isWanted, isRead;
  ASSERT_TRUE(tasks.spawn([&, this]() -> Status {
    StreamWriter<uint8_t> writer(tasks, stream);
    W2N_TRY(wanted, writer.waitForReader());
    isWanted = wanted;
    W2N_TRY(all, writer.write(bytesOf("a")));
    isRead = all;
    return {};
  }));
  stream->drop();
  tasks.runAll();
  EXPECT_EQ(isWanted, false);
  EXPECT_EQ(isRead, false);
}

TEST_F(HostStreamsTest, ValuesAreMovedOnceEach) {
  const auto stream = make(false);
  std::vector<std::string> read;
  ASSERT_TRUE(tasks.spawn([&, this]() -> Status {
    StreamWriter<std::string> writer(tasks, stream);
    W2N_TRY(all, writer.write({"one", "two", "three"}, context));
    EXPECT_TRUE(all);
    return {};
  }));
  ASSERT_TRUE(tasks.spawn([&, this]() -> Status {
    for (;;) {
      TypedElements<std::string> two(context, 2);
      HostCopy copy(tasks, *stream);
      copy.buffer.elements = &two;
      copy.buffer.length = 2;
      W2N_CHECK(copy.run(/*isWriter=*/false));
      for (uint32_t i = 0; i < copy.buffer.progress; ++i)
        read.push_back(*two.values[i]);
      if (copy.isDropped())
        return Status();
    }
  }));
  tasks.runAll();
  EXPECT_EQ(read, (std::vector<std::string>{"one", "two", "three"}));
}

TEST_F(HostStreamsTest, AFutureKeepsItsValueUntilItIsRead) {
  const auto future = make(true), never = make(true);
  ASSERT_TRUE(resolve(tasks, *future, context, std::string("kept")));
  never->drop();
  std::optional<std::string> value, none = "some";
  ASSERT_TRUE(tasks.spawn([&, this]() -> Status {
    W2N_TRY(got, awaitValue<std::string>(tasks, {future}, context));
    value = got;
    W2N_TRY(nothing, awaitValue<std::string>(tasks, {never}, context));
    none = nothing;
    return {};
  }));
  tasks.runAll();
  EXPECT_EQ(value, "kept");
  EXPECT_EQ(none, std::nullopt);
}

TEST_F(HostStreamsTest, WhatWaitsForTheOtherEndIsUnwoundAtTheEnd) {
  const auto stream = make(false);
  ErrorKind kind = ErrorKind::Internal;
  ASSERT_TRUE(tasks.spawn([&, this]() -> Status {
    ByteReader reader(tasks, {stream});
    uint8_t buffer[1];
    const auto read = reader.read(buffer);
    if (!read)
      kind = read.error().kind;
    return {};
  }));
  EXPECT_NE(stream->pending, nullptr);
  tasks.scheduler.end();
  EXPECT_EQ(kind, ErrorKind::Trap);
  EXPECT_EQ(stream->pending, nullptr);
}

} // namespace
} // namespace w2n::runtime
