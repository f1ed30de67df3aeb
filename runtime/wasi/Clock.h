// The guest's clocks.
#pragma once

#include "runtime/wasi/Errno.h"

#include <ctime>

namespace w2n::wasi {

/// The host's number of a WASI clock. Errors: Inval.
WasiResult<clockid_t> hostClock(uint32_t clock);

/// Nanoseconds of `clock`. Errors: the system's.
WasiResult<uint64_t> readClockNs(clockid_t clock);

inline uint64_t toNs(const timespec &time) {
  return uint64_t(time.tv_sec) * 1'000'000'000 + uint64_t(time.tv_nsec);
}
inline timespec fromNs(uint64_t ns) {
  return {time_t(ns / 1'000'000'000), long(ns % 1'000'000'000)};
}

} // namespace w2n::wasi
