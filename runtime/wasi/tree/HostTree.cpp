// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/tree/HostTree.h"

#include "runtime/wasi/Descriptor.h"
#include "runtime/wasi/DirectoryRecords.h"
#include "runtime/wasi/Restart.h"

#include <climits>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <mutex>

namespace w2n::wasi {

namespace {

struct HostTree final : Tree {
  explicit HostTree(Quota &quota) : quota(quota) {}
  Quota &quota;
};

Outcome orError(long result) {
  if (result < 0)
    return systemError();
  return {};
}

/// Holds the file by a descriptor for its place alone (O_PATH), which follows it when it is
/// renamed; one for its bytes is opened through that when it is needed.
class HostNode final : public Node {
public:
  HostNode(std::shared_ptr<Tree> tree, Descriptor place, mode_t type)
      : Node(std::move(tree), type), place(std::move(place)) {}

  WasiResult<struct stat> status() override {
    struct stat status;
    W2N_CHECK(orError(fstat(place.get(), &status)));
    return status;
  }
  Outcome setTimes(const timespec (&times)[2]) override {
    if (utimensat(place.get(), "", times, AT_EMPTY_PATH) == 0)
      return {};
    // Before Linux 5.8 AT_EMPTY_PATH is unknown here.
    if (errno != EINVAL)
      return systemError();
    return orError(utimensat(AT_FDCWD, nameOfPlace().c_str(), times, 0));
  }
  Outcome open(bool reads, bool writes) override {
    if (reads || !writes)
      W2N_CHECK(descriptor(reading, O_RDONLY));
    if (writes)
      W2N_CHECK(descriptor(writing, O_WRONLY));
    return {};
  }
  Outcome sync() override {
    W2N_TRY(host, descriptor(reading, O_RDONLY));
    return orError(restarted([host = host] { return fsync(host); }));
  }

  WasiResult<size_t> read(std::span<uint8_t> to, uint64_t offset) override {
    W2N_TRY(host, descriptor(reading, O_RDONLY));
    const ssize_t bytes =
        restarted([&, host = host] { return pread(host, to.data(), to.size(), off_t(offset)); });
    W2N_CHECK(orError(bytes));
    return size_t(bytes);
  }
  WasiResult<size_t> write(std::span<const uint8_t> from, uint64_t offset) override {
    W2N_TRY(host, descriptor(writing, O_WRONLY));
    auto end = [&](uint64_t) { return offset + from.size(); };
    return quota().grow(host, end, [&, host = host]() -> WasiResult<size_t> {
      const ssize_t bytes =
          restarted([&] { return pwrite(host, from.data(), from.size(), off_t(offset)); });
      W2N_CHECK(orError(bytes));
      return size_t(bytes);
    });
  }
  Outcome resize(uint64_t bytes) override {
    W2N_TRY(host, descriptor(writing, O_WRONLY));
    return quota().grow(
        host, [&](uint64_t) { return bytes; },
        [&, host = host] {
          return orError(restarted([&] { return ftruncate(host, off_t(bytes)); }));
        });
  }
  Outcome allocate(uint64_t offset, uint64_t bytes) override {
    W2N_TRY(host, descriptor(writing, O_WRONLY));
    return quota().grow(
        host, [&](uint64_t) { return offset + bytes; },
        [&, host = host] {
          return orError(
              restarted([&] { return fallocate(host, 0, off_t(offset), off_t(bytes)); }));
        });
  }

  WasiResult<std::string> target() override {
    char text[PATH_MAX];
    const ssize_t bytes = readlinkat(place.get(), "", text, sizeof(text));
    W2N_CHECK(orError(bytes));
    return std::string(text, size_t(bytes));
  }

  WasiResult<NodeHandle> find(const std::string &name) override {
    Descriptor found(openat(place.get(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    struct stat status;
    if (!found || fstat(found.get(), &status) != 0)
      return systemError();
    return std::make_shared<HostNode>(tree, std::move(found), status.st_mode & S_IFMT);
  }
  WasiResult<NodeHandle> make(const std::string &name, const NewNode &what) override {
    W2N_CHECK(quota().makeEntry([&] { return makeEntry(name, what); }));
    return find(name);
  }
  Outcome remove(const std::string &name, bool directory) override {
    return orError(unlinkat(place.get(), name.c_str(), directory ? AT_REMOVEDIR : 0));
  }
  Outcome rename(const std::string &name, Node &to, const std::string &newName) override {
    const int target = static_cast<HostNode &>(to).place.get();
    return orError(renameat(place.get(), name.c_str(), target, newName.c_str()));
  }
  Outcome link(const std::string &name, Node &node) override {
    // Without the privilege that AT_EMPTY_PATH needs (linkat(2)).
    const std::string source = static_cast<HostNode &>(node).nameOfPlace();
    return quota().makeEntry([&] {
      return orError(
          linkat(AT_FDCWD, source.c_str(), place.get(), name.c_str(), AT_SYMLINK_FOLLOW));
    });
  }

  Outcome list(int64_t from, const EntryVisitor &visit) override {
    // The position is the descriptor's.
    std::lock_guard guard(turn);
    W2N_TRY(host, descriptorLocked(reading, O_RDONLY | O_DIRECTORY));
    W2N_CHECK(orError(lseek(host, off_t(from), SEEK_SET)));
    alignas(HostEntry) char records[maxRecordBytes];
    while (true) {
      W2N_TRY(bytes, readDirectoryRecords(host, records));
      if (bytes == 0)
        return {};
      for (size_t at = 0; at < bytes;) {
        auto *record = reinterpret_cast<const HostEntry *>(records + at);
        at += record->recordBytes;
        const std::string_view name(record->name);
        if (name == "." || name == "..")
          continue;
        if (!visit({name, record->inode, mode_t(DTTOIF(record->type)), record->next}))
          return {};
      }
    }
  }

private:
  Quota &quota() { return static_cast<HostTree &>(*tree).quota; }
  std::string nameOfPlace() const { return "/proc/self/fd/" + std::to_string(place.get()); }

  Outcome makeEntry(const std::string &name, const NewNode &what) {
    const int directory = place.get();
    if (S_ISDIR(what.type))
      return orError(mkdirat(directory, name.c_str(), what.permissions));
    if (S_ISLNK(what.type))
      return orError(symlinkat(std::string(what.target).c_str(), directory, name.c_str()));
    const Descriptor made(
        openat(directory, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, what.permissions));
    return orError(made.get());
  }

  WasiResult<int> descriptor(Descriptor &kept, int flags) {
    std::lock_guard guard(turn);
    return descriptorLocked(kept, flags);
  }
  WasiResult<int> descriptorLocked(Descriptor &kept, int flags) {
    if (!kept)
      kept = Descriptor(::open(nameOfPlace().c_str(), flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    if (!kept)
      return systemError();
    return kept.get();
  }

  const Descriptor place;
  std::mutex turn;
  Descriptor reading, writing;
};

} // namespace

Result<NodeHandle> openHostTree(const std::string &path, Quota &quota) {
  Descriptor place(open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!place)
    return fail(ErrorKind::Io, "cannot open directory '" + path + "': " + strerror(errno));
  return std::make_shared<HostNode>(std::make_shared<HostTree>(quota), std::move(place), S_IFDIR);
}

} // namespace w2n::wasi
