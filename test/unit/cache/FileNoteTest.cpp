// What is remembered of a file, and when it is believed.
#include "runtime/cache/FileNote.h"

#include <gtest/gtest.h>

namespace w2n::test {
namespace {

using cache::FileIdentity;
using cache::FileNote;

constexpr int64_t second = 1'000'000'000;
constexpr FileIdentity identity = {1, 2, 300, 1000 * second, 1000 * second};

TEST(FileNote, IsReadAsItWasWritten) {
  const FileNote note = {identity, 2000 * second, std::string("hash\0", 5)};
  const auto read = cache::decode(cache::encode(note));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->identity, note.identity);
  EXPECT_EQ(read->taken, note.taken);
  EXPECT_EQ(read->text, note.text);
}

TEST(FileNote, IsNothingWhenDamaged) {
  const std::string bytes = cache::encode({identity, 2000 * second, "hash"});
  for (size_t length = 0; length < bytes.size(); ++length)
    EXPECT_FALSE(cache::decode(bytes.substr(0, length))) << length;
  for (size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string changed = bytes;
    changed[bit / 8] = char(changed[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(cache::decode(changed)) << bit;
  }
  EXPECT_FALSE(cache::decode(bytes + "x"));
}

TEST(FileNote, VouchesForTheSameFileOnly) {
  const FileNote note = {identity, 2000 * second, ""};
  EXPECT_TRUE(cache::vouchesFor(note, identity));
  for (uint64_t FileIdentity::*field :
       {&FileIdentity::device, &FileIdentity::inode, &FileIdentity::bytes}) {
    FileIdentity other = identity;
    ++(other.*field);
    EXPECT_FALSE(cache::vouchesFor(note, other));
  }
  for (int64_t FileIdentity::*field : {&FileIdentity::modified, &FileIdentity::changed}) {
    FileIdentity other = identity;
    ++(other.*field);
    EXPECT_FALSE(cache::vouchesFor(note, other));
  }
}

TEST(FileNote, IsNotBelievedIfTheFileHadJustChanged) {
  // Another change within the same tick of the file system's clock would look the same.
  EXPECT_FALSE(cache::vouchesFor({identity, identity.changed, ""}, identity));
  EXPECT_FALSE(cache::vouchesFor({identity, identity.changed + 2 * second, ""}, identity));
  EXPECT_TRUE(cache::vouchesFor({identity, identity.changed + 2 * second + 1, ""}, identity));
  // The clock jumped back after the file was written.
  EXPECT_FALSE(cache::vouchesFor({identity, 500 * second, ""}, identity));
}

} // namespace
} // namespace w2n::test
