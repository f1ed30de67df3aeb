// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Trees against a directory of the host: the same calls in the same order must give the same
// results and leave the same files, whatever is behind the directory.
#include "runtime/wasi/DirectoryRecords.h"
#include "runtime/wasi/FileOperations.h"
#include "runtime/wasi/PathOperations.h"
#include "runtime/wasi/WasiContext.h"
#include "runtime/wasi/tree/ArchiveTree.h"
#include "runtime/wasi/tree/OpenNode.h"
#include "runtime/wasi/tree/TreeMakers.h"
#include "test/unit/wasi/TemporaryDirectory.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <sstream>

namespace w2n::wasi {
namespace {

/// A guest with one directory, and calls on it whose results are texts that can be compared.
class World {
public:
  explicit World(Preopen preopen) {
    WasiOptions options;
    options.standardInput = options.standardOutput = options.standardError = -1;
    options.preopens = {std::move(preopen)};
    auto created = WasiContext::create(std::move(options));
    EXPECT_TRUE(created) << created.error().text;
    context = *created;
    root = *context->files.find(3);
  }

  static std::string text(Errno error) { return nameOf(error); }
  static std::string text(const Outcome &outcome) {
    return outcome ? "ok" : nameOf(outcome.error());
  }

  std::string open(const std::string &path, uint32_t openFlags, Rights base, uint32_t fdFlags = 0,
                   uint32_t lookup = lookupflags::symlinkFollow) {
    auto file =
        openPath(*context, *root, *guestPath(path), {lookup, openFlags, fdFlags, base, ~Rights(0)});
    if (!file)
      return nameOf(file.error());
    opened = std::make_shared<File>(std::move(*file));
    return opened->type == FileType::Directory ? "directory" : "file";
  }
  std::string write(const std::string &bytes) {
    const auto done = writeFile(*context, *opened, vectorsOf(bytes));
    return done ? std::to_string(*done) : nameOf(done.error());
  }
  std::string writeAt(const std::string &bytes, uint64_t offset) {
    const auto done = writeFileAt(*context, *opened, vectorsOf(bytes), offset);
    return done ? std::to_string(*done) : nameOf(done.error());
  }
  std::string readAt(uint64_t offset, size_t count) {
    std::string buffer(count, '?');
    const auto done = readFileAt(*opened, vectorsOf(buffer), offset);
    return done ? buffer.substr(0, size_t(*done)) : nameOf(done.error());
  }
  std::string resize(uint64_t bytes) { return text(setFileSize(*context, *opened, bytes)); }
  /// The number of names of what is open.
  std::string links() {
    const auto status = statusOfFile(*opened);
    return status ? std::to_string(status->st_nlink) : nameOf(status.error());
  }
  /// The bytes of records of the open directory.
  std::string records() {
    int64_t position = 0;
    alignas(HostEntry) char buffer[4096];
    const auto bytes = opened->node ? opened->node->list(buffer, position)
                                    : readDirectoryRecords(opened->host, buffer);
    return bytes ? std::to_string(*bytes) : nameOf(bytes.error());
  }
  std::string makeDirectory(const std::string &path) {
    return text(createDirectory(*context, *root, *guestPath(path)));
  }
  std::string removeDirectory(const std::string &path) {
    return text(wasi::removeDirectory(*context, *root, *guestPath(path)));
  }
  std::string unlink(const std::string &path) {
    return text(unlinkFile(*context, *root, *guestPath(path)));
  }
  std::string rename(const std::string &from, const std::string &to) {
    return text(renamePath(*context, *root, *guestPath(from), *root, *guestPath(to)));
  }
  std::string link(const std::string &from, const std::string &to) {
    return text(linkPath(*context, *root, *guestPath(from), *root, *guestPath(to)));
  }
  std::string symlink(const std::string &target, const std::string &path) {
    return text(makeSymlink(*context, *guestPath(target), *root, *guestPath(path)));
  }
  std::string readlink(const std::string &path) {
    uint8_t buffer[256];
    const auto bytes = readLink(*context, *root, *guestPath(path), buffer);
    return bytes ? std::string(reinterpret_cast<char *>(buffer), *bytes) : nameOf(bytes.error());
  }
  std::string setTimes(const std::string &path, int64_t seconds) {
    const timespec time = {seconds, 5};
    return text(setPathTimes(*context, *root, 0, *guestPath(path), {{time, time}}));
  }
  /// Type, size of files, links of files, time of modification if `withTime`.
  std::string status(const std::string &path, uint32_t lookup, bool withTime = false) {
    const auto status = statusOfPath(*context, *root, lookup, *guestPath(path));
    if (!status)
      return nameOf(status.error());
    std::ostringstream out;
    out << std::oct << (status->st_mode & S_IFMT) << std::dec;
    if (S_ISREG(status->st_mode))
      out << ' ' << status->st_size << ' ' << status->st_nlink;
    if (withTime)
      out << ' ' << status->st_mtim.tv_sec << ' ' << status->st_mtim.tv_nsec;
    return out.str();
  }

