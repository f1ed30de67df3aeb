#include "runtime/wasi/Calls.h"

#include <cerrno>
#include <sys/random.h>

namespace w2n::wasi {

Outcome randomGet(WasiContext &, GuestMemory memory, GuestPointer<uint8_t> buffer, uint32_t bytes) {
  W2N_TRY(rest, memory.buffer(buffer.address, bytes));
  while (!rest.empty()) {
    ssize_t filled = getrandom(rest.data(), rest.size(), 0);
    if (filled < 0 && errno != EINTR)
      return systemError();
    rest = rest.subspan(filled < 0 ? 0 : size_t(filled));
  }
  return {};
}

} // namespace w2n::wasi
