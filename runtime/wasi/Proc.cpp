#include "runtime/wasi/Calls.h"

#include <sched.h>

namespace w2n::wasi {

Status procExit(WasiContext &, uint32_t code) {
  return std::unexpected(Error{ErrorKind::Exit, Error::noOffset, "program exit", {}, code});
}

// A guest has no signals: raising one would be the host's.
Outcome procRaise(WasiContext &, uint32_t) { return std::unexpected(Errno::NoSys); }

Outcome schedYield(WasiContext &) {
  sched_yield();
  return {};
}

} // namespace w2n::wasi
