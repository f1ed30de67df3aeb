// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Waitables, and streams and futures between buffers of the host: what each side is told, and that
// nothing refers to what is gone.
#include "runtime/component/Streams.h"
#include "runtime/component/ObjectTable.h"

#include <gtest/gtest.h>

#include <cstring>

namespace w2n::runtime {
namespace {

struct Party final : CopyParty {
  explicit Party(std::string bytes) : bytes(std::move(bytes)) {
    buffer.bytes = reinterpret_cast<uint8_t *>(this->bytes.data());
    buffer.length = uint32_t(this->bytes.size());
  }
  void onCopy() override { told += "copy " + std::to_string(buffer.progress) + ";"; }
  void onDone(CopyResult result) override {
    told +=
        "done " + std::to_string(uint32_t(result)) + " " + std::to_string(buffer.progress) + ";";
  }
  std::string bytes, told;
};

Status copyBytes(const SharedStream &, CopyBuffer &from, CopyBuffer &to, uint32_t count) {
  std::memcpy(to.bytes + to.progress, from.bytes + from.progress, count);
  return {};
}

Status write(SharedStream &stream, Party &party) {
  return stream.transfer(party, true, copyBytes, true);
}
Status read(SharedStream &stream, Party &party) {
  return stream.transfer(party, false, copyBytes, true);
}

TEST(Streams, ReadersTakeWhatAWriterGivesInParts) {
  SharedStream stream(false, 1);
  Party writer("abcdefgh"), first("..."), second(".....");
  ASSERT_TRUE(write(stream, writer));
  EXPECT_EQ(writer.told, "");
  ASSERT_TRUE(read(stream, first));
  EXPECT_EQ(first.bytes, "abc");
  EXPECT_EQ(first.told, "done 0 3;");
  EXPECT_EQ(writer.told, "copy 3;");
  ASSERT_TRUE(read(stream, second));
  EXPECT_EQ(second.bytes, "defgh");
  EXPECT_EQ(writer.told, "copy 3;copy 8;");
  // It waits until it has heard of it; the next read finds nothing in it and takes its place.
  Party third("..");
  ASSERT_TRUE(read(stream, third));
  EXPECT_EQ(writer.told, "copy 3;copy 8;done 0 8;");
  EXPECT_EQ(stream.pending, &third);
}

TEST(Streams, AWriteOfNothingMeetsAReadOfNothing) {
  SharedStream stream(false, 1);
  Party reader(""), writer("");
  ASSERT_TRUE(read(stream, reader));
  ASSERT_TRUE(write(stream, writer));
  EXPECT_EQ(writer.told, "done 0 0;");
  EXPECT_EQ(reader.told, "");
  Party more("x");
  ASSERT_TRUE(write(stream, more));
  EXPECT_EQ(reader.told, "done 0 0;");
  EXPECT_EQ(stream.pending, &more);
}

TEST(Streams, DroppingEndsWhatWaitsAndWhatComes) {
  SharedStream stream(false, 1);
  Party writer("ab"), later("cd");
  ASSERT_TRUE(write(stream, writer));
  stream.drop();
  stream.drop();
  EXPECT_EQ(writer.told, "done 1 0;");
  ASSERT_TRUE(write(stream, later));
  EXPECT_EQ(later.told, "done 1 0;");
  EXPECT_EQ(stream.pending, nullptr);
}

TEST(Streams, CancelTellsWhatWasCopied) {
  SharedStream stream(false, 1);
  Party writer("abcd"), reader("..");
  ASSERT_TRUE(write(stream, writer));
  ASSERT_TRUE(read(stream, reader));
  stream.cancel();
  EXPECT_EQ(writer.told, "copy 2;done 2 2;");
  stream.cancel();
}

TEST(Streams, AFutureCompletesBothSides) {
  SharedStream future(true, 1);
  Party reader("."), writer("x");
  ASSERT_TRUE(read(future, reader));
  ASSERT_TRUE(write(future, writer));
  EXPECT_EQ(reader.bytes, "x");
  EXPECT_EQ(reader.told, "done 0 1;");
  EXPECT_EQ(writer.told, "done 0 1;");
}

TEST(Streams, OnlyNumbersStayInAComponentInstance) {
  SharedStream stream(false, 1);
  Party reader(".."), writer("ab");
  for (Party *party : {&reader, &writer}) {
    party->buffer.options = 0;
    party->buffer.instance = 3;
  }
  ASSERT_TRUE(stream.transfer(reader, false, copyBytes, false));
  const Status status = stream.transfer(writer, true, copyBytes, false);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().text, "cannot read from and write to intra-component stream");
}

TEST(Streams, AnEndThatIsGoneIsNotWaitedFor) {
  auto stream = std::make_shared<SharedStream>(false, 1);
  {
    CopyEnd readable(ObjectKind::ReadableStream, stream);
    readable.state = CopyEnd::State::Copying;
    ASSERT_TRUE(stream->transfer(readable, false, copyBytes, true));
    EXPECT_EQ(stream->pending, static_cast<CopyParty *>(&readable));
  }
  EXPECT_EQ(stream->pending, nullptr);
  EXPECT_TRUE(stream->isDropped);
}

TEST(Waitables, ASetGivesEventsInTheirOrder) {
  WaitableSet set;
  Subtask first, second;
  first.state = second.state = Subtask::State::Started;
  first.handle = 1;
  second.handle = 2;
  second.notify();
  first.join(&set);
  second.join(&set);
  EXPECT_TRUE(set.hasEvent());
  first.notify();
  first.notify();
  ASSERT_EQ(set.ready.size(), 2u);
  EXPECT_EQ(set.ready.front(), &second);
  const Event event = set.ready.front()->takeEvent();
  EXPECT_EQ(event.index, 2u);
  EXPECT_EQ(event.payload, uint32_t(Subtask::State::Started));
  first.join(nullptr);
  EXPECT_FALSE(set.hasEvent());
  EXPECT_TRUE(first.hasEvent);
}

TEST(Waitables, ALargeSetGivesEventsInTheirOrderWhateverLeavesIt) {
  WaitableSet set;
  std::vector<std::unique_ptr<Subtask>> members;
  for (uint32_t i = 0; i < 300'000; ++i) {
    members.push_back(std::make_unique<Subtask>());
    members[i]->handle = i;
    members[i]->join(&set);
    members[i]->notify();
  }
  // From the end, from within, and by moving to another set.
  WaitableSet other;
  for (uint32_t i = members.size() / 2; i < members.size(); ++i)
    if (i % 2 == 0)
      members[i].reset();
    else
      members[i]->join(&other);
  EXPECT_EQ(set.members.size(), 150'000u);
  EXPECT_EQ(other.ready.at(1)->handle, 150'003u);
  for (uint32_t i = 0; set.hasEvent(); ++i)
    ASSERT_EQ(set.ready.front()->takeEvent().index, i);
  EXPECT_EQ(set.members.size(), 150'000u);
  // A waitable that has given its event is still a member, and gets the next one.
  members[7]->notify();
  EXPECT_EQ(set.ready.at(0), members[7].get());
  EXPECT_EQ(set.ready.at(1), nullptr);
}

TEST(Waitables, SetsAndMembersEndInAnyOrder) {
  auto set = std::make_unique<WaitableSet>();
  auto member = std::make_unique<Subtask>();
  member->join(set.get());
  member->notify();
  Subtask other;
  other.join(set.get());
  member.reset();
  EXPECT_FALSE(set->hasEvent());
  set.reset();
  EXPECT_EQ(other.set, nullptr);
}

TEST(Waitables, ObjectsAndTheirTableAreCharged) {
  constexpr uint64_t room = 1 << 16;
  const auto budget = std::make_shared<HostBudget>(room);
  uint32_t lastHandle = 0;
  const auto i32 = wasm::ValueType::i32();
  const wasm::FunctionType type = {{i32, i32, i32}, {i32}};
  const auto add = makeHostFunction(type, [&](Caller, std::span<Slot> slots) -> Status {
    slots[0] = ++lastHandle;
    return {};
  });
  {
    ObjectTable table;
    table.open(add.get(), nullptr, nullptr, budget);
    const auto make = [&]() -> Status {
      W2N_TRY(set, makeCharged<WaitableSet>(budget));
      W2N_CHECK(table.add(std::move(set)));
      return {};
    };
    Status made;
    while ((made = make()))
      ASSERT_LT(lastHandle * sizeof(WaitableSet), room);
    EXPECT_GT(lastHandle, 100u);
    EXPECT_EQ(made.error().kind, ErrorKind::Trap);
    EXPECT_EQ(made.error().code, uint32_t(artifact::TrapKind::ResourceLimit));
  }
  EXPECT_EQ(budget->takenBytes(), 0u);
}

TEST(Waitables, LoansAreChargedUntilTheyEnd) {
  const auto budget = std::make_shared<HostBudget>(1 << 16);
  Subtask subtask;
  subtask.endLoan = [](uint32_t) {};
  subtask.loansCharge = HostCharge(budget);
  uint32_t count = 0;
  while (subtask.addLoan(16))
    ASSERT_LT(++count, 1u << 14);
  EXPECT_EQ(subtask.loans.size(), count);
  EXPECT_GT(count, 1'000u);
  subtask.state = Subtask::State::Returned;
  subtask.notify();
  subtask.takeEvent();
  EXPECT_EQ(budget->takenBytes(), 0u);
  EXPECT_TRUE(subtask.loans.empty());
}

TEST(Waitables, LoansEndWhenTheResultIsDelivered) {
  Subtask subtask;
  std::vector<uint32_t> ended;
  subtask.endLoan = [&](uint32_t address) { ended.push_back(address); };
  subtask.loans = {16, 32};
  subtask.state = Subtask::State::Returned;
  subtask.notify();
  EXPECT_TRUE(ended.empty());
  subtask.takeEvent();
  EXPECT_EQ(ended, (std::vector<uint32_t>{16, 32}));
  EXPECT_TRUE(subtask.isDelivered);
}

} // namespace
} // namespace w2n::runtime
