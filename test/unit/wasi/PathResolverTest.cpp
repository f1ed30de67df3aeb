// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Every path, by the kernel's resolution and by the walk: the two must agree, and neither may leave
// its directory.
#include "runtime/wasi/PathResolver.h"

#include "test/unit/wasi/TemporaryDirectory.h"

#include <atomic>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <thread>
#include <vector>

using namespace w2n::wasi;

namespace {

class PathResolverTest : public testing::TestWithParam<PathMethod> {
protected:
  // root/ is the guest's; what lies beside it must stay out of reach.
  void SetUp() override {
    host.makeDirectory("root/dir/deep");
    host.makeDirectory("outside");
    host.write("secret", "secret");
    host.write("outside/file", "outside");
    host.write("root/file", "file");
    host.write("root/dir/inner", "inner");
    host.link("file", "root/to-file");
    host.link("dir", "root/to-dir");
    host.link("dir/../to-file", "root/to-link");
    host.link("../secret", "root/out-relative");
    host.link(host / "secret", "root/out-absolute");
    host.link("../outside", "root/out-dir");
    host.link("..", "root/up");
    host.link("../..", "root/dir/up-two");
    host.link("loop-b", "root/loop-a");
    host.link("loop-a", "root/loop-b");
    host.link("nowhere", "root/dangling");
    host.link("../created", "root/dangling-out");
    host.link("/", "root/to-root");
    root = Descriptor(open((host / "root").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    ASSERT_TRUE(root);
  }

  /// The text of the file at `path`, or what went wrong.
  std::string read(const std::string &path, int flags = O_RDONLY) {
    auto file = resolver.open(root.get(), path.c_str(), flags);
    if (!file)
      return "error " + std::to_string(int(file.error()));
    char text[64];
    ssize_t bytes = ::read(file->get(), text, sizeof(text));
    return bytes < 0 ? "directory" : std::string(text, size_t(bytes));
  }

  static std::string error(Errno value) { return "error " + std::to_string(int(value)); }

  TemporaryDirectory host;
  Descriptor root;
  PathResolver resolver{GetParam()};
};

TEST_P(PathResolverTest, OpensWhatLiesBeneath) {
  EXPECT_EQ(read("file"), "file");
  EXPECT_EQ(read("dir/inner"), "inner");
  EXPECT_EQ(read("./dir//deep/../inner"), "inner");
  EXPECT_EQ(read("dir/deep/../../file"), "file");
  EXPECT_EQ(read("to-file"), "file");
  EXPECT_EQ(read("to-link"), "file");
  EXPECT_EQ(read("to-dir/inner"), "inner");
  EXPECT_EQ(read("to-dir/../file"), "file");
  EXPECT_EQ(read("."), "directory");
  EXPECT_EQ(read("dir/.."), "directory");
  EXPECT_EQ(read("dir/"), "directory");
  EXPECT_EQ(read("to-dir/"), "directory");
}

TEST_P(PathResolverTest, RefusesEveryWayOut) {
  for (const char *path :
       {"..", "../secret", "dir/../../secret", "./../root/file", "/", "/etc/passwd", "out-relative",
        "out-absolute", "out-dir/file", "out-dir", "up", "up/secret", "dir/up-two/secret",
        "dir/up-two", "to-root", "to-root/etc/passwd", "to-dir/../../secret", "//file"})
    EXPECT_EQ(read(path), error(Errno::NotCapable)) << path;
}

TEST_P(PathResolverTest, ReportsWhatTheSystemWould) {
  EXPECT_EQ(read(""), error(Errno::NoEnt));
  EXPECT_EQ(read("none"), error(Errno::NoEnt));
  EXPECT_EQ(read("none/../file"), error(Errno::NoEnt));
  EXPECT_EQ(read("file/"), error(Errno::NotDir));
  EXPECT_EQ(read("to-file/"), error(Errno::NotDir));
  EXPECT_EQ(read("file/x"), error(Errno::NotDir));
  EXPECT_EQ(read("file/.."), error(Errno::NotDir));
  EXPECT_EQ(read("loop-a"), error(Errno::Loop));
  EXPECT_EQ(read("loop-a/x"), error(Errno::Loop));
  EXPECT_EQ(read("dangling"), error(Errno::NoEnt));
  EXPECT_EQ(read(std::string(300, 'x')), error(Errno::NameTooLong));
  EXPECT_EQ(read("file", O_RDONLY | O_DIRECTORY), error(Errno::NotDir));
  EXPECT_EQ(read("to-file", O_RDONLY | O_DIRECTORY), error(Errno::NotDir));
}

TEST_P(PathResolverTest, LeavesTheLastLinkAloneIfAsked) {
  EXPECT_EQ(read("to-file", O_RDONLY | O_NOFOLLOW), error(Errno::Loop));
  EXPECT_EQ(read("out-relative", O_RDONLY | O_NOFOLLOW), error(Errno::Loop));
  EXPECT_EQ(read("to-dir/inner", O_RDONLY | O_NOFOLLOW), "inner");
  auto link = resolver.open(root.get(), "out-absolute", O_PATH | O_NOFOLLOW);
  ASSERT_TRUE(link);
  char target[256];
  ssize_t bytes = readlinkat(link->get(), "", target, sizeof(target));
  EXPECT_EQ(std::string(target, size_t(bytes)), host / "secret");
}

TEST_P(PathResolverTest, CreatesOnlyBeneath) {
  int create = O_RDWR | O_CREAT;
  EXPECT_TRUE(resolver.open(root.get(), "dir/new", create, 0600));
  EXPECT_TRUE(host.exists("root/dir/new"));
  EXPECT_TRUE(resolver.open(root.get(), "dangling", create, 0600));
  EXPECT_TRUE(host.exists("root/nowhere"));
  EXPECT_EQ(resolver.open(root.get(), "dangling-out", create, 0600).error(), Errno::NotCapable);
  EXPECT_EQ(resolver.open(root.get(), "../created", create, 0600).error(), Errno::NotCapable);
  EXPECT_EQ(resolver.open(root.get(), "out-dir/created", create, 0600).error(), Errno::NotCapable);
  EXPECT_FALSE(host.exists("created"));
  EXPECT_FALSE(host.exists("outside/created"));
  EXPECT_EQ(resolver.open(root.get(), "to-file", create | O_EXCL, 0600).error(), Errno::Exist);
  EXPECT_EQ(resolver.open(root.get(), "new/", create, 0600).error(), Errno::IsDir);
}

TEST_P(PathResolverTest, MagicLinksLeadNowhere) {
  Descriptor process(open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ASSERT_TRUE(process);
  Descriptor secret(open((host / "secret").c_str(), O_RDONLY | O_CLOEXEC));
  for (const std::string &path : std::vector<std::string>{"cwd", "root", "root/etc", "exe",
                                                          "fd/" + std::to_string(secret.get())})
    EXPECT_FALSE(resolver.open(process.get(), path.c_str(), O_RDONLY)) << path;
}

TEST_P(PathResolverTest, NoWayOutOpensWhileSomeoneRenames) {
  host.makeDirectory("root/flip");
  host.write("root/flip/file", "inside");
  host.makeDirectory("away");
  std::atomic<bool> done = false;
  std::jthread renamer([&] {
    // A directory and a link that leads out change places; and one moves to where its `..` is
    // outside.
    while (!done) {
      renameat2(root.get(), "flip", root.get(), "out-dir", RENAME_EXCHANGE);
      renameat(root.get(), "dir/deep", AT_FDCWD, (host / "away/deep").c_str());
      renameat(AT_FDCWD, (host / "away/deep").c_str(), root.get(), "dir/deep");
    }
  });
  for (int round = 0; round < 3000; ++round) {
    std::string text = read("flip/file");
    EXPECT_TRUE(text == "inside" || text == error(Errno::NotCapable) || text == error(Errno::NoEnt))
        << text;
    EXPECT_NE(read("dir/deep/../../secret"), "secret");
  }
  done = true;
}

TEST_P(PathResolverTest, EntryIsOneComponentOfADirectoryBeneath) {
  auto entry = resolver.entry(root.get(), "to-dir/inner", Errno::Inval);
  ASSERT_TRUE(entry);
  EXPECT_STREQ(entry->name, "inner");
  EXPECT_FALSE(entry->mustBeDirectory);
  EXPECT_EQ(faccessat(entry->directory, "inner", F_OK, 0), 0);

  auto slashes = resolver.entry(root.get(), "dir/new//", Errno::Inval);
  ASSERT_TRUE(slashes);
  EXPECT_STREQ(slashes->name, "new");
  EXPECT_TRUE(slashes->mustBeDirectory);

  auto link = resolver.entry(root.get(), "out-dir", Errno::Inval);
  ASSERT_TRUE(link);
  EXPECT_STREQ(link->name, "out-dir");
}

TEST_P(PathResolverTest, EntryRefusesDotsAndWaysOut) {
  auto errorOf = [&](const char *path) {
    auto entry = resolver.entry(root.get(), path, Errno::Busy);
    return entry ? Errno::Success : entry.error();
  };
  for (const char *path : {".", "./", "dir/.", "dir/..", "dir/../", "to-dir/.."})
    EXPECT_EQ(errorOf(path), Errno::Busy) << path;
  for (const char *path : {"..", "../", "dir/../..", "/", "//", "/etc", "../outside/file",
                           "out-dir/file", "up/secret", "up/.", "../root/file"})
    EXPECT_EQ(errorOf(path), Errno::NotCapable) << path;
  EXPECT_EQ(errorOf(""), Errno::NoEnt);
  EXPECT_EQ(errorOf("file/x"), Errno::NotDir);
  EXPECT_EQ(errorOf("none/x"), Errno::NoEnt);
}

INSTANTIATE_TEST_SUITE_P(Methods, PathResolverTest,
                         testing::Values(PathMethod::Automatic, PathMethod::Walk),
                         [](const auto &info) {
                           return info.param == PathMethod::Walk ? "Walk" : "Automatic";
                         });

} // namespace
