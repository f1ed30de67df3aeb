// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// WASI 0.2: files and directories. Paths, rights and the quota are those of preview 1 (CallsTest);
// here are flags, error codes, streams and limits.
#include "runtime/wasi/p2/Filesystem.h"

#include "runtime/wasi/tree/TreeMakers.h"
#include "test/unit/wasi/P2Guest.h"

#include <set>

namespace w2n::wasi::p2 {
namespace {

class P2FilesystemTest : public P2Test {
protected:
  void SetUp() override {
    host.makeDirectory("root/dir");
    host.write("root/file", "0123456789");
    host.write("secret", "secret");
    host.link("../secret", "root/out");
    host.link("file", "root/to-file");
    host.link("/etc/passwd", "root/absolute");
    restart({});
  }
  void restart(std::optional<uint64_t> quotaBytes, uint32_t maxOpenFiles = 100) {
    WasiOptions options = nothing();
    options.preopens = {{host / "root", "/root"}, {host / "root", "/fixed", /*readOnly=*/true}};
    options.quotaBytes = quotaBytes;
    options.maxOpenFiles = maxOpenFiles;
    options.clocks = {ClockMode::Frozen, 1'500'000'000};
    start(std::move(options));
    call("wasi:filesystem/preopens#get-directories", {place});
    ASSERT_EQ(guest->load<uint32_t>(place + 4), 2u);
    const auto list = guest->load<uint32_t>(place);
    root = guest->load<uint32_t>(list);
    fixed = guest->load<uint32_t>(list + 12);
    EXPECT_EQ(guest->textAt(list + 4), "/root");
  }

  static constexpr Slot follow = 1;
  static constexpr Slot create = 1, directory = 2, exclusive = 4, truncate = 8;
  static constexpr Slot reads = 1, writes = 2, mutates = 32;

  /// A method of a descriptor with a result<_ or T, error-code>: the error, or "ok". `errorAt` is
  /// the payload's offset.
  std::string method(std::string_view name, std::vector<Slot> slots, uint32_t errorAt = 1) {
    slots.push_back(place);
    call("wasi:filesystem/types#[method]descriptor." + std::string(name), std::move(slots));
    if (guest->load<uint8_t>(place) == 0)
      return "ok";
    return std::string(witCases(FilesystemError())[guest->load<uint8_t>(place + errorAt)]);
  }
  std::string onPath(std::string_view name, std::string_view path, Slot at) {
    return method(name, {at, guest->put(path), path.size()});
  }
  std::string open(std::string_view path, Slot openFlags = 0, Slot flags = reads, Slot at = 0,
                   Slot lookup = follow) {
    return method("open-at",
                  {at ? at : root, lookup, guest->put(path), path.size(), openFlags, flags}, 4);
  }
  Slot opened() { return guest->load<uint32_t>(place + 4); }
  std::string stream(std::string_view name, std::vector<Slot> slots) {
    return method(name, std::move(slots), 4);
  }

  Slot root = 0, fixed = 0;
};

TEST_F(P2FilesystemTest, FilesAreReadAndWrittenThroughStreams) {
  ASSERT_EQ(open("new", create | exclusive, reads | writes), "ok");
  const Slot file = opened();
  ASSERT_EQ(stream("write-via-stream", {file, 2}), "ok");
  const Slot out = opened();
  EXPECT_EQ(write(out, "abc"), "ok");
  EXPECT_EQ(checkWrite(out), uint64_t(1) << 20);
  EXPECT_EQ(write(out, "def", "output-stream.write"), "ok");
  ASSERT_EQ(stream("append-via-stream", {file}), "ok");
  EXPECT_EQ(write(opened(), "!"), "ok");
  ASSERT_EQ(stream("read-via-stream", {file, 1}), "ok");
  const Slot in = opened();
  EXPECT_EQ(read(in, 4), std::string("ok:\0abc", 7));
  // The stream keeps the file open.
  guest->drop(uint32_t(file));
  EXPECT_EQ(read(in, 100), "ok:def!");
  EXPECT_EQ(read(in, 100), "closed");
}

TEST_F(P2FilesystemTest, ReadsAndWritesAtAPosition) {
  ASSERT_EQ(open("file", 0, reads | writes), "ok");
  const Slot file = opened();
  ASSERT_EQ(method("read", {file, 4, 8}, 4), "ok");
  EXPECT_EQ(guest->textAt(place + 4), "89");
  EXPECT_EQ(guest->load<uint8_t>(place + 12), 0);
  ASSERT_EQ(method("read", {file, 4, 10}, 4), "ok");
  EXPECT_EQ(guest->load<uint8_t>(place + 12), 1);
  ASSERT_EQ(method("write", {file, guest->put("xy"), 2, 20}, 8), "ok");
  EXPECT_EQ(guest->load<uint64_t>(place + 8), 2u);
  ASSERT_EQ(method("set-size", {file, 3}), "ok");
  ASSERT_EQ(method("stat", {file}, 8), "ok");
  EXPECT_EQ(guest->load<uint8_t>(place + 8), uint8_t(DescriptorType::RegularFile));
  EXPECT_EQ(guest->load<uint64_t>(place + 24), 3u);
  for (const char *name : {"sync", "sync-data"})
    EXPECT_EQ(method(name, {file}), "ok");
  EXPECT_EQ(method("advise", {file, 0, 10, 3}), "ok");
  EXPECT_EQ(method("read", {file, 4, ~uint64_t(0)}, 4), "invalid");
}

TEST_F(P2FilesystemTest, FlagsAreRights) {
  ASSERT_EQ(open("file"), "ok");
  const Slot file = opened();
  EXPECT_EQ(stream("write-via-stream", {file, 0}), "bad-descriptor");
  EXPECT_EQ(method("set-size", {file, 0}), "not-permitted");
  ASSERT_EQ(method("get-flags", {file}), "ok");
  EXPECT_EQ(guest->load<uint8_t>(place + 1), reads);
  ASSERT_EQ(method("get-flags", {root}), "ok");
  EXPECT_EQ(guest->load<uint8_t>(place + 1), reads | mutates);
  ASSERT_EQ(method("get-flags", {fixed}), "ok");
  EXPECT_EQ(guest->load<uint8_t>(place + 1), reads);
  ASSERT_EQ(method("get-type", {root}), "ok");
  EXPECT_EQ(guest->load<uint8_t>(place + 1), uint8_t(DescriptorType::Directory));
  EXPECT_EQ(stream("read-via-stream", {root, 0}), "is-directory");
  EXPECT_EQ(open("dir", 0, writes), "is-directory");
}

TEST_F(P2FilesystemTest, NothingChangesInAReadOnlyDirectory) {
  EXPECT_EQ(open("file", 0, reads, fixed), "ok");
  EXPECT_EQ(open("file", 0, writes, fixed), "read-only");
  EXPECT_EQ(open("file", 0, reads | mutates, fixed), "read-only");
  EXPECT_EQ(open("new", create, reads, fixed), "read-only");
  EXPECT_EQ(open("file", truncate, reads, fixed), "read-only");
  for (const char *name : {"create-directory-at", "remove-directory-at", "unlink-file-at"})
    EXPECT_EQ(onPath(name, "dir", fixed), "not-permitted") << name;
  EXPECT_EQ(method("sync", {fixed}), "ok");
  EXPECT_EQ(method("sync-data", {fixed}), "ok");
  EXPECT_EQ(open("dir", directory, reads, fixed), "ok");
  const Slot dir = opened();
  EXPECT_EQ(open("new", create, reads, dir), "read-only");
  EXPECT_EQ(method("rename-at", {fixed, guest->put("file"), 4, root, guest->put("f2"), 2}),
            "not-permitted");
}

TEST_F(P2FilesystemTest, NoPathLeadsOut) {
  for (const char *path : {"../secret", "/etc/passwd", "out", "dir/../../secret"}) {
    EXPECT_EQ(open(path), "not-permitted") << path;
    EXPECT_EQ(method("stat-at", {root, follow, guest->put(path), strlen(path)}, 8), "not-permitted")
        << path;
  }
  EXPECT_EQ(open("out", 0, reads, root, /*lookup=*/0), "loop");
  EXPECT_EQ(open(std::string_view("fi\0le", 5)), "invalid");
  EXPECT_EQ(open(std::string(5000, 'x')), "name-too-long");
  EXPECT_EQ(method("symlink-at", {root, guest->put("/etc"), 4, guest->put("l"), 1}),
            "not-permitted");
  EXPECT_EQ(onPath("unlink-file-at", "../secret", root), "not-permitted");
}

TEST_F(P2FilesystemTest, EntriesAreMadeAndRemoved) {
  EXPECT_EQ(onPath("create-directory-at", "made", root), "ok");
  EXPECT_EQ(onPath("create-directory-at", "made", root), "exist");
  EXPECT_EQ(method("symlink-at", {root, guest->put("file"), 4, guest->put("made/l"), 6}), "ok");
  ASSERT_EQ(method("readlink-at", {root, guest->put("made/l"), 6}, 4), "ok");
  EXPECT_EQ(guest->textAt(place + 4), "file");
  EXPECT_EQ(method("readlink-at", {root, guest->put("absolute"), 8}, 4), "not-permitted");
  EXPECT_EQ(method("link-at", {root, 0, guest->put("file"), 4, root, guest->put("hard"), 4}), "ok");
  EXPECT_EQ(method("rename-at", {root, guest->put("hard"), 4, root, guest->put("made/h"), 6}),
            "ok");
  EXPECT_EQ(onPath("remove-directory-at", "made", root), "not-empty");
  EXPECT_EQ(onPath("unlink-file-at", "made", root), "is-directory");
  EXPECT_EQ(onPath("unlink-file-at", "made/h", root), "ok");
  EXPECT_EQ(onPath("unlink-file-at", "made/l", root), "ok");
  EXPECT_EQ(onPath("remove-directory-at", "made", root), "ok");
  EXPECT_EQ(onPath("remove-directory-at", "made", root), "no-entry");
}

TEST_F(P2FilesystemTest, DirectoriesAreListedFromTheirBeginning) {
  for (int index = 0; index < 300; ++index)
    host.write("root/dir/entry" + std::to_string(index), "");
  ASSERT_EQ(open("dir", directory), "ok");
  const Slot dir = opened();
  for (int round = 0; round < 2; ++round) {
    ASSERT_EQ(stream("read-directory", {dir}), "ok");
    const Slot entries = opened();
    std::set<std::string> names;
    while (true) {
      call("wasi:filesystem/types#[method]directory-entry-stream.read-directory-entry",
           {entries, place});
      ASSERT_EQ(guest->load<uint8_t>(place), 0);
      if (guest->load<uint8_t>(place + 4) == 0)
        break;
      EXPECT_EQ(guest->load<uint8_t>(place + 8), uint8_t(DescriptorType::RegularFile));
      EXPECT_TRUE(names.insert(guest->textAt(place + 12)).second);
    }
    EXPECT_EQ(names.size(), 300u);
  }
  ASSERT_EQ(open("file"), "ok");
  EXPECT_EQ(stream("read-directory", {opened()}), "not-directory");
}

TEST_F(P2FilesystemTest, TimesAreSetAndHidden) {
  ASSERT_EQ(method("stat-at", {root, follow, guest->put("to-file"), 7}, 8), "ok");
  // The frozen clock says 1.5 s, and no file is later.
  EXPECT_EQ(guest->load<uint8_t>(place + 56), 1);
  EXPECT_EQ(guest->load<uint64_t>(place + 64), 1u);
  const Slot timestamp = 2, noChange = 0, now = 1;
  EXPECT_EQ(method("set-times-at",
                   {root, follow, guest->put("file"), 4, noChange, 0, 0, timestamp, 1, 5}),
            "ok");
  ASSERT_EQ(method("stat-at", {root, 0, guest->put("file"), 4}, 8), "ok");
  EXPECT_EQ(guest->load<uint64_t>(place + 64), 1u);
  EXPECT_EQ(guest->load<uint32_t>(place + 72), 5u);
  ASSERT_EQ(open("file"), "ok");
  const Slot file = opened();
  EXPECT_EQ(method("set-times", {file, now, 0, 0, noChange, 0, 0}), "ok");
  EXPECT_EQ(method("set-times", {file, timestamp, 1, 1'000'000'000, noChange, 0, 0}), "invalid");
  EXPECT_EQ(method("set-times", {file, timestamp, ~uint64_t(0), 0, noChange, 0, 0}), "overflow");
}

TEST_F(P2FilesystemTest, ObjectsAreComparedAndHashed) {
  ASSERT_EQ(open("file"), "ok");
  const Slot file = opened();
  ASSERT_EQ(open("to-file"), "ok");
  const Slot same = opened();
  EXPECT_EQ(call("wasi:filesystem/types#[method]descriptor.is-same-object", {file, same}), 1u);
  EXPECT_EQ(call("wasi:filesystem/types#[method]descriptor.is-same-object", {file, root}), 0u);
  ASSERT_EQ(method("metadata-hash", {file}, 8), "ok");
  const auto hash = guest->load<uint64_t>(place + 8);
  ASSERT_EQ(method("metadata-hash-at", {root, 0, guest->put("file"), 4}, 8), "ok");
  EXPECT_EQ(guest->load<uint64_t>(place + 8), hash);
  host.write("root/file", "longer than before");
  ASSERT_EQ(method("metadata-hash", {file}, 8), "ok");
  EXPECT_NE(guest->load<uint64_t>(place + 8), hash);
}

TEST_F(P2FilesystemTest, TheQuotaHoldsForStreams) {
  restart(Quota::entryBytes + 10);
  ASSERT_EQ(open("new", create, writes), "ok");
  const Slot file = opened();
  ASSERT_EQ(stream("write-via-stream", {file, 0}), "ok");
  const Slot out = opened();
  EXPECT_EQ(write(out, "0123456789"), "ok");
  EXPECT_EQ(write(out, "x"), "last-operation-failed");
  const auto error = guest->load<uint32_t>(place + 8);
  call("wasi:filesystem/types#filesystem-error-code", {error, place});
  EXPECT_EQ(guest->load<uint8_t>(place), 1);
  EXPECT_EQ(guest->load<uint8_t>(place + 1), uint8_t(FilesystemError::Quota));
  call("wasi:io/error#[method]error.to-debug-string", {error, place});
  EXPECT_EQ(guest->textAt(place), "EDQUOT");
  EXPECT_EQ(write(out, "x"), "closed");
  ASSERT_EQ(stream("append-via-stream", {file}), "ok");
  EXPECT_EQ(write(opened(), "x"), "last-operation-failed");
  EXPECT_EQ(method("set-size", {file, 11}), "quota");
  EXPECT_EQ(open("another", create, writes), "quota");
}

TEST_F(P2FilesystemTest, RefusalsAreTold) {
  std::vector<std::string> refused;
  WasiOptions options = nothing();
  options.refused = [&](const Refusal &refusal) { refused.emplace_back(refusal.path); };
  start(options);
  call("wasi:filesystem/preopens#get-directories", {place});
  options.preopens = {{host / "root", "/root"}};
  start(options);
  call("wasi:filesystem/preopens#get-directories", {place});
  root = guest->load<uint32_t>(guest->load<uint32_t>(place));
  EXPECT_EQ(open("none"), "no-entry");
  EXPECT_EQ(open("../secret"), "not-permitted");
  EXPECT_EQ(refused, (std::vector<std::string>{"", "../secret"}));
}

TEST_F(P2FilesystemTest, OpenFilesHaveALimit) {
  restart({}, /*maxOpenFiles=*/7); // five are given
  ASSERT_EQ(open("file"), "ok");
  const Slot file = opened();
  ASSERT_EQ(stream("read-directory", {root}), "ok");
  EXPECT_EQ(open("file"), "insufficient-memory");
  EXPECT_EQ(stream("read-directory", {root}), "insufficient-memory");
  guest->drop(uint32_t(file));
  EXPECT_EQ(open("file"), "ok");
}

TEST_F(P2FilesystemTest, ATreeInMemoryIsADirectory) {
  WasiOptions options = nothing();
  options.preopens = {memoryPreopen("/memory", {})};
  start(std::move(options));
  call("wasi:filesystem/preopens#get-directories", {place});
  root = guest->load<uint32_t>(guest->load<uint32_t>(place));
  ASSERT_EQ(open("new", create | exclusive, reads | writes), "ok");
  const Slot file = opened();
  ASSERT_EQ(stream("append-via-stream", {file}), "ok");
  EXPECT_EQ(write(opened(), "abc"), "ok");
  ASSERT_EQ(stream("read-via-stream", {file, 1}), "ok");
  EXPECT_EQ(read(opened(), 10), "ok:bc");
  ASSERT_EQ(method("get-flags", {file}), "ok");
  EXPECT_EQ(guest->load<uint8_t>(place + 1), reads | writes);
  ASSERT_EQ(method("get-type", {file}), "ok");
  EXPECT_EQ(guest->load<uint8_t>(place + 1), uint8_t(DescriptorType::RegularFile));
  EXPECT_EQ(call("wasi:filesystem/types#[method]descriptor.is-same-object", {file, root}), 0u);
  ASSERT_EQ(stream("read-directory", {root}), "ok");
  const Slot entries = opened();
  constexpr auto next = "wasi:filesystem/types#[method]directory-entry-stream.read-directory-entry";
  call(next, {entries, place});
  EXPECT_EQ(guest->textAt(place + 12), "new");
  call(next, {entries, place});
  EXPECT_EQ(guest->load<uint8_t>(place + 4), 0);
}

} // namespace
} // namespace w2n::wasi::p2
