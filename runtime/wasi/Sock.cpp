// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Calls on sockets. A guest has those that it was given, and connections that it accepts on them.
#include "runtime/core/Wait.h"
#include "runtime/wasi/Calls.h"
#include "runtime/wasi/HostFlags.h"
#include "runtime/wasi/IoVectors.h"
#include "runtime/wasi/Restart.h"
#include "runtime/wasi/WasiContext.h"

#include <fcntl.h>
#include <sys/socket.h>

namespace w2n::wasi {

namespace {
WasiResult<FileHandle> findSocket(WasiContext &context, Fd fd, Needs needs) {
  W2N_TRY(file, context.files.find(fd));
  if (file->type != FileType::SocketStream && file->type != FileType::SocketDatagram)
    return std::unexpected(Errno::NotSock);
  if (!needs.areMetBy(file->base))
    return std::unexpected(Errno::NotCapable);
  return file;
}

/// In a fiber, waits before a call that would block the thread.
Outcome waitForSocket(const File &socket, short events) {
  if (runtime::waitParks() && !(fcntl(socket.host, F_GETFL) & O_NONBLOCK) &&
      !runtime::waitBeforeCall(socket.host, events))
    return std::unexpected(Errno::Intr);
  return {};
}

msghdr messageOf(const IoVectors &vectors) {
  msghdr message = {};
  // Neither sendmsg nor recvmsg changes the list.
  message.msg_iov = const_cast<iovec *>(vectors.data());
  message.msg_iovlen = size_t(vectors.count());
  return message;
}
} // namespace

Outcome sockAccept(WasiContext &context, Fd fd, FdFlags flags, Out<uint32_t> accepted) {
  W2N_TRY(socket, findSocket(context, fd, needs::sockAccept));
  if (flags & ~fdflags::nonblock)
    return std::unexpected(Errno::Inval);
  W2N_CHECK(waitForSocket(*socket, POLLIN));
  Descriptor connection(restarted([&] {
    return accept4(socket->host, nullptr, nullptr, SOCK_CLOEXEC | (flags ? SOCK_NONBLOCK : 0));
  }));
  if (!connection)
    return systemError();
  File file;
  file.host = connection.get();
  file.owned = std::move(connection);
  file.type = FileType::SocketStream;
  file.base = connectionRights & socket->inheriting;
  W2N_TRY(number, context.files.add(std::move(file)));
  accepted.store(number);
  return {};
}

Outcome sockRecv(WasiContext &context, Fd fd, const Scatter &vectors, ReceiveFlags flags,
                 Moved bytesRead, Out<uint16_t> flagsOut) {
  constexpr uint32_t peek = 1, waitAll = 2, dataTruncated = 1;
  W2N_TRY(socket, findSocket(context, fd, needs::sockRecv));
  if (flags & ~(peek | waitAll))
    return std::unexpected(Errno::Inval);
  msghdr message = messageOf(vectors);
  const int hostFlags = (flags & peek ? MSG_PEEK : 0) | (flags & waitAll ? MSG_WAITALL : 0);
  W2N_CHECK(waitForSocket(*socket, POLLIN));
  ssize_t bytes = restarted([&] { return recvmsg(socket->host, &message, hostFlags); });
  if (bytes < 0)
    return systemError();
  bytesRead.store(uint32_t(bytes));
  flagsOut.store(message.msg_flags & MSG_TRUNC ? dataTruncated : 0);
  return {};
}

Outcome sockSend(WasiContext &context, Fd fd, const Gather &vectors, SendFlags flags,
                 Moved bytesWritten) {
  W2N_TRY(socket, findSocket(context, fd, needs::sockSend));
  if (flags != 0)
    return std::unexpected(Errno::Inval);
  msghdr message = messageOf(vectors);
  W2N_CHECK(waitForSocket(*socket, POLLOUT));
  ssize_t bytes = restarted([&] { return sendmsg(socket->host, &message, MSG_NOSIGNAL); });
  if (bytes < 0)
    return systemError();
  bytesWritten.store(uint32_t(bytes));
  return {};
}

Outcome sockShutdown(WasiContext &context, Fd fd, ShutdownHow how) {
  constexpr int hostHow[] = {-1, SHUT_RD, SHUT_WR, SHUT_RDWR};
  W2N_TRY(socket, findSocket(context, fd, needs::sockShutdown));
  if (how == 0 || how >= std::size(hostHow))
    return std::unexpected(Errno::Inval);
  if (shutdown(socket->host, hostHow[how]) != 0)
    return systemError();
  return {};
}

} // namespace w2n::wasi
