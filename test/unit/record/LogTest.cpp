// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "test/unit/record/RecordedRun.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace w2n::record {
namespace {

using test::TemporaryRecord;

TEST(LogTest, IsForItsOwnerAndNew) {
  const TemporaryRecord file;
  auto log = LogWriter::create(file.path(), 1 << 20);
  ASSERT_TRUE(log);
  struct stat status;
  ASSERT_EQ(stat(file.path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600u);
  auto again = LogWriter::create(file.path(), 1 << 20);
  ASSERT_FALSE(again);
  EXPECT_NE(again.error().text.find("File exists"), std::string::npos);
}

// Larger than what is mapped at a time, and small ones before and after.
TEST(LogTest, KeepsRecordsOfAnySize) {
  const TemporaryRecord file;
  auto log = *LogWriter::create(file.path(), 1 << 24);
  std::vector<std::vector<uint8_t>> payloads;
  for (size_t size : {1, 2, 3, 4, 5, 4000000, 1, 1048576, 7})
    payloads.emplace_back(size, uint8_t(size + 1));
  for (const auto &payload : payloads)
    ASSERT_TRUE(log->append(payload));
  // Not finished: as another process sees it when this one is killed.
  for (int round = 0; round < 2; ++round) {
    const std::vector<uint8_t> bytes = file.read();
    auto reader = *LogReader::open(bytes);
    for (const auto &payload : payloads) {
      auto found = reader.next();
      ASSERT_TRUE(found && *found);
      EXPECT_TRUE(std::ranges::equal(**found, payload));
    }
    EXPECT_FALSE(*reader.next());
    ASSERT_TRUE(log->finish());
  }
}

TEST(LogTest, HasALimit) {
  const TemporaryRecord file;
  auto log = *LogWriter::create(file.path(), 64);
  const std::vector<uint8_t> payload(36, 1);
  ASSERT_TRUE(log->append(payload));
  auto second = log->append(payload);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::Limit);
}

TEST(LogTest, IsOfOneVersion) {
  const TemporaryRecord file;
  (void)*LogWriter::create(file.path(), 64);
  std::vector<uint8_t> bytes = file.read();
  ASSERT_TRUE(LogReader::open(bytes));
  ++bytes[logMagic.size()];
  auto other = LogReader::open(bytes);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().text, "a record of version 2, expected 1");
}

} // namespace
} // namespace w2n::record
