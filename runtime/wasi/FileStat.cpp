// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Attributes of files, by descriptor and by path.
#include "runtime/wasi/Calls.h"
#include "runtime/wasi/Clock.h"
#include "runtime/wasi/GuestPath.h"
#include "runtime/wasi/PathOperations.h"
#include "runtime/wasi/Restart.h"
#include "runtime/wasi/WasiContext.h"
#include "runtime/wasi/tree/OpenNode.h"
#include "runtime/wasi/tree/TreePaths.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>

namespace w2n::wasi {

namespace {

/// As a FileStat or a FileStatUnstable.
template <typename Stat> Stat toGuest(const Clocks &clocks, const struct stat &status) {
  return {.device = status.st_dev,
          .inode = status.st_ino,
          .type = fileTypeOf(status.st_mode),
          .links = decltype(Stat::links)(status.st_nlink),
          .bytes = uint64_t(status.st_size),
          .accessedNs = visibleTimeNs(clocks, status.st_atim),
          .modifiedNs = visibleTimeNs(clocks, status.st_mtim),
          .changedNs = visibleTimeNs(clocks, status.st_ctim)};
}

WasiResult<FileTimes> readTimes(const Clocks &clocks, uint64_t accessedNs, uint64_t modifiedNs,
                                uint32_t flags) {
  if (flags & ~fstflags::all)
    return std::unexpected(Errno::Inval);
  W2N_TRY(accessed,
          timeToSet(clocks, accessedNs, flags & fstflags::atim, flags & fstflags::atimNow));
  W2N_TRY(modified,
          timeToSet(clocks, modifiedNs, flags & fstflags::mtim, flags & fstflags::mtimNow));
  return FileTimes{{accessed, modified}};
}

template <typename Stat> Outcome storeStatus(WasiContext &context, Fd fd, Out<Stat> status) {
  W2N_TRY(file, context.files.find(fd));
  W2N_TRY(host, statusOfFile(*file));
  status.store(toGuest<Stat>(context.clocks, host));
  return {};
}

template <typename Stat>
Outcome storeStatus(WasiContext &context, Fd fd, LookupFlags lookup, const GuestPath &path,
                    Out<Stat> status) {
  W2N_TRY(directory, context.files.find(fd));
  W2N_TRY(host, statusOfPath(context, *directory, lookup, path));
  status.store(toGuest<Stat>(context.clocks, host));
  return {};
}

} // namespace

uint64_t visibleTimeNs(const Clocks &clocks, const timespec &time) {
  return std::min(toNs(time), clocks.latestFileTimeNs().value_or(UINT64_MAX));
}

WasiResult<timespec> timeToSet(const Clocks &clocks, uint64_t ns, bool set, bool now) {
  if (set && now)
    return std::unexpected(Errno::Inval);
  if (now) {
    auto virtualNs = clocks.latestFileTimeNs();
    return virtualNs ? fromNs(*virtualNs) : timespec{0, UTIME_NOW};
  }
  return set ? fromNs(ns) : timespec{0, UTIME_OMIT};
}

WasiResult<struct stat> statusOfFile(const File &file) {
  W2N_CHECK(checkRights(file, needs::fdFilestatGet));
  return statusWithoutRights(file);
}

WasiResult<struct stat> statusWithoutRights(const File &file) {
  if (file.node)
    return file.node->node->status();
  struct stat status;
  if (fstat(file.host, &status) != 0)
    return systemError();
  return status;
}

Outcome setFileSize(WasiContext &context, const File &file, uint64_t bytes) {
  W2N_CHECK(checkRights(file, needs::fdFilestatSetSize));
  if (bytes > INT64_MAX)
    return std::unexpected(Errno::Inval);
  if (file.node)
    return file.node->setSize(bytes);
  return context.quota.grow(
      file.host, [&](uint64_t) { return bytes; },
      [&]() -> Outcome {
        if (restarted([&] { return ftruncate(file.host, off_t(bytes)); }) != 0)
          return systemError();
        return {};
      });
}

Outcome setFileTimes(const File &file, const FileTimes &times) {
  W2N_CHECK(checkRights(file, needs::fdFilestatSetTimes));
  if (file.node)
    return file.node->node->setTimes(times.values);
  if (futimens(file.host, times.values) != 0)
    return systemError();
  return {};
}

WasiResult<struct stat> statusOfPath(WasiContext &context, const File &directory, uint32_t lookup,
                                     const GuestPath &path) {
  W2N_CHECK(checkDirectory(directory, needs::pathFilestatGet));
  W2N_TRY(linkFlag, linkFlagOf(lookup));
  if (directory.node) {
    W2N_TRY(node, findInTree(directory.node->node, path.text(), linkFlag));
    return node->status();
  }
  struct stat status;
  W2N_CHECK(context.paths.status(directory.host, path.text(), linkFlag, status));
  return status;
}

Outcome setPathTimes(WasiContext &context, const File &directory, uint32_t lookup,
                     const GuestPath &path, const FileTimes &times) {
  W2N_CHECK(checkDirectory(directory, needs::pathFilestatSetTimes));
  W2N_TRY(linkFlag, linkFlagOf(lookup));
  if (directory.node) {
    W2N_TRY(node, findInTree(directory.node->node, path.text(), linkFlag));
    return node->setTimes(times.values);
  }
  // The file itself, link or not.
  W2N_TRY(file, context.paths.open(directory.host, path.text(), O_PATH | linkFlag));
  if (utimensat(file.get(), "", times.values, AT_EMPTY_PATH) == 0)
    return {};
  // Before Linux 5.8 AT_EMPTY_PATH is unknown here. This name of our own descriptor is no path of
  // the guest's.
  std::string name = "/proc/self/fd/" + std::to_string(file.get());
  if (errno != EINVAL || utimensat(AT_FDCWD, name.c_str(), times.values, 0) != 0)
    return systemError();
  return {};
}

Outcome fdFilestatGet(WasiContext &context, Fd fd, Out<FileStat> status) {
  return storeStatus(context, fd, status);
}

Outcome fdFilestatGetUnstable(WasiContext &context, Fd fd, Out<FileStatUnstable> status) {
  return storeStatus(context, fd, status);
}

Outcome fdFilestatSetSize(WasiContext &context, Fd fd, uint64_t bytes) {
  W2N_TRY(file, context.files.find(fd));
  return setFileSize(context, *file, bytes);
}

Outcome fdFilestatSetTimes(WasiContext &context, Fd fd, uint64_t accessedNs, uint64_t modifiedNs,
                           TimeFlags flags) {
  W2N_TRY(file, context.files.find(fd));
  W2N_TRY(times, readTimes(context.clocks, accessedNs, modifiedNs, flags));
  return setFileTimes(*file, times);
}

Outcome pathFilestatGet(WasiContext &context, Fd fd, LookupFlags lookup, const GuestPath &path,
                        Out<FileStat> status) {
  return storeStatus(context, fd, lookup, path, status);
}

Outcome pathFilestatGetUnstable(WasiContext &context, Fd fd, LookupFlags lookup,
                                const GuestPath &path, Out<FileStatUnstable> status) {
  return storeStatus(context, fd, lookup, path, status);
}

Outcome pathFilestatSetTimes(WasiContext &context, Fd fd, LookupFlags lookup, const GuestPath &path,
                             uint64_t accessedNs, uint64_t modifiedNs, TimeFlags flags) {
  W2N_TRY(times, readTimes(context.clocks, accessedNs, modifiedNs, flags));
  W2N_TRY(directory, context.files.find(fd));
  return setPathTimes(context, *directory, lookup, path, times);
}

} // namespace w2n::wasi