  /// All that is there, by path: directories, targets of links, contents of files.
  std::map<std::string, std::string> contents() {
    std::map<std::string, std::string> all;
    collect(".", all);
    return all;
  }
  /// The names in a directory, read through records of `bytes` each time.
  std::vector<std::string> list(const std::string &path) {
    std::vector<std::string> names;
    if (open(path, oflags::directory, directoryRights) != "directory")
      return names;
    int64_t position = 0;
    alignas(HostEntry) char records[4096];
    while (true) {
      const auto bytes = opened->node ? opened->node->list(records, position)
                                      : readDirectoryRecords(opened->host, records);
      EXPECT_TRUE(bytes);
      if (!bytes || *bytes == 0)
        break;
      for (size_t at = 0; at < *bytes;) {
        auto *record = reinterpret_cast<const HostEntry *>(records + at);
        at += record->recordBytes;
        names.push_back(record->name);
      }
    }
    std::ranges::sort(names);
    return names;
  }

  std::shared_ptr<WasiContext> context;
  FileHandle root;
  std::shared_ptr<File> opened;

private:
  static IoVectors vectorsOf(const std::string &bytes) {
    return IoVectors{{reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size()}};
  }
  static std::unique_ptr<GuestPath> guestPath(const std::string &path) {
    Errno error = Errno::Success;
    return std::make_unique<GuestPath>(
        std::span(reinterpret_cast<const uint8_t *>(path.data()), path.size()), error);
  }
  void collect(const std::string &path, std::map<std::string, std::string> &all) {
    for (const std::string &name : list(path)) {
      if (name == "." || name == "..")
        continue;
      const std::string child = path + "/" + name;
      const std::string kind = status(child, 0);
      all[child] = kind;
      if (kind.starts_with("4")) {
        collect(child, all);
      } else if (kind.starts_with("12")) {
        all[child] = "link to " + readlink(child);
      } else if (open(child, 0, rights::fdRead | rights::fdSeek, 0, 0) == "file") {
        all[child] += " " + readAt(0, 1 << 16);
      }
    }
  }
};

class TreeTest : public testing::Test {
protected:
  Preopen directory(const std::string &name) {
    host.makeDirectory(name);
    return {.hostPath = host / name, .guestPath = "/work"};
  }
  /// Fills a directory with what a lower layer may have.
  void fill(const std::string &name) {
    host.makeDirectory(name + "/a/b");
    host.write(name + "/a/f", "lower");
    host.write(name + "/a/b/g", "deep");
    host.write(name + "/f", std::string(10000, 'l'));
    host.link("a/f", name + "/s");
  }
  Preopen overlay(const std::string &lower, const std::string &upper) {
    host.makeDirectory(lower);
    if (!upper.empty())
      host.makeDirectory(upper);
    auto preopen = overlayPreopen(host / lower, upper.empty() ? "" : host / upper, "/work", {});
    EXPECT_TRUE(preopen);
    return *preopen;
  }
  TemporaryDirectory host;
};

/// Random calls on few names, so that they meet each other. `step` gives what a call returned.
std::string randomStep(World &world, uint64_t seed) {
  std::mt19937_64 random(seed);
  auto pick = [&](auto &list) -> const std::string & { return list[random() % std::size(list)]; };
  static const std::string paths[] = {"a",     "b",      "f",       "s",       "a/f", "a/b",
                                      "a/b/g", "b/f",    "a/s",     "a/b/c",   "./f", "a/../f",
                                      "s/x",   "../out", "missing", "b/b/b",   "a/",  "f/",
                                      "s/",    "..",     "a/..",    "a/../..", "/f",  "loop"};
  static const std::string targets[] = {"a", "f", "../f", "..", "b/f", "s", "loop", "a/b/", "/f"};
  const std::string path = pick(paths), other = pick(paths), target = pick(targets);
  const uint32_t openFlags = uint32_t(random() % 16);
  const Rights base = (random() % 2 ? rights::fdRead : 0) | (random() % 2 ? rights::fdWrite : 0) |
                      rights::fdSeek | rights::fdFilestatSetSize;
  const std::string bytes(random() % 6000, char('a' + random() % 26));
  const uint64_t offset = random() % 9000;
  switch (random() % 12) {
  case 0:
  case 1:
  case 2: {
    // O_CREAT with O_DIRECTORY depends on the kernel.
    const uint32_t flags = openFlags & oflags::directory ? openFlags & ~oflags::create : openFlags;
    std::string result =
        world.open(path, flags, base, random() % 3 ? 0 : fdflags::append, uint32_t(random() % 2));
    if (result == "file")
      result += " " + world.write(bytes) + " " + world.readAt(offset / 2, 50);
    return "open " + path + ": " + result;
  }
  case 3:
    if (!world.opened)
      return "";
    return "write: " + world.writeAt(bytes, offset);
  case 4:
    if (!world.opened)
      return "";
    return "resize: " + world.resize(offset);
  case 5:
    return "mkdir " + path + ": " + world.makeDirectory(path);
  case 6:
    return "rmdir " + path + ": " + world.removeDirectory(path);
  case 7:
    return "unlink " + path + ": " + world.unlink(path);
  case 8:
    return "rename " + path + " " + other + ": " + world.rename(path, other);
  case 9:
    return "symlink " + target + " " + path + ": " + world.symlink(target, path);
  case 10:
    // Times of links are not the same on all kernels.
    if (world.status(path, 0).starts_with("12"))
      return "";
    return "times " + path + ": " + world.setTimes(path, int64_t(offset));
  default:
    return "status " + path + ": " + world.status(path, uint32_t(random() % 2)) + " " +
           world.readlink(path);
  }
}

void expectSame(World &real, World &tree, uint64_t seed, unsigned steps) {
  std::mt19937_64 random(seed);
  std::string history;
  for (unsigned step = 0; step < steps; ++step) {
    const uint64_t choice = random();
    const std::string wanted = randomStep(real, choice), found = randomStep(tree, choice);
    history += wanted + "\n";
    ASSERT_EQ(found, wanted) << "seed " << seed << "\n" << history;
    if (step % 16 == 15) {
      ASSERT_EQ(tree.contents(), real.contents()) << "seed " << seed << "\n" << history;
    }
  }
}

constexpr unsigned seeds = 12, stepsPerSeed = 250;

TEST_F(TreeTest, MemoryIsAsADirectory) {
  for (unsigned seed = 0; seed < seeds; ++seed) {
    World real(directory("real" + std::to_string(seed))), tree(memoryPreopen("/work", {}));
    expectSame(real, tree, seed, stepsPerSeed);
  }
}

TEST_F(TreeTest, AnOverlayIsAsADirectoryAndLeavesItsLowerLayerAlone) {
  fill("lower");
  World lower({.hostPath = host / "lower", .guestPath = "/work"});
  const auto before = lower.contents();
  for (unsigned seed = 0; seed < seeds; ++seed) {
    const std::string name = "real" + std::to_string(seed);
    fill(name);
    World real(directory(name));
    World tree(overlay("lower", seed % 2 ? "" : "upper" + std::to_string(seed)));
    expectSame(real, tree, seed + 100, stepsPerSeed);
    if (seed % 2 == 0) {
      // Another run goes on where this one ended.
      World again(overlay("lower", "upper" + std::to_string(seed)));
      ASSERT_EQ(again.contents(), real.contents()) << "seed " << seed;
    }
  }
  EXPECT_EQ(lower.contents(), before);
}

TEST_F(TreeTest, LayersOfAnOverlayAreApart) {
  fill("lower");
  host.makeDirectory("lower2");
  host.link("lower", "alias");
  const auto refusal = [&](const std::string &lower, const std::string &upper) {
    auto preopen = overlayPreopen(host / lower, host / upper, "/work", {});
    return preopen ? "" : preopen.error().text;
  };
  for (const char *upper : {"lower", "lower/", "lower/a", "lower/a/b", "alias", "alias/a", "."})
    EXPECT_NE(refusal("lower", upper).find("the same folder or one lies in the other"),
              std::string::npos)
        << upper;
  EXPECT_NE(refusal("lower/a", "lower"), "");
  EXPECT_EQ(refusal("lower", "lower2"), "");
  EXPECT_EQ(refusal("lower/a", "lower2"), "");
}

TEST_F(TreeTest, TimesAreSet) {
  fill("lower");
  World memory(memoryPreopen("/work", {})), layers(overlay("lower", ""));
  for (World *tree : {&memory, &layers}) {
    tree->makeDirectory("a");
    EXPECT_EQ(tree->setTimes("a", 77), "ok");
    EXPECT_EQ(tree->status("a", 0, /*withTime=*/true), "40000 77 5");
  }
}

TEST_F(TreeTest, MemoryHasALimit) {
  World tree(memoryPreopen("/work", {.maxBytes = 8192, .maxEntries = 3}));
  constexpr Rights writes = rights::fdWrite | rights::fdSeek | rights::fdFilestatSetSize;
  EXPECT_EQ(tree.open("f", oflags::create, writes), "file");
  EXPECT_EQ(tree.write(std::string(10000, 'x')), "8192");
  EXPECT_EQ(tree.write("y"), "ENOSPC");
  // A hole takes no room.
  EXPECT_EQ(tree.resize(uint64_t(1) << 40), "ok");
  EXPECT_EQ(tree.writeAt("y", uint64_t(1) << 39), "ENOSPC");
  EXPECT_EQ(tree.makeDirectory("d"), "ok");
  EXPECT_EQ(tree.link("f", "g"), "ok");
  EXPECT_EQ(tree.link("f", "h"), "ENOSPC");
  EXPECT_EQ(tree.makeDirectory("e"), "ENOSPC");
  // A removed file gives its room back when nobody has it open any more.
  EXPECT_EQ(tree.unlink("f"), "ok");
  EXPECT_EQ(tree.unlink("g"), "ok");
  EXPECT_EQ(tree.writeAt("y", uint64_t(1) << 39), "ENOSPC");
  EXPECT_EQ(tree.open("k", oflags::create, writes), "file");
  EXPECT_EQ(tree.write(std::string(8192, 'z')), "8192");
}

TEST_F(TreeTest, RoomThatIsAllocatedIsTaken) {
  World tree(memoryPreopen("/work", {.maxBytes = 8192, .maxEntries = 3}));
  ASSERT_EQ(tree.open("f", oflags::create, rights::fdWrite | rights::fdSeek), "file");
  const auto allocate = [&](uint64_t offset, uint64_t bytes) {
    return World::text(tree.opened->node->allocate(offset, bytes));
  };
  EXPECT_EQ(allocate(0, 8193), "ENOSPC");
  EXPECT_EQ(allocate(INT64_MAX - 1, 1), "ok");
  EXPECT_EQ(allocate(4095, 2), "ENOSPC");
  EXPECT_EQ(allocate(0, 4096), "ok");
  EXPECT_EQ(tree.writeAt(std::string(5000, 'x'), 0), "4096");
  ASSERT_EQ(tree.open("g", oflags::create, rights::fdWrite | rights::fdSeek), "file");
  EXPECT_EQ(tree.write("y"), "ENOSPC");
}

TEST_F(TreeTest, EachGuestHasItsOwnMemory) {
  const Preopen preopen = memoryPreopen("/work", {});
  World one(preopen), other(preopen);
  EXPECT_EQ(one.makeDirectory("secret"), "ok");
  EXPECT_EQ(other.status("secret", 0), "ENOENT");
}

TEST_F(TreeTest, AnOpenFileSeesItsCopyInTheUpperLayer) {
  fill("lower");
  World tree(overlay("lower", ""));
  ASSERT_EQ(tree.open("a/f", 0, rights::fdRead | rights::fdSeek), "file");
  const auto reader = tree.opened;
  ASSERT_EQ(tree.open("a/f", 0, rights::fdWrite | rights::fdSeek), "file");
  EXPECT_EQ(tree.writeAt("UP", 0), "2");
  tree.opened = reader;
  EXPECT_EQ(tree.readAt(0, 10), "UPwer");
  EXPECT_EQ(tree.unlink("a/f"), "ok");
  EXPECT_EQ(tree.readAt(0, 10), "UPwer");
}

// Removed things stay so for those who have it open.
TEST_F(TreeTest, RemovedDirectoriesAreEmpty) {
  fill("real");
  fill("lower");
  World real(directory("real")), layers(overlay("lower", "")), memory(memoryPreopen("/work", {}));
  memory.makeDirectory("a");
  memory.makeDirectory("a/b");
  for (World *tree : {&real, &layers, &memory}) {
    ASSERT_EQ(tree->open("a/b", oflags::directory, directoryRights), "directory");
    const auto removed = tree->opened;
    tree->unlink("a/b/g");
    EXPECT_EQ(tree->removeDirectory("a/b"), "ok");
    EXPECT_EQ(tree->links(), "0");
    EXPECT_EQ(tree->records(), "ENOENT");
    tree->root = removed;
    EXPECT_EQ(tree->status("g", 0), "ENOENT");
    EXPECT_EQ(tree->open("g", 0, rights::fdRead), "ENOENT");
    EXPECT_EQ(tree->open("h", oflags::create, rights::fdWrite), "ENOENT");
  }
}

// Errors that random calls seldom come to.
TEST_F(TreeTest, ErrorsAreThoseOfADirectory) {
  fill("real");
  fill("lower");
  const uint64_t last = INT64_MAX;
  auto errorsOf = [&](World &world) {
    std::vector<std::string> all;
    all.push_back(world.open("f", 0, rights::fdRead | rights::fdSeek));
    all.push_back(world.unlink("f"));
    all.push_back(world.links());
    all.push_back(world.link("a", "s"));
    all.push_back(world.link("a", "new"));
    all.push_back(world.open("", oflags::create | oflags::directory, rights::fdRead));
    all.push_back(world.open("n", oflags::create, rights::fdRead | rights::fdWrite | rights::fdSeek,
                             fdflags::append));
    for (const uint64_t offset : {last - 1, last, last + 1, ~uint64_t(0)}) {
      all.push_back(world.writeAt("ab", offset));
      all.push_back(world.readAt(offset, 2));
      all.push_back(world.readAt(offset, 1));
    }
    all.push_back(world.open("n", 0, rights::fdWrite | rights::fdSeek));
    for (const uint64_t offset : {last, last + 1})
      all.push_back(world.writeAt("ab", offset));
    return all;
  };
  World real(directory("real")), layers(overlay("lower", "")), host(overlay("lower", "upper"));
  const auto wanted = errorsOf(real);
  EXPECT_EQ(errorsOf(layers), wanted);
  EXPECT_EQ(errorsOf(host), wanted);
}

TEST_F(TreeTest, NamesOfWhiteoutsAreNotForGuests) {
  fill("lower");
  World tree(overlay("lower", "upper"));
  EXPECT_EQ(tree.unlink("f"), "ok");
  EXPECT_TRUE(host.exists("upper/.wh.f"));
  EXPECT_EQ(tree.status(".wh.f", 0), "ENOENT");
  EXPECT_EQ(tree.unlink(".wh.f"), "ENOENT");
  EXPECT_EQ(tree.open(".wh.a", oflags::create, rights::fdWrite), "EINVAL");
  EXPECT_EQ(tree.rename("s", ".wh.a"), "EINVAL");
}

TEST_F(TreeTest, TheQuotaHoldsForTheUpperLayer) {
  fill("lower");
  WasiOptions options;
  options.standardInput = options.standardOutput = options.standardError = -1;
  options.preopens = {overlay("lower", "upper")};
  options.quotaBytes = 8192;
  World tree(memoryPreopen("/work", {}));
  auto context = *WasiContext::create(std::move(options));
  // A file ends before the context that it is of.
  tree.root = *context->files.find(3);
  tree.context = std::move(context);
  // It has 10,000 bytes, which would have to be copied.
  EXPECT_EQ(tree.open("f", 0, rights::fdWrite | rights::fdSeek), "EDQUOT");
  EXPECT_FALSE(host.exists("upper/f"));
}

TEST_F(TreeTest, EntriesAreListedOnceWhileOthersComeAndGo) {
  host.makeDirectory("lower");
  for (int i = 0; i < 300; ++i)
    host.write("lower/f" + std::to_string(i), "x");
  World tree(overlay("lower", ""));
  ASSERT_EQ(tree.open(".", oflags::directory, directoryRights), "directory");
  const auto directory = tree.opened;
  int64_t position = 0;
  alignas(HostEntry) char records[4096];
  std::map<std::string, int> seen;
  for (int round = 0;; ++round) {
    const auto bytes = directory->node->list(records, position);
    ASSERT_TRUE(bytes);
    if (*bytes == 0)
      break;
    for (size_t at = 0; at < *bytes;) {
      auto *record = reinterpret_cast<const HostEntry *>(records + at);
      at += record->recordBytes;
      ++seen[record->name];
    }
    // Copies an entry to the upper layer, seen or not.
    ASSERT_EQ(tree.open("f" + std::to_string(round * 37 % 300), 0, rights::fdWrite), "file");
  }
  EXPECT_EQ(seen.size(), 302u);
  for (const auto &[name, count] : seen)
    EXPECT_EQ(count, 1) << name;
}

TEST_F(TreeTest, DeepDirectoriesAreFreed) {
  World tree(memoryPreopen("/work", {}));
  FileHandle root = tree.root;
  for (int depth = 0; depth < 30000; ++depth) {
    ASSERT_EQ(tree.makeDirectory("d"), "ok");
    ASSERT_EQ(tree.open("d", oflags::directory, directoryRights), "directory");
    tree.root = tree.opened;
  }
}

} // namespace
} // namespace w2n::wasi
