// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/Listen.h"

#include "lib/support/Error.h"
#include "runtime/wasi/Descriptor.h"

#include <cerrno>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace w2n::tool {

namespace {

using wasi::Descriptor;

/// Makes a socket, binds it and listens. The reason is in errno if the result is empty.
Descriptor listenOn(const sockaddr *address, socklen_t bytes) {
  Descriptor listener(socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  // A server that is started again need not wait for the last one's connections to time out.
  const int on = 1;
  if (!listener || setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
      bind(listener.get(), address, bytes) != 0 || listen(listener.get(), SOMAXCONN) != 0)
    return {};
  return listener;
}

std::unexpected<std::string> cannotListen(const std::string &address, const char *reason) {
  return std::unexpected("--listen: cannot listen at '" + address + "': " + reason);
}

std::expected<int, std::string> listenAtPath(const std::string &address, const std::string &path) {
  sockaddr_un local = {};
  local.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof(local.sun_path))
    return cannotListen(address, strerror(ENAMETOOLONG));
  std::memcpy(local.sun_path, path.data(), path.size());
  Descriptor listener = listenOn(reinterpret_cast<const sockaddr *>(&local), sizeof(local));
  if (!listener)
    return cannotListen(address, strerror(errno));
  return listener.release();
}

} // namespace

std::expected<int, std::string> listenAt(const std::string &address) {
  if (address.starts_with("unix:"))
    return listenAtPath(address, address.substr(strlen("unix:")));
  const size_t colon = address.rfind(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == address.size())
    return std::unexpected("--listen is '" + address + "', must be HOST:PORT or unix:PATH");
  std::string host = address.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']'))
    host = host.substr(1, host.size() - 2);

  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo *found = nullptr;
  if (int error = getaddrinfo(host.c_str(), address.c_str() + colon + 1, &hints, &found))
    return cannotListen(address, gai_strerror(error));
  std::unique_ptr<addrinfo, void (*)(addrinfo *)> list(found, freeaddrinfo);
  for (const addrinfo *each = found; each; each = each->ai_next)
    if (Descriptor listener = listenOn(each->ai_addr, each->ai_addrlen))
      return listener.release();
  return cannotListen(address, strerror(errno));
}

} // namespace w2n::tool
