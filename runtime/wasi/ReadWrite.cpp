// Reading and writing: one system call each, so that what the guest is told is what happened. (With
// a limit on what the guest may add, writing takes some more.)
#include "runtime/wasi/BrokenPipe.h"
#include "runtime/wasi/Calls.h"
#include "runtime/wasi/IoVectors.h"
#include "runtime/wasi/WasiContext.h"

#include <fcntl.h>
#include <unistd.h>

namespace w2n::wasi {

namespace {

/// Whether a write may raise SIGPIPE that the host is not to get. It may ask for it on the streams
/// that it gave, but a connection that ends is the guest's business. WASI has no type for pipes.
bool hidesBrokenPipe(const WasiContext &context, const File &file) {
  const bool mayBreak = file.type == FileType::Unknown || file.type == FileType::SocketStream;
  return mayBreak && (file.owned || !context.raisesBrokenPipe());
}

/// Calls `transfer(file)`, which gives the bytes moved or an error, and stores them.
template <typename Transfer>
Outcome transferBytes(WasiContext &context, Fd fd, Rights needed, Moved bytesMoved,
                      Transfer transfer) {
  W2N_TRY(file, context.files.find(fd, needed));
  BrokenPipeGuard guard((needed & rights::fdWrite) && hidesBrokenPipe(context, *file));
  WasiResult<ssize_t> moved = transfer(*file);
  if (!moved)
    return std::unexpected(moved.error());
  // The kernel moves at most 0x7ffff000 bytes (read(2)).
  bytesMoved.store(uint32_t(*moved));
  return {};
}

WasiResult<ssize_t> orError(ssize_t moved) {
  if (moved < 0)
    return systemError();
  return moved;
}

bool appends(int host) { return fcntl(host, F_GETFL) & O_APPEND; }

// Standard streams are the host's: no limit holds for them.

/// Writes at `offset`, or at the end if the file is open for appending, as Linux does (pwrite(2)).
WasiResult<ssize_t> writeAt(Quota &quota, const File &file, const IoVectors &vectors,
                            uint64_t offset) {
  auto writeThere = [&] {
    return orError(pwritev(file.host, vectors.data(), vectors.count(), off_t(offset)));
  };
  if (!file.owned)
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
    if (position < 0)
      return orError(writev(host, vectors.data(), vectors.count()));
    auto written = orError(pwritev(host, vectors.data(), vectors.count(), position));
    lseek(host, position + written.value_or(0), SEEK_SET);
    return written;
  };
  if (!file.owned)
    return writeHere();
  auto endBytes = [&](uint64_t bytes) {
    position = appends(host) ? -1 : lseek(host, 0, SEEK_CUR);
    return (position < 0 ? bytes : uint64_t(position)) + vectors.totalBytes();
  };
  return quota.grow(host, endBytes, writeHere);
}

} // namespace

Outcome fdRead(WasiContext &context, Fd fd, const Scatter &vectors, Moved bytesRead) {
  return transferBytes(context, fd, rights::fdRead, bytesRead, [&](const File &file) {
    return orError(readv(file.host, vectors.data(), vectors.count()));
  });
}

Outcome fdWrite(WasiContext &context, Fd fd, const Gather &vectors, Moved bytesWritten) {
  return transferBytes(context, fd, rights::fdWrite, bytesWritten,
                       [&](const File &file) { return write(context.quota, file, vectors); });
}

Outcome fdPread(WasiContext &context, Fd fd, const Scatter &vectors, uint64_t offset,
                Moved bytesRead) {
  return transferBytes(
      context, fd, rights::fdRead | rights::fdSeek, bytesRead, [&](const File &file) {
        return orError(preadv(file.host, vectors.data(), vectors.count(), off_t(offset)));
      });
}

Outcome fdPwrite(WasiContext &context, Fd fd, const Gather &vectors, uint64_t offset,
                 Moved bytesWritten) {
  return transferBytes(
      context, fd, rights::fdWrite | rights::fdSeek, bytesWritten,
      [&](const File &file) { return writeAt(context.quota, file, vectors, offset); });
}

} // namespace w2n::wasi
