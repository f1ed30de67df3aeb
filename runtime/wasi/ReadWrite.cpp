// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Reading and writing: one system call each, so that what the guest is told is what happened. (With
// a limit on what the guest may add, writing takes some more, and so do very large pieces of files:
// Transfer.h.)
#include "runtime/core/Wait.h"
#include "runtime/wasi/BrokenPipe.h"
#include "runtime/wasi/Calls.h"
#include "runtime/wasi/Chaos.h"
#include "runtime/wasi/FileOperations.h"
#include "runtime/wasi/HostStream.h"
#include "runtime/wasi/IoVectors.h"
#include "runtime/wasi/Transfer.h"
#include "runtime/wasi/WasiContext.h"
#include "runtime/wasi/tree/OpenNode.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace w2n::wasi {

namespace {

/// Whether a write may raise SIGPIPE that the host is not to get. It may ask for it on the streams
/// that it gave, but a connection that ends is the guest's business. WASI has no type for pipes.
bool hidesBrokenPipe(const WasiContext &context, const File &file) {
  const bool mayBreak = file.type == FileType::Unknown || file.type == FileType::SocketStream;
  return mayBreak && (file.isGuests() || !context.raisesBrokenPipe());
}

Outcome store(const WasiResult<ssize_t> &moved, Moved bytesMoved) {
  if (!moved)
    return std::unexpected(moved.error());
  // The kernel moves at most 0x7ffff000 bytes (read(2)).
  bytesMoved.store(uint32_t(*moved));
  return {};
}

bool appends(int host) { return fcntl(host, F_GETFL) & O_APPEND; }

// Standard streams are the host's: no limit holds for them.

/// Writes at `offset`, or at the end if the file is open for appending, as Linux does (pwrite(2)).
WasiResult<ssize_t> writeAt(Quota &quota, const File &file, const IoVectors &vectors,
                            uint64_t offset) {
  auto writeThere = [&] {
    return transfer(file, vectors, [&](const iovec *list, int count, uint64_t done) {
      return pwritev(file.host, list, count, off_t(offset + done));
    });
  };
  if (!file.isGuests())
    return writeThere();
  return quota.grow(
      file.host,
      [&](uint64_t bytes) { return (appends(file.host) ? bytes : offset) + vectors.totalBytes(); },
      writeThere);
}

/// Writes where the file is. With a limit, it says so in the call: another thread could move the
/// file between the check and the write.
WasiResult<ssize_t> write(Quota &quota, const File &file, const IoVectors &vectors) {
  const int host = file.host;
  off_t position = -1; // unknown, or the end
  auto writeHere = [&] {
    auto written = transfer(file, vectors, [&](const iovec *list, int count, uint64_t done) {
      return position < 0 ? writev(host, list, count)
                          : pwritev(host, list, count, position + off_t(done));
    });
    if (position < 0)
      return written;
    lseek(host, position + written.value_or(0), SEEK_SET);
    return written;
  };
  if (!file.isGuests())
    return writeHere();
  auto endBytes = [&](uint64_t bytes) {
    position = appends(host) ? -1 : lseek(host, 0, SEEK_CUR);
    return (position < 0 ? bytes : uint64_t(position)) + vectors.totalBytes();
  };
  return quota.grow(host, endBytes, writeHere);
}

/// Writes to a pipe or connection, which has neither a position nor a limit.
WasiResult<ssize_t> writeHidingBrokenPipe(const File &file, const IoVectors &vectors) {
  return transfer(file, vectors, [&](const iovec *list, int count, uint64_t) {
    return writeWithoutSignal(file.host, list, count);
  });
}

/// In one step where the system has it; an emulator may not.
ssize_t writeAtEnd(int host, const iovec *list, int count) {
  const ssize_t written = pwritev2(host, list, count, /*offset=*/0, RWF_APPEND);
  if (written >= 0 || (errno != ENOSYS && errno != EOPNOTSUPP))
    return written;
  struct stat status;
  if (fstat(host, &status) != 0)
    return -1;
  return pwritev(host, list, count, status.st_size);
}

/// In a fiber, waits before a call that would block the thread: of pipes and connections, if they
/// are not to fail instead. A write of much to a pipe may still block. False if interrupted.
bool waitUntilReady(const File &file, short events) {
  const bool mayBlock = file.type == FileType::Unknown || file.type == FileType::SocketStream ||
                        file.type == FileType::SocketDatagram;
  if (!runtime::waitParks() || !mayBlock || fcntl(file.host, F_GETFL) & O_NONBLOCK) [[likely]]
    return true;
  return runtime::waitBeforeCall(file.host, events);
}

/// Into the first buffer that has room.
WasiResult<ssize_t> readStream(HostStream &stream, const IoVectors &vectors) {
  for (int i = 0; i < vectors.count(); ++i) {
    const iovec &each = vectors.data()[i];
    if (each.iov_len == 0)
      continue;
    W2N_TRY(bytes, stream.read({static_cast<uint8_t *>(each.iov_base), each.iov_len}));
    return ssize_t(bytes);
  }
  return 0;
}

WasiResult<ssize_t> writeStream(HostStream &stream, const IoVectors &vectors) {
  ssize_t written = 0;
  for (int i = 0; i < vectors.count(); ++i) {
    const iovec &each = vectors.data()[i];
    W2N_TRY(bytes, stream.write({static_cast<const uint8_t *>(each.iov_base), each.iov_len}));
    written += ssize_t(bytes);
  }
  return written;
}

/// Errors: NotCapable; Spipe for a stream.
Outcome checkPositioned(const File &file, Needs needs) {
  W2N_CHECK(checkRights(file, needs));
  if (file.inOrder)
    return std::unexpected(Errno::Spipe);
  return {};
}

} // namespace

