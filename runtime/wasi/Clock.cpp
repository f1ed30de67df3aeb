#include "runtime/wasi/Clock.h"

#include "runtime/wasi/Calls.h"

namespace w2n::wasi {

WasiResult<clockid_t> hostClock(uint32_t clock) {
  constexpr clockid_t clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID,
                                  CLOCK_THREAD_CPUTIME_ID};
  if (clock >= std::size(clocks))
    return std::unexpected(Errno::Inval);
  return clocks[clock];
}

WasiResult<uint64_t> readClockNs(clockid_t clock) {
  timespec now;
  if (clock_gettime(clock, &now) != 0)
    return systemError();
  return toNs(now);
}

Outcome clockResGet(WasiContext &, GuestMemory memory, uint32_t clock,
                    GuestPointer<uint64_t> resolutionNs) {
  W2N_TRY(out, memory.view(resolutionNs));
  W2N_TRY(host, hostClock(clock));
  timespec resolution;
  if (clock_getres(host, &resolution) != 0)
    return systemError();
  out.store(toNs(resolution));
  return {};
}

Outcome clockTimeGet(WasiContext &, GuestMemory memory, uint32_t clock, uint64_t,
                     GuestPointer<uint64_t> timeNs) {
  W2N_TRY(out, memory.view(timeNs));
  W2N_TRY(host, hostClock(clock));
  W2N_TRY(now, readClockNs(host));
  out.store(now);
  return {};
}

} // namespace w2n::wasi
