// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Calls on a descriptor itself: its position, flags, rights, and its place in the table.
#include "runtime/wasi/Calls.h"
#include "runtime/wasi/FileOperations.h"
#include "runtime/wasi/HostFlags.h"
#include "runtime/wasi/Restart.h"
#include "runtime/wasi/WasiContext.h"
#include "runtime/wasi/tree/OpenNode.h"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace w2n::wasi {

Outcome checkRights(const File &file, Needs needs) {
  if (!needs.areMetBy(file.base))
    return std::unexpected(Errno::NotCapable);
  return {};
}

int flagsOfFile(const File &file) {
  return file.node ? file.node->flags() : fcntl(file.host, F_GETFL);
}

Outcome adviseFile(const File &file, uint64_t offset, uint64_t bytes, uint32_t advice) {
  constexpr int hostAdvice[] = {POSIX_FADV_NORMAL,   POSIX_FADV_SEQUENTIAL, POSIX_FADV_RANDOM,
                                POSIX_FADV_WILLNEED, POSIX_FADV_DONTNEED,   POSIX_FADV_NOREUSE};
  W2N_CHECK(checkRights(file, needs::fdAdvise));
  if (advice >= std::size(hostAdvice) || offset > INT64_MAX || bytes > INT64_MAX)
    return std::unexpected(Errno::Inval);
  if (file.node)
    return {};
  if (int error = posix_fadvise(file.host, off_t(offset), off_t(bytes), hostAdvice[advice]))
    return std::unexpected(fromHost(error));
  return {};
}

Outcome fdAdvise(WasiContext &context, Fd fd, uint64_t offset, uint64_t bytes, Advice advice) {
  W2N_TRY(file, context.files.find(fd));
  return adviseFile(*file, offset, bytes, advice);
}

Outcome fdAllocate(WasiContext &context, Fd fd, uint64_t offset, uint64_t bytes) {
  W2N_TRY(file, context.files.find(fd, needs::fdAllocate));
  if (offset > INT64_MAX || bytes > INT64_MAX - offset)
    return std::unexpected(Errno::Inval);
  if (file->node)
    return file->node->allocate(offset, bytes);
  return context.quota.grow(
      file->host, [&](uint64_t) { return offset + bytes; },
      [&]() -> Outcome {
        if (restarted([&] { return fallocate(file->host, 0, off_t(offset), off_t(bytes)); }) != 0)
          return systemError();
        return {};
      });
}

Outcome fdClose(WasiContext &context, Fd fd) { return context.files.close(fd); }

Outcome fdRenumber(WasiContext &context, Fd from, Fd to) {
  return context.files.renumber(from, to);
}

Outcome syncFileData(const File &file) {
  W2N_CHECK(checkRights(file, needs::fdDatasync));
  if (file.node)
    return file.node->node->sync();
  if (restarted([&] { return fdatasync(file.host); }) != 0)
    return systemError();
  return {};
}

Outcome syncFile(const File &file) {
  W2N_CHECK(checkRights(file, needs::fdSync));
  if (file.node)
    return file.node->node->sync();
  if (restarted([&] { return fsync(file.host); }) != 0)
    return systemError();
  return {};
}

Outcome fdDatasync(WasiContext &context, Fd fd) {
  W2N_TRY(file, context.files.find(fd));
  return syncFileData(*file);
}

Outcome fdSync(WasiContext &context, Fd fd) {
  W2N_TRY(file, context.files.find(fd));
  return syncFile(*file);
}

Outcome fdFdstatGet(WasiContext &context, Fd fd, Out<FdStat> status) {
  W2N_TRY(file, context.files.find(fd));
  const int flags = flagsOfFile(*file);
  if (flags < 0)
    return systemError();
  status.store({.type = file->statusType(),
                .flags = uint16_t(guestFdFlags(flags)),
                .base = file->base,
                .inheriting = file->inheriting});
  return {};
}

Outcome fdFdstatSetFlags(WasiContext &context, Fd fd, FdFlags flags) {
  W2N_TRY(file, context.files.find(fd, needs::fdFdstatSetFlags));
  if (flags & ~fdflags::all)
    return std::unexpected(Errno::Inval);
  const int old = flagsOfFile(*file);
  if (old < 0)
    return systemError();
  // Linux changes the other flags of an open file only by opening it again (fcntl(2)).
  constexpr uint32_t settable = fdflags::append | fdflags::nonblock;
  if ((flags ^ guestFdFlags(old)) & ~settable)
    return std::unexpected(Errno::NotSup);
  if (file->node) {
    file->node->setFlags(hostFdFlags(flags));
    return {};
  }
  return context.quota.exclusive([&]() -> Outcome {
    if (fcntl(file->host, F_SETFL, hostFdFlags(flags)) != 0)
      return systemError();
    return {};
  });
}

Outcome fdFdstatSetRights(WasiContext &context, Fd fd, Rights base, Rights inheriting) {
  return context.files.narrow(fd, base, inheriting);
}

// Guests look for their preopened directories from 3 upwards until the first Badf.
Outcome fdPrestatGet(WasiContext &context, Fd fd, Out<Prestat> status) {
  W2N_TRY(file, context.files.find(fd));
  if (!file->preopenName)
    return std::unexpected(Errno::Badf);
  status.store({.tag = 0, .nameBytes = uint32_t(file->preopenName->size())});
  return {};
}

Outcome fdPrestatDirName(WasiContext &context, Fd fd, OutName name) {
  W2N_TRY(file, context.files.find(fd));
  if (!file->preopenName)
    return std::unexpected(Errno::Badf);
  const std::string &text = *file->preopenName;
  if (name.size() < text.size())
    return std::unexpected(Errno::NameTooLong);
  std::memcpy(name.data(), text.data(), text.size());
  return {};
}

namespace {
Outcome seek(WasiContext &context, Fd fd, int64_t offset, int whence, Out<uint64_t> position) {
  const bool tells = whence == SEEK_CUR && offset == 0;
  W2N_TRY(file, context.files.find(fd, tells ? needs::fdTell : needs::fdSeek));
  if (file->inOrder)
    return std::unexpected(Errno::Spipe);
  if (file->node) {
    W2N_TRY(reached, file->node->seek(offset, whence));
    position.store(reached);
    return {};
  }
  off_t result = lseek(file->host, offset, whence);
  if (result < 0)
    return systemError();
  position.store(uint64_t(result));
  return {};
}
} // namespace

Outcome fdSeek(WasiContext &context, Fd fd, int64_t offset, Whence whence, Out<uint64_t> position) {
  constexpr int hostWhence[] = {SEEK_SET, SEEK_CUR, SEEK_END};
  if (whence >= std::size(hostWhence))
    return std::unexpected(Errno::Inval);
  return seek(context, fd, offset, hostWhence[whence], position);
}

Outcome fdSeekUnstable(WasiContext &context, Fd fd, int64_t offset, Whence whence,
                       Out<uint64_t> position) {
  constexpr int hostWhence[] = {SEEK_CUR, SEEK_END, SEEK_SET};
  if (whence >= std::size(hostWhence))
    return std::unexpected(Errno::Inval);
  return seek(context, fd, offset, hostWhence[whence], position);
}

Outcome fdTell(WasiContext &context, Fd fd, Out<uint64_t> position) {
  return seek(context, fd, 0, SEEK_CUR, position);
}

} // namespace w2n::wasi
