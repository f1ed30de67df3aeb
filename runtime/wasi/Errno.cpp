// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/Errno.h"

#include <cerrno>

namespace w2n::wasi {

namespace {
constexpr int ENOTCAPABLE = -1;

struct Row {
  int host;
  Errno wasi;
  const char *name;
};

constexpr Row rows[] = {
#define W2N_WASI_ERRNO(name, number, host) {host, Errno::name, #host},
#include "runtime/wasi/Errno.def"
};
} // namespace

Errno fromHost(int hostErrno) {
  for (const Row &row : rows)
    if (row.host == hostErrno)
      return row.wasi;
  return Errno::Io;
}

const char *nameOf(Errno error) {
  for (const Row &row : rows)
    if (row.wasi == error)
      return row.name;
  return "?";
}

std::unexpected<Errno> systemError() { return std::unexpected(fromHost(errno)); }

} // namespace w2n::wasi
