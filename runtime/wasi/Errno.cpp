#include "runtime/wasi/Errno.h"

#include <cerrno>

namespace w2n::wasi {

namespace {
struct Row {
  int host;
  Errno wasi;
};

constexpr Row rows[] = {
#define W2N_WASI_ERRNO(name, number, host) {host, Errno::name},
#include "runtime/wasi/Errno.def"
};
} // namespace

Errno fromHost(int hostErrno) {
  for (const Row &row : rows)
    if (row.host == hostErrno)
      return row.wasi;
  return Errno::Io;
}

std::unexpected<Errno> systemError() { return std::unexpected(fromHost(errno)); }

} // namespace w2n::wasi
