// Attributes of files, by descriptor and by path.
#include "runtime/wasi/Calls.h"
#include "runtime/wasi/Clock.h"
#include "runtime/wasi/GuestPath.h"
#include "runtime/wasi/WasiContext.h"

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>

namespace w2n::wasi {

namespace {

FileStat toGuest(const struct stat &status) {
  return {.device = status.st_dev,
          .inode = status.st_ino,
          .type = fileTypeOf(status.st_mode),
          .links = status.st_nlink,
          .bytes = uint64_t(status.st_size),
          .accessedNs = toNs(status.st_atim),
          .modifiedNs = toNs(status.st_mtim),
          .changedNs = toNs(status.st_ctim)};
}

struct Times {
  timespec values[2]; ///< access, modification
};

WasiResult<timespec> readTime(uint64_t ns, bool set, bool now) {
  if (set && now)
    return std::unexpected(Errno::Inval);
  if (now)
    return timespec{0, UTIME_NOW};
  return set ? fromNs(ns) : timespec{0, UTIME_OMIT};
}

WasiResult<Times> readTimes(uint64_t accessedNs, uint64_t modifiedNs, uint32_t flags) {
  if (flags & ~fstflags::all)
    return std::unexpected(Errno::Inval);
  W2N_TRY(accessed, readTime(accessedNs, flags & fstflags::atim, flags & fstflags::atimNow));
  W2N_TRY(modified, readTime(modifiedNs, flags & fstflags::mtim, flags & fstflags::mtimNow));
  return Times{{accessed, modified}};
}

/// The file itself, link or not, as an O_PATH descriptor.
WasiResult<Descriptor> openForStatus(WasiContext &context, GuestMemory memory, uint32_t fd,
                                     Rights needed, uint32_t lookup, GuestPointer<char> path,
                                     uint32_t pathBytes) {
  W2N_TRY(text, readPath(memory, path, pathBytes));
  W2N_TRY(directory, context.files.findDirectory(fd, needed));
  W2N_TRY(linkFlag, linkFlagOf(lookup));
  return context.paths.open(directory->host, text, O_PATH | linkFlag);
}

} // namespace

Outcome fdFilestatGet(WasiContext &context, GuestMemory memory, uint32_t fd,
                      GuestPointer<FileStat> status) {
  W2N_TRY(out, memory.view(status));
  W2N_TRY(file, context.files.find(fd, rights::fdFilestatGet));
  struct stat host;
  if (fstat(file->host, &host) != 0)
    return systemError();
  out.store(toGuest(host));
  return {};
}

Outcome fdFilestatSetSize(WasiContext &context, GuestMemory, uint32_t fd, uint64_t bytes) {
  W2N_TRY(file, context.files.find(fd, rights::fdFilestatSetSize));
  if (ftruncate(file->host, off_t(bytes)) != 0)
    return systemError();
  return {};
}

Outcome fdFilestatSetTimes(WasiContext &context, GuestMemory, uint32_t fd, uint64_t accessedNs,
                           uint64_t modifiedNs, uint32_t flags) {
  W2N_TRY(file, context.files.find(fd, rights::fdFilestatSetTimes));
  W2N_TRY(times, readTimes(accessedNs, modifiedNs, flags));
  if (futimens(file->host, times.values) != 0)
    return systemError();
  return {};
}

Outcome pathFilestatGet(WasiContext &context, GuestMemory memory, uint32_t fd, uint32_t lookup,
                        GuestPointer<char> path, uint32_t pathBytes,
                        GuestPointer<FileStat> status) {
  W2N_TRY(out, memory.view(status));
  W2N_TRY(file,
          openForStatus(context, memory, fd, rights::pathFilestatGet, lookup, path, pathBytes));
  struct stat host;
  if (fstat(file.get(), &host) != 0)
    return systemError();
  out.store(toGuest(host));
  return {};
}

Outcome pathFilestatSetTimes(WasiContext &context, GuestMemory memory, uint32_t fd, uint32_t lookup,
                             GuestPointer<char> path, uint32_t pathBytes, uint64_t accessedNs,
                             uint64_t modifiedNs, uint32_t flags) {
  W2N_TRY(times, readTimes(accessedNs, modifiedNs, flags));
  W2N_TRY(file, openForStatus(context, memory, fd, rights::pathFilestatSetTimes, lookup, path,
                              pathBytes));
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
