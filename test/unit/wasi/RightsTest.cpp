// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Every operation against every right: a test for each row of Operations.def, which does what the
// row is about on a descriptor that lacks one right after the other, and on one that has no right
// but those of the row.
#include "runtime/wasi/CallTable.h"
#include "runtime/wasi/WasiContext.h"
#include "test/unit/wasi/TemporaryDirectory.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

using namespace w2n::wasi;

namespace {

constexpr Rights allRights = directoryRights | fileRights | connectionRights | rights::sockAccept;

/// A guest with a descriptor of each kind, all of which it uses through numbers in its memory.
class Guest {
public:
  Guest() {
    host.makeDirectory("root/empty");
    host.write("root/file", "0123456789");
    host.link("file", "root/link");
    listen();
    WasiOptions options;
    options.standardInput = options.standardOutput = options.standardError = -1;
    options.preopens = {{host / "root", "/root"}};
    options.listeners = {listener.get()};
    context = *WasiContext::create(std::move(options));
    store(vectors, IoVector{buffer, 1});
    file = open("file", fileRights);
    directory = open(".", directoryRights);
  }

  Errno call(std::string_view name, auto... arguments) {
    std::array slots = {w2n::runtime::Slot(arguments)..., w2n::runtime::Slot(0)};
    const Call *found = findCall("wasi_snapshot_preview1", name);
    EXPECT_EQ(found->type().params.size(), sizeof...(arguments)) << name;
    EXPECT_TRUE(found->invoke(*context, GuestMemory(bytes), slots));
    return Errno(slots[0]);
  }
  /// Puts a path, or two in a row, in memory.
  void put(std::string_view paths) { std::memcpy(bytes.data() + text, paths.data(), paths.size()); }
  /// A call whose last arguments are a path's address and size.
  Errno onPath(std::string_view name, std::string_view path, auto... before) {
    put(path);
    return call(name, before..., text, path.size());
  }
  Errno openIn(uint32_t fd, std::string_view path, uint32_t openFlags, uint32_t flags) {
    put(path);
    return call("path_open", fd, 0, text, path.size(), openFlags, rights::fdRead, 0, flags, out);
  }
  uint32_t open(std::string_view path, Rights base) {
    put(path);
    EXPECT_EQ(call("path_open", root, 0, text, path.size(), 0, base, allRights, 0, out),
              Errno::Success);
    return load<uint32_t>(out);
  }
  /// The error of a subscription's event.
  Errno poll(uint32_t fd, EventType type) {
    Subscription subscription = {};
    subscription.type = type;
    subscription.fd = fd;
    store(list, subscription);
    EXPECT_EQ(call("poll_oneoff", list, events, 1, out), Errno::Success);
    return Errno(load<Event>(events).error);
  }
  /// Connects to the listener; the guest has not accepted.
  void connect() {
    client = Descriptor(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_un address = addressOfListener();
    EXPECT_EQ(
        ::connect(client.get(), reinterpret_cast<const sockaddr *>(&address), sizeof(address)), 0);
    EXPECT_EQ(::send(client.get(), "x", 1, 0), 1);
  }
  uint32_t accept() {
    connect();
    EXPECT_EQ(call("sock_accept", listenerFd, 0, out), Errno::Success);
    return load<uint32_t>(out);
  }
  FdStat status(uint32_t fd) {
    EXPECT_EQ(call("fd_fdstat_get", fd, out), Errno::Success);
    return load<FdStat>(out);
  }

  static constexpr uint32_t root = 3, listenerFd = 4;
  static constexpr uint32_t out = 0, vectors = 128, buffer = 256, text = 512, list = 1024,
                            events = 1280;
  uint32_t file = 0, directory = 0;

private:
  sockaddr_un addressOfListener() {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    const std::string path = host / "socket";
    std::memcpy(address.sun_path, path.data(), std::min(path.size(), sizeof(address.sun_path) - 1));
    return address;
  }
  void listen() {
    listener = Descriptor(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_un address = addressOfListener();
    EXPECT_EQ(bind(listener.get(), reinterpret_cast<const sockaddr *>(&address), sizeof(address)),
              0);
    EXPECT_EQ(::listen(listener.get(), 1), 0);
  }
  template <typename T> T load(uint32_t address) {
    T value;
    std::memcpy(&value, bytes.data() + address, sizeof(T));
    return value;
  }
  template <typename T> void store(uint32_t address, const T &value) {
    std::memcpy(bytes.data() + address, &value, sizeof(T));
  }

  std::vector<uint8_t> bytes = std::vector<uint8_t>(4096);
  TemporaryDirectory host;
  Descriptor listener, client;
  std::shared_ptr<WasiContext> context;
};

uint32_t useFile(Guest &guest) { return guest.file; }
uint32_t useDirectory(Guest &guest) { return guest.directory; }
uint32_t useConnection(Guest &guest) { return guest.accept(); }
uint32_t useListener(Guest &guest) {
  guest.connect();
  return Guest::listenerFd;
}

/// An operation and how it is done, on a descriptor that the guest has.
struct Deed {
  const char *operation;
  std::string_view call;
  uint32_t (*descriptor)(Guest &guest);
  Errno (*run)(Guest &guest, uint32_t fd);
};

constexpr uint32_t at = Guest::vectors, out = Guest::out;
using G = Guest;

constexpr Deed deeds[] = {
    {"fdAdvise", "fd_advise", useFile,
     [](G &guest, uint32_t fd) { return guest.call("fd_advise", fd, 0, 1, 0); }},
    {"fdAllocate", "fd_allocate", useFile,
     [](G &guest, uint32_t fd) { return guest.call("fd_allocate", fd, 0, 1); }},
    {"fdDatasync", "fd_datasync", useFile,
     [](G &guest, uint32_t fd) { return guest.call("fd_datasync", fd); }},
    {"fdFdstatSetFlags", "fd_fdstat_set_flags", useFile,
     [](G &guest, uint32_t fd) { return guest.call("fd_fdstat_set_flags", fd, 0); }},
    {"fdFilestatGet", "fd_filestat_get", useFile,
     [](G &guest, uint32_t fd) { return guest.call("fd_filestat_get", fd, out); }},
    {"fdFilestatSetSize", "fd_filestat_set_size", useFile,
     [](G &guest, uint32_t fd) { return guest.call("fd_filestat_set_size", fd, 4); }},
    {"fdFilestatSetTimes", "fd_filestat_set_times", useFile,
     [](G &guest, uint32_t fd) { return guest.call("fd_filestat_set_times", fd, 0, 0, 1); }},
    {"fdPread", "fd_pread", useFile,
     [](G &guest, uint32_t fd) { return guest.call("fd_pread", fd, at, 1, 0, out); }},
    {"fdPwrite", "fd_pwrite", useFile,
     [](G &guest, uint32_t fd) { return guest.call("fd_pwrite", fd, at, 1, 0, out); }},
    {"fdRead", "fd_read", useFile,
     [](G &guest, uint32_t fd) { return guest.call("fd_read", fd, at, 1, out); }},
    {"fdReaddir", "fd_readdir", useDirectory,
     [](G &guest, uint32_t fd) { return guest.call("fd_readdir", fd, G::buffer, 64, 0, out); }},
    {"fdSeek", "fd_seek", useFile,
     [](G &guest, uint32_t fd) { return guest.call("fd_seek", fd, 2, 0, out); }},
    {"fdSync", "fd_sync", useFile, [](G &guest, uint32_t fd) { return guest.call("fd_sync", fd); }},
    {"fdTell", "fd_tell", useFile,
     [](G &guest, uint32_t fd) { return guest.call("fd_tell", fd, out); }},
    {"fdTell", "fd_seek", useFile,
     [](G &guest, uint32_t fd) { return guest.call("fd_seek", fd, 0, /*current*/ 1, out); }},
    {"fdWrite", "fd_write", useFile,
     [](G &guest, uint32_t fd) { return guest.call("fd_write", fd, at, 1, out); }},
    {"pathCreateDirectory", "path_create_directory", useDirectory,
     [](G &guest, uint32_t fd) { return guest.onPath("path_create_directory", "new", fd); }},
    {"pathFilestatGet", "path_filestat_get", useDirectory,
     [](G &guest, uint32_t fd) {
       guest.put("file");
       return guest.call("path_filestat_get", fd, 0, G::text, 4, out);
     }},
    {"pathFilestatSetTimes", "path_filestat_set_times", useDirectory,
     [](G &guest, uint32_t fd) {
       guest.put("file");
       return guest.call("path_filestat_set_times", fd, 0, G::text, 4, 0, 0, 1);
     }},
    {"pathLinkSource", "path_link", useDirectory,
     [](G &guest, uint32_t fd) {
       guest.put("filenew");
       return guest.call("path_link", fd, 0, G::text, 4, G::root, G::text + 4, 3);
     }},
    {"pathLinkTarget", "path_link", useDirectory,
     [](G &guest, uint32_t fd) {
       guest.put("filenew");
       return guest.call("path_link", G::root, 0, G::text, 4, fd, G::text + 4, 3);
     }},
    {"pathOpen", "path_open", useDirectory,
     [](G &guest, uint32_t fd) { return guest.openIn(fd, "file", 0, 0); }},
    {"pathOpenCreate", "path_open", useDirectory,
     [](G &guest, uint32_t fd) { return guest.openIn(fd, "new", oflags::create, 0); }},
    {"pathOpenTruncate", "path_open", useDirectory,
     [](G &guest, uint32_t fd) { return guest.openIn(fd, "file", oflags::truncate, 0); }},
    {"pathOpenDsync", "path_open", useDirectory,
     [](G &guest, uint32_t fd) { return guest.openIn(fd, "file", 0, fdflags::dsync); }},
    {"pathOpenRsync", "path_open", useDirectory,
     [](G &guest, uint32_t fd) { return guest.openIn(fd, "file", 0, fdflags::rsync); }},
    {"pathOpenSync", "path_open", useDirectory,
     [](G &guest, uint32_t fd) { return guest.openIn(fd, "file", 0, fdflags::sync); }},
    {"pathReadlink", "path_readlink", useDirectory,
     [](G &guest, uint32_t fd) {
       guest.put("link");
       return guest.call("path_readlink", fd, G::text, 4, G::buffer, 16, out);
     }},
    {"pathRemoveDirectory", "path_remove_directory", useDirectory,
     [](G &guest, uint32_t fd) { return guest.onPath("path_remove_directory", "empty", fd); }},
    {"pathRenameSource", "path_rename", useDirectory,
     [](G &guest, uint32_t fd) {
       guest.put("filenew");
       return guest.call("path_rename", fd, G::text, 4, G::root, G::text + 4, 3);
     }},
    {"pathRenameTarget", "path_rename", useDirectory,
     [](G &guest, uint32_t fd) {
       guest.put("filenew");
       return guest.call("path_rename", G::root, G::text, 4, fd, G::text + 4, 3);
     }},
    {"pathSymlink", "path_symlink", useDirectory,
     [](G &guest, uint32_t fd) {
       guest.put("filenew");
       return guest.call("path_symlink", G::text, 4, fd, G::text + 4, 3);
     }},
    {"pathUnlinkFile", "path_unlink_file", useDirectory,
     [](G &guest, uint32_t fd) { return guest.onPath("path_unlink_file", "file", fd); }},
    {"pollRead", "poll_oneoff", useFile,
     [](G &guest, uint32_t fd) { return guest.poll(fd, EventType::FdRead); }},
    {"pollWrite", "poll_oneoff", useFile,
     [](G &guest, uint32_t fd) { return guest.poll(fd, EventType::FdWrite); }},
    {"sockAccept", "sock_accept", useListener,
     [](G &guest, uint32_t fd) { return guest.call("sock_accept", fd, 0, out); }},
    {"sockRecv", "sock_recv", useConnection,
     [](G &guest, uint32_t fd) { return guest.call("sock_recv", fd, at, 1, 0, out, out + 4); }},
    {"sockSend", "sock_send", useConnection,
     [](G &guest, uint32_t fd) { return guest.call("sock_send", fd, at, 1, 0, out); }},
    {"sockShutdown", "sock_shutdown", useConnection,
     [](G &guest, uint32_t fd) { return guest.call("sock_shutdown", fd, 3); }},
};

struct Row {
  const char *name;
  Needs needs;
};
constexpr Row rows[] = {
#define W2N_WASI_OPERATION(name, allOf, anyOf) {#name, needs::name},
#include "runtime/wasi/Operations.def"
};

struct RightRow {
  Rights bit;
  const char *name;
};
constexpr RightRow rightRows[] = {
#define W2N_WASI_RIGHT(name, bit, text) {Rights(1) << bit, text},
#include "runtime/wasi/Rights.def"
};

class RightsTest : public testing::TestWithParam<Deed> {
protected:
  Needs needs() const {
    auto row = std::ranges::find(rows, std::string_view(GetParam().operation), &Row::name);
    EXPECT_NE(row, std::end(rows));
    return row->needs;
  }
  /// The outcome of the operation on a new descriptor that keeps the rights in `kept`.
  static Errno outcome(Rights kept) {
    Guest guest;
    const uint32_t fd = GetParam().descriptor(guest);
    const FdStat status = guest.status(fd);
    EXPECT_EQ(guest.call("fd_fdstat_set_rights", fd, status.base & kept, status.inheriting),
              Errno::Success);
    return GetParam().run(guest, fd);
  }
};

TEST_P(RightsTest, FailsWithoutARightThatItNeedsAndWithNoOther) {
  for (const RightRow &right : rightRows)
    EXPECT_EQ(outcome(~right.bit),
              needs().areMetBy(~right.bit) ? Errno::Success : Errno::NotCapable)
        << "without " << right.name;
  if (needs().any != 0)
    EXPECT_EQ(outcome(~needs().any), Errno::NotCapable);
}

TEST_P(RightsTest, SucceedsWithTheRightsThatItNeedsAlone) {
  EXPECT_EQ(outcome(0), Errno::NotCapable);
  if (needs().any == 0)
    EXPECT_EQ(outcome(needs().all), Errno::Success);
  for (const RightRow &right : rightRows)
    if (needs().any & right.bit)
      EXPECT_EQ(outcome(needs().all | right.bit), Errno::Success) << "with " << right.name;
}

INSTANTIATE_TEST_SUITE_P(Operations, RightsTest, testing::ValuesIn(deeds), [](const auto &info) {
  return std::string(info.param.operation) + "By" +
         std::string(info.param.call.substr(info.param.call.find('_') + 1));
});

TEST(Rights, EveryOperationHasATest) {
  for (const Row &row : rows)
    EXPECT_NE(std::ranges::find(deeds, std::string_view(row.name), &Deed::operation),
              std::end(deeds))
        << row.name;
}

TEST(Rights, EveryCallOnADescriptorIsAnOperationOrNeedsNone) {
  constexpr std::string_view free[] = {
      "fd_close",       "fd_fdstat_get",       "fd_renumber",
      "fd_prestat_get", "fd_prestat_dir_name", "fd_fdstat_set_rights"};
  for (const Call &call : allCalls()) {
    const bool isFree = std::ranges::find(free, call.name) != std::end(free);
    const bool hasDeed = std::ranges::find(deeds, call.name, &Deed::call) != std::end(deeds);
    const bool isOnDescriptor = call.name.starts_with("fd_") || call.name.starts_with("path_") ||
                                call.name.starts_with("sock_") || call.name == "poll_oneoff";
    EXPECT_EQ(isFree || hasDeed, isOnDescriptor) << call.name;
    EXPECT_FALSE(isFree && hasDeed) << call.name;
  }
}

TEST(Rights, CallsWithoutARowNeedNone) {
  Guest guest;
  ASSERT_EQ(guest.call("fd_fdstat_set_rights", Guest::root, 0, 0), Errno::Success);
  ASSERT_EQ(guest.call("fd_fdstat_set_rights", guest.file, 0, 0), Errno::Success);
  EXPECT_EQ(guest.call("fd_fdstat_set_rights", guest.file, 0, 0), Errno::Success);
  EXPECT_EQ(guest.call("fd_fdstat_get", Guest::root, out), Errno::Success);
  EXPECT_EQ(guest.call("fd_prestat_get", Guest::root, out), Errno::Success);
  EXPECT_EQ(guest.call("fd_prestat_dir_name", Guest::root, Guest::buffer, 16), Errno::Success);
  EXPECT_EQ(guest.call("fd_renumber", guest.file, guest.directory), Errno::Success);
  EXPECT_EQ(guest.call("fd_close", guest.directory), Errno::Success);
}

TEST(Rights, AFileOpensWithEachRightThatItHasAlone) {
  for (const RightRow &right : rightRows) {
    if (!(right.bit & fileRights))
      continue;
    Guest guest;
    EXPECT_EQ(guest.status(guest.open("file", right.bit)).base, right.bit) << right.name;
  }
}

TEST(Rights, ADirectoryOpensWithTheRightsThatItReportsAndEachOfThem) {
  Guest guest;
  const FdStat whole = guest.status(Guest::root);
  EXPECT_EQ(guest.status(guest.open(".", whole.base)).base, whole.base);
  for (const RightRow &right : rightRows)
    if (right.bit & whole.base)
      EXPECT_EQ(guest.status(guest.open(".", right.bit)).base, right.bit) << right.name;
}

} // namespace
