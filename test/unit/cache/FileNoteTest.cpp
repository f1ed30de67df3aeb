// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Facts that are remembered of a file, and when they are believed.
#include "runtime/cache/FileNote.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace w2n::test {
namespace {

using cache::FileIdentity;
using cache::FileNote;

constexpr int64_t second = 1'000'000'000;
constexpr FileIdentity identity = {1, 2, 300, 1000 * second, 1000 * second, 4, 5};

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
       {&FileIdentity::device, &FileIdentity::inode, &FileIdentity::bytes, &FileIdentity::boot,
        &FileIdentity::mount}) {
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

// The status of a file, as Linux gives it: its mask has the kind of the mount's number.
struct statx statusWith(uint32_t mask) {
  struct statx status = {};
  status.stx_mask = STATX_BASIC_STATS | mask;
  status.stx_ino = 7;
  status.stx_mnt_id = 8;
  return status;
}
constexpr uint32_t reusedNumber = 0x1000, uniqueNumber = 0x4000;

TEST(FileIdentity, NeedsAMountThatIsNoOther) {
  const auto unique = FileIdentity::from(statusWith(uniqueNumber), /*isReadOnly=*/true, 9);
  ASSERT_TRUE(unique);
  EXPECT_EQ(unique->inode, 7u);
  EXPECT_EQ(unique->mount, 8u);
  EXPECT_EQ(unique->boot, 9u);
  EXPECT_TRUE(FileIdentity::from(statusWith(reusedNumber), /*isReadOnly=*/false, 9));
  EXPECT_FALSE(FileIdentity::from(statusWith(reusedNumber), /*isReadOnly=*/true, 9));
  EXPECT_FALSE(FileIdentity::from(statusWith(0), /*isReadOnly=*/false, 9));
  EXPECT_FALSE(FileIdentity::from(statusWith(uniqueNumber), /*isReadOnly=*/false, 0));
}

TEST(FileIdentity, IsTheSameByNameAndOpen) {
  const int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  ASSERT_GE(file, 0);
  const auto first = FileIdentity::ofOpen(file), second = FileIdentity::at("/proc/self/exe");
  EXPECT_EQ(first, second);
  struct stat status;
  ASSERT_EQ(fstat(file, &status), 0);
  if (first) {
    FileIdentity plain = FileIdentity::of(status);
    plain.boot = first->boot;
    plain.mount = first->mount;
    EXPECT_EQ(*first, plain);
  }
  EXPECT_FALSE(FileIdentity::at("/nothing/there"));
  close(file);
}

} // namespace
} // namespace w2n::test
