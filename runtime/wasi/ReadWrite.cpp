// Reading and writing: one system call each, so that what the guest is told is what happened.
#include "runtime/wasi/BrokenPipe.h"
#include "runtime/wasi/Calls.h"
#include "runtime/wasi/IoVectors.h"
#include "runtime/wasi/WasiContext.h"

namespace w2n::wasi {

namespace {

/// Whether it has a reader that can go away. WASI has no type for pipes.
bool mayBreak(const File &file) {
  return file.type == FileType::Unknown || file.type == FileType::SocketStream;
}

/// Calls `transfer(host, vectors, count)` on the buffers of the list and stores the bytes moved.
template <typename Transfer>
Outcome transferBytes(WasiContext &context, GuestMemory memory, uint32_t fd, Rights needed,
                      GuestPointer<IoVector> list, uint32_t count,
                      GuestPointer<uint32_t> bytesMoved, Transfer transfer) {
  W2N_TRY(out, memory.view(bytesMoved));
  IoVectors vectors;
  W2N_CHECK(vectors.read(memory, list, count));
  W2N_TRY(file, context.files.find(fd, needed));
  BrokenPipeGuard guard((needed & rights::fdWrite) && mayBreak(*file) &&
                        !context.raisesBrokenPipe());
  ssize_t moved = transfer(file->host, vectors.data(), vectors.count());
  if (moved < 0)
    return systemError();
  // The kernel moves at most 0x7ffff000 bytes (read(2)).
  out.store(uint32_t(moved));
  return {};
}

} // namespace

Outcome fdRead(WasiContext &context, GuestMemory memory, uint32_t fd,
               GuestPointer<IoVector> vectors, uint32_t vectorCount,
               GuestPointer<uint32_t> bytesRead) {
  return transferBytes(context, memory, fd, rights::fdRead, vectors, vectorCount, bytesRead, readv);
}

Outcome fdWrite(WasiContext &context, GuestMemory memory, uint32_t fd,
                GuestPointer<IoVector> vectors, uint32_t vectorCount,
                GuestPointer<uint32_t> bytesWritten) {
  return transferBytes(context, memory, fd, rights::fdWrite, vectors, vectorCount, bytesWritten,
                       writev);
}

Outcome fdPread(WasiContext &context, GuestMemory memory, uint32_t fd,
                GuestPointer<IoVector> vectors, uint32_t vectorCount, uint64_t offset,
                GuestPointer<uint32_t> bytesRead) {
  auto transfer = [offset](int host, const iovec *data, int count) {
    return preadv(host, data, count, off_t(offset));
  };
  return transferBytes(context, memory, fd, rights::fdRead | rights::fdSeek, vectors, vectorCount,
                       bytesRead, transfer);
}

Outcome fdPwrite(WasiContext &context, GuestMemory memory, uint32_t fd,
                 GuestPointer<IoVector> vectors, uint32_t vectorCount, uint64_t offset,
                 GuestPointer<uint32_t> bytesWritten) {
  auto transfer = [offset](int host, const iovec *data, int count) {
    return pwritev(host, data, count, off_t(offset));
  };
  return transferBytes(context, memory, fd, rights::fdWrite | rights::fdSeek, vectors, vectorCount,
                       bytesWritten, transfer);
}

} // namespace w2n::wasi
