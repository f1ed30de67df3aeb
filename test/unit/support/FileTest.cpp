// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Files are read whole and written whole or not at all.
#include "lib/support/File.h"
#include "test/unit/wasi/TemporaryDirectory.h"

#include <csignal>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace w2n::test {
namespace {

std::vector<uint8_t> bytesOf(std::string_view text) { return {text.begin(), text.end()}; }

/// The names in `directory`, so that a test sees what was left behind.
std::vector<std::string> namesIn(const TemporaryDirectory &directory) {
  std::vector<std::string> names;
  for (const auto &entry : std::filesystem::directory_iterator(directory / ""))
    names.push_back(entry.path().filename());
  return names;
}

mode_t modeOf(const std::string &path) {
  struct stat status = {};
  EXPECT_EQ(stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 07777;
}

TEST(File, ReadsWhatIsThere) {
  TemporaryDirectory directory;
  for (size_t size : {0, 1, 65535, 65536, 65537, 1 << 20}) {
    directory.write("file", std::string(size, 'x'));
    const auto bytes = readFile(directory / "file");
    ASSERT_TRUE(bytes) << bytes.error().text;
    EXPECT_EQ(*bytes, std::vector<uint8_t>(size, 'x')) << size;
  }
}

TEST(File, ReadsAPipeWhoseSizeNobodyKnows) {
  TemporaryDirectory directory;
  const std::string path = directory / "pipe";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  std::thread writer(
      [&] { EXPECT_TRUE(writeFileAtomically(path, bytesOf(std::string(200'000, 'y')))); });
  const auto bytes = readFile(path);
  writer.join();
  ASSERT_TRUE(bytes);
  EXPECT_EQ(bytes->size(), 200'000u);
  EXPECT_EQ(namesIn(directory), std::vector<std::string>{"pipe"});
}

TEST(File, RefusesWhatIsLargerThanItsLimit) {
  TemporaryDirectory directory;
  const std::string path = directory / "file", pipe = directory / "pipe";
  directory.write("file", std::string(1000, 'x'));
  EXPECT_TRUE(readRegularFile(path, 1000));
  EXPECT_EQ(readRegularFile(path, 999).error().text, "'" + path + "' has 1000 bytes, most is 999");
  EXPECT_EQ(readFile(path, 999).error().kind, ErrorKind::Limit);
  // Which claims more than there is memory, and has none of it.
  std::filesystem::resize_file(path, uint64_t(1) << 40);
  for (const auto &bytes : {readFile(path), readRegularFile(path), readRegularFile(path, 1024)}) {
    ASSERT_FALSE(bytes);
    EXPECT_EQ(bytes.error().kind, ErrorKind::Limit);
  }
  // One whose size nobody knows.
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  for (const size_t size : {1000, 1001, 200'000}) {
    std::thread writer([&] {
      const auto before = std::signal(SIGPIPE, SIG_IGN);
      (void)writeFileAtomically(pipe, bytesOf(std::string(size, 'y')));
      std::signal(SIGPIPE, before);
    });
    const auto bytes = readFile(pipe, 1000);
    writer.join();
    EXPECT_EQ(bytes.has_value(), size == 1000);
    if (!bytes)
      EXPECT_EQ(bytes.error().text, "'" + pipe + "' has more than 1000 bytes");
  }
}

TEST(File, NamesThePathThatCannotBeRead) {
  TemporaryDirectory directory;
  const struct {
    std::string path, text;
  } cases[] = {
      {directory / "missing",
       "cannot open '" + directory / "missing" + "': No such file or directory"},
      {directory / "", "cannot read '" + directory / "" + "': Is a directory"},
      {"", "cannot open '': No such file or directory"},
  };
  for (const auto &each : cases) {
    const auto bytes = readFile(each.path);
    ASSERT_FALSE(bytes) << each.path;
    EXPECT_EQ(bytes.error().kind, ErrorKind::Io);
    EXPECT_EQ(bytes.error().text, each.text);
  }
}

TEST(File, WritesWithThePermissionsOfAnyNewFile) {
  TemporaryDirectory directory;
  const mode_t mask = umask(027);
  const auto status = writeFileAtomically(directory / "file", bytesOf("text"));
  umask(mask);
  ASSERT_TRUE(status) << status.error().text;
  EXPECT_EQ(directory.read("file"), "text");
  EXPECT_EQ(modeOf(directory / "file"), 0640u);
  EXPECT_EQ(namesIn(directory), std::vector<std::string>{"file"});
}

TEST(File, ReplacesWhatIsThereWithoutTouchingIt) {
  TemporaryDirectory directory;
  directory.write("file", "a longer text than the new one");
  std::filesystem::create_hard_link(directory / "file", directory / "old");
  ASSERT_TRUE(writeFileAtomically(directory / "file", bytesOf("new")));
  EXPECT_EQ(directory.read("file"), "new");
  // Whoever has the old file open, or mapped, keeps it as it was.
  EXPECT_EQ(directory.read("old"), "a longer text than the new one");
  EXPECT_EQ(namesIn(directory).size(), 2u);
}

TEST(File, WritesEmptyFiles) {
  TemporaryDirectory directory;
  ASSERT_TRUE(writeFileAtomically(directory / "file", {}));
  EXPECT_TRUE(directory.exists("file"));
  EXPECT_EQ(directory.read("file"), "");
}

TEST(File, LeavesADeviceInPlace) {
  ASSERT_TRUE(writeFileAtomically("/dev/null", bytesOf("text")));
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
  const auto status = writeFileAtomically("/dev/full", bytesOf("text"));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().text, "cannot write '/dev/full': No space left on device");
}

TEST(File, NamesThePathThatCannotBeWritten) {
  TemporaryDirectory directory;
  directory.write("file", "text");
  const std::string below = directory / "file/below", missing = directory / "missing/file";
  const struct {
    std::string path, text;
  } cases[] = {
      {missing, "cannot create '" + missing + "': No such file or directory"},
      {below, "cannot create '" + below + "': Not a directory"},
      {directory / "", "cannot open '" + directory / "" + "': Is a directory"},
  };
  for (const auto &each : cases) {
    const auto status = writeFileAtomically(each.path, bytesOf("new"));
    ASSERT_FALSE(status) << each.path;
    EXPECT_EQ(status.error().kind, ErrorKind::Io);
    EXPECT_EQ(status.error().text, each.text);
  }
  EXPECT_EQ(namesIn(directory), std::vector<std::string>{"file"});
}

TEST(File, CannotWriteWhereTheFolderForbids) {
  if (geteuid() == 0)
    GTEST_SKIP() << "root may write everywhere";
  TemporaryDirectory directory;
  directory.makeDirectory("closed");
  const std::string path = directory / "closed/file";
  ASSERT_EQ(chmod((directory / "closed").c_str(), 0500), 0);
  const auto status = writeFileAtomically(path, bytesOf("text"));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().text, "cannot create '" + path + "': Permission denied");
}

TEST(File, LeavesNothingBehindWhenTheDiskIsFull) {
  TemporaryDirectory directory;
  directory.write("file", "old");
  // A limit on file sizes fails in the middle of a write, as a full disk does.
  rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small = {4096, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto status = writeFileAtomically(directory / "file", std::vector<uint8_t>(10'000));
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().text, "cannot write '" + directory / "file" + "': File too large");
  EXPECT_EQ(directory.read("file"), "old");
  EXPECT_EQ(namesIn(directory), std::vector<std::string>{"file"});
}

} // namespace
} // namespace w2n::test