WasiResult<ssize_t> readFile(const File &file, const IoVectors &whole) {
  W2N_CHECK(checkRights(file, needs::fdRead));
  return withFaults(file, whole, Transfer::Read,
                    [&](const IoVectors &vectors) -> WasiResult<ssize_t> {
                      if (file.node)
                        return file.node->read(vectors);
                      if (file.stream)
                        return readStream(*file.stream, vectors);
                      if (!waitUntilReady(file, POLLIN))
                        return std::unexpected(Errno::Intr);
                      return transfer(file, vectors, [&](const iovec *list, int count, uint64_t) {
                        return readv(file.host, list, count);
                      });
                    });
}

WasiResult<ssize_t> writeFile(WasiContext &context, const File &file, const IoVectors &whole) {
  W2N_CHECK(checkRights(file, needs::fdWrite));
  return withFaults(
      file, whole, Transfer::Write, [&](const IoVectors &vectors) -> WasiResult<ssize_t> {
        if (file.node)
          return file.node->write(vectors);
        if (file.stream)
          return writeStream(*file.stream, vectors);
        if (!waitUntilReady(file, POLLOUT))
          return std::unexpected(Errno::Intr);
        if (file.filter)
          return file.filter->write(file.host, {vectors.data(), size_t(vectors.count())});
        return hidesBrokenPipe(context, file) ? writeHidingBrokenPipe(file, vectors)
                                              : write(context.quota, file, vectors);
      });
}

WasiResult<ssize_t> readFileAt(const File &file, const IoVectors &whole, uint64_t offset) {
  W2N_CHECK(checkPositioned(file, needs::fdPread));
  return withFaults(file, whole, Transfer::Read, [&](const IoVectors &vectors) {
    if (file.node)
      return file.node->readAt(vectors, offset);
    return transfer(file, vectors, [&](const iovec *list, int count, uint64_t done) {
      return preadv(file.host, list, count, off_t(offset + done));
    });
  });
}

// Files that can be written to at a position are no pipes that may break.
WasiResult<ssize_t> writeFileAt(WasiContext &context, const File &file, const IoVectors &whole,
                                uint64_t offset) {
  W2N_CHECK(checkPositioned(file, needs::fdPwrite));
  return withFaults(file, whole, Transfer::Write, [&](const IoVectors &vectors) {
    return file.node ? file.node->writeAt(vectors, offset)
                     : writeAt(context.quota, file, vectors, offset);
  });
}

WasiResult<ssize_t> appendToFile(WasiContext &context, const File &file, const IoVectors &whole) {
  W2N_CHECK(checkPositioned(file, needs::fdPwrite));
  return withFaults(file, whole, Transfer::Write, [&](const IoVectors &vectors) {
    if (file.node)
      return file.node->append(vectors);
    auto append = [&] {
      return transfer(file, vectors, [&](const iovec *list, int count, uint64_t) {
        return writeAtEnd(file.host, list, count);
      });
    };
    return context.quota.grow(
        file.host, [&](uint64_t bytes) { return bytes + vectors.totalBytes(); }, append);
  });
}

Outcome fdRead(WasiContext &context, Fd fd, const Scatter &vectors, Moved bytesRead) {
  W2N_TRY(file, context.files.find(fd));
  return store(readFile(*file, vectors), bytesRead);
}

Outcome fdWrite(WasiContext &context, Fd fd, const Gather &vectors, Moved bytesWritten) {
  W2N_TRY(file, context.files.find(fd));
  return store(writeFile(context, *file, vectors), bytesWritten);
}

Outcome fdPread(WasiContext &context, Fd fd, const Scatter &vectors, uint64_t offset,
                Moved bytesRead) {
  W2N_TRY(file, context.files.find(fd));
  return store(readFileAt(*file, vectors, offset), bytesRead);
}

Outcome fdPwrite(WasiContext &context, Fd fd, const Gather &vectors, uint64_t offset,
                 Moved bytesWritten) {
  W2N_TRY(file, context.files.find(fd));
  return store(writeFileAt(context, *file, vectors, offset), bytesWritten);
}

} // namespace w2n::wasi
