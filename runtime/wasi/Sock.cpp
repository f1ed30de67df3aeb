// Calls on sockets. A guest has those that it was given, and connections that it accepts on them.
#include "runtime/wasi/Calls.h"
#include "runtime/wasi/HostFlags.h"
#include "runtime/wasi/IoVectors.h"
#include "runtime/wasi/WasiContext.h"

#include <fcntl.h>
#include <sys/socket.h>

namespace w2n::wasi {

namespace {
WasiResult<FileHandle> findSocket(WasiContext &context, uint32_t fd, Rights needed) {
  W2N_TRY(file, context.files.find(fd));
  if (file->type != FileType::SocketStream && file->type != FileType::SocketDatagram)
    return std::unexpected(Errno::NotSock);
  if ((file->base & needed) != needed)
    return std::unexpected(Errno::NotCapable);
  return file;
}

msghdr messageOf(IoVectors &vectors) {
  msghdr message = {};
  message.msg_iov = vectors.data();
  message.msg_iovlen = size_t(vectors.count());
  return message;
}
} // namespace

Outcome sockAccept(WasiContext &context, GuestMemory memory, uint32_t fd, uint32_t flags,
                   GuestPointer<uint32_t> accepted) {
  W2N_TRY(out, memory.view(accepted));
  W2N_TRY(socket, findSocket(context, fd, rights::sockAccept));
  if (flags & ~fdflags::nonblock)
    return std::unexpected(Errno::Inval);
  Descriptor connection(
      accept4(socket->host, nullptr, nullptr, SOCK_CLOEXEC | (flags ? SOCK_NONBLOCK : 0)));
  if (!connection)
    return systemError();
  File file;
  file.host = connection.get();
  file.owned = std::make_shared<const Descriptor>(std::move(connection));
  file.type = FileType::SocketStream;
  file.base = connectionRights & socket->inheriting;
  W2N_TRY(number, context.files.add(std::move(file)));
  out.store(number);
  return {};
}

Outcome sockRecv(WasiContext &context, GuestMemory memory, uint32_t fd,
                 GuestPointer<IoVector> vectors, uint32_t vectorCount, uint32_t flags,
                 GuestPointer<uint32_t> bytesRead, GuestPointer<uint16_t> flagsOut) {
  constexpr uint32_t peek = 1, waitAll = 2, dataTruncated = 1;
  W2N_TRY(out, memory.view(bytesRead));
  W2N_TRY(outFlags, memory.view(flagsOut));
  IoVectors buffers;
  W2N_CHECK(buffers.read(memory, vectors, vectorCount));
  W2N_TRY(socket, findSocket(context, fd, rights::fdRead));
  if (flags & ~(peek | waitAll))
    return std::unexpected(Errno::Inval);
  msghdr message = messageOf(buffers);
  ssize_t bytes = recvmsg(socket->host, &message,
                          (flags & peek ? MSG_PEEK : 0) | (flags & waitAll ? MSG_WAITALL : 0));
  if (bytes < 0)
    return systemError();
  out.store(uint32_t(bytes));
  outFlags.store(message.msg_flags & MSG_TRUNC ? dataTruncated : 0);
  return {};
}

Outcome sockSend(WasiContext &context, GuestMemory memory, uint32_t fd,
                 GuestPointer<IoVector> vectors, uint32_t vectorCount, uint32_t flags,
                 GuestPointer<uint32_t> bytesWritten) {
  W2N_TRY(out, memory.view(bytesWritten));
  IoVectors buffers;
  W2N_CHECK(buffers.read(memory, vectors, vectorCount));
  W2N_TRY(socket, findSocket(context, fd, rights::fdWrite));
  if (flags != 0)
    return std::unexpected(Errno::Inval);
  msghdr message = messageOf(buffers);
  ssize_t bytes = sendmsg(socket->host, &message, MSG_NOSIGNAL);
  if (bytes < 0)
    return systemError();
  out.store(uint32_t(bytes));
  return {};
}

Outcome sockShutdown(WasiContext &context, GuestMemory, uint32_t fd, uint32_t how) {
  constexpr int hostHow[] = {-1, SHUT_RD, SHUT_WR, SHUT_RDWR};
  W2N_TRY(socket, findSocket(context, fd, rights::sockShutdown));
  if (how == 0 || how >= std::size(hostHow))
    return std::unexpected(Errno::Inval);
  if (shutdown(socket->host, hostHow[how]) != 0)
    return systemError();
  return {};
}

} // namespace w2n::wasi
