// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Attributes of files, by descriptor and by path.
#include "runtime/wasi/Calls.h"
#include "runtime/wasi/Clock.h"
#include "runtime/wasi/GuestPath.h"
#include "runtime/wasi/Restart.h"
#include "runtime/wasi/WasiContext.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>

namespace w2n::wasi {

namespace {

/// As a FileStat or a FileStatUnstable.
template <typename Stat> Stat toGuest(const Clocks &clocks, const struct stat &status) {
  const uint64_t latestNs = clocks.latestFileTimeNs().value_or(UINT64_MAX);
  return {.device = status.st_dev,
          .inode = status.st_ino,
          .type = fileTypeOf(status.st_mode),
          .links = decltype(Stat::links)(status.st_nlink),
          .bytes = uint64_t(status.st_size),
          .accessedNs = std::min(toNs(status.st_atim), latestNs),
          .modifiedNs = std::min(toNs(status.st_mtim), latestNs),
          .changedNs = std::min(toNs(status.st_ctim), latestNs)};
}

struct Times {
  timespec values[2]; ///< access, modification
};

WasiResult<timespec> readTime(const Clocks &clocks, uint64_t ns, bool set, bool now) {
  if (set && now)
    return std::unexpected(Errno::Inval);
  if (now) {
    auto virtualNs = clocks.latestFileTimeNs();
    return virtualNs ? fromNs(*virtualNs) : timespec{0, UTIME_NOW};
  }
  return set ? fromNs(ns) : timespec{0, UTIME_OMIT};
}

WasiResult<Times> readTimes(const Clocks &clocks, uint64_t accessedNs, uint64_t modifiedNs,
                            uint32_t flags) {
  if (flags & ~fstflags::all)
    return std::unexpected(Errno::Inval);
  W2N_TRY(accessed,
          readTime(clocks, accessedNs, flags & fstflags::atim, flags & fstflags::atimNow));
  W2N_TRY(modified,
          readTime(clocks, modifiedNs, flags & fstflags::mtim, flags & fstflags::mtimNow));
  return Times{{accessed, modified}};
}

template <typename Stat> Outcome statusOfFile(WasiContext &context, Fd fd, Out<Stat> status) {
  W2N_TRY(file, context.files.find(fd, needs::fdFilestatGet));
  struct stat host;
  if (fstat(file->host, &host) != 0)
    return systemError();
  status.store(toGuest<Stat>(context.clocks, host));
  return {};
}

template <typename Stat>
Outcome statusOfPath(WasiContext &context, Fd fd, LookupFlags lookup, const GuestPath &path,
                     Out<Stat> status) {
  W2N_TRY(directory, context.files.findDirectory(fd, needs::pathFilestatGet));
  W2N_TRY(linkFlag, linkFlagOf(lookup));
  struct stat host;
  W2N_CHECK(context.paths.status(directory->host, path.text(), linkFlag, host));
  status.store(toGuest<Stat>(context.clocks, host));
  return {};
}

} // namespace

Outcome fdFilestatGet(WasiContext &context, Fd fd, Out<FileStat> status) {
  return statusOfFile(context, fd, status);
}

Outcome fdFilestatGetUnstable(WasiContext &context, Fd fd, Out<FileStatUnstable> status) {
  return statusOfFile(context, fd, status);
}

Outcome fdFilestatSetSize(WasiContext &context, Fd fd, uint64_t bytes) {
  W2N_TRY(file, context.files.find(fd, needs::fdFilestatSetSize));
  if (bytes > INT64_MAX)
    return std::unexpected(Errno::Inval);
  return context.quota.grow(
      file->host, [&](uint64_t) { return bytes; },
      [&]() -> Outcome {
        if (restarted([&] { return ftruncate(file->host, off_t(bytes)); }) != 0)
          return systemError();
        return {};
      });
}

Outcome fdFilestatSetTimes(WasiContext &context, Fd fd, uint64_t accessedNs, uint64_t modifiedNs,
                           TimeFlags flags) {
  W2N_TRY(file, context.files.find(fd, needs::fdFilestatSetTimes));
  W2N_TRY(times, readTimes(context.clocks, accessedNs, modifiedNs, flags));
  if (futimens(file->host, times.values) != 0)
    return systemError();
  return {};
}

Outcome pathFilestatGet(WasiContext &context, Fd fd, LookupFlags lookup, const GuestPath &path,
                        Out<FileStat> status) {
  return statusOfPath(context, fd, lookup, path, status);
}

Outcome pathFilestatGetUnstable(WasiContext &context, Fd fd, LookupFlags lookup,
                                const GuestPath &path, Out<FileStatUnstable> status) {
  return statusOfPath(context, fd, lookup, path, status);
}

Outcome pathFilestatSetTimes(WasiContext &context, Fd fd, LookupFlags lookup, const GuestPath &path,
                             uint64_t accessedNs, uint64_t modifiedNs, TimeFlags flags) {
  W2N_TRY(times, readTimes(context.clocks, accessedNs, modifiedNs, flags));
  W2N_TRY(directory, context.files.findDirectory(fd, needs::pathFilestatSetTimes));
  W2N_TRY(linkFlag, linkFlagOf(lookup));
  // The file itself, link or not.
  W2N_TRY(file, context.paths.open(directory->host, path.text(), O_PATH | linkFlag));
  if (utimensat(file.get(), "", times.values, AT_EMPTY_PATH) == 0)
    return {};
  // Before Linux 5.8 AT_EMPTY_PATH is unknown here. This name of our own descriptor is no path of
  // the guest's.
  std::string name = "/proc/self/fd/" + std::to_string(file.get());
  if (errno != EINVAL || utimensat(AT_FDCWD, name.c_str(), times.values, 0) != 0)
    return systemError();
  return {};
}

} // namespace w2n::wasi
