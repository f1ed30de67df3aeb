// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/Clock.h"

#include "runtime/wasi/Calls.h"
#include "runtime/wasi/Chaos.h"
#include "runtime/wasi/WasiContext.h"

namespace w2n::wasi {

namespace {

constexpr clockid_t hostClocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID,
                                    CLOCK_THREAD_CPUTIME_ID};

WasiResult<clockid_t> hostClock(uint32_t clock, ClockMode mode) {
  if (clock >= std::size(hostClocks))
    return std::unexpected(Errno::Inval);
  if (mode == ClockMode::None)
    return std::unexpected(Errno::NotCapable);
  return hostClocks[clock];
}

// A guest may sleep for centuries at once.
uint64_t addNs(uint64_t a, uint64_t b) { return a > UINT64_MAX - b ? UINT64_MAX : a + b; }

} // namespace

WasiResult<uint64_t> Clocks::readNs(uint32_t clock) const {
  W2N_TRY(host, hostClock(clock, options.mode));
  if (isFrozen())
    return addNs(addNs(sleptNs, aheadNs()), host == CLOCK_REALTIME ? options.frozenNs : 0);
  timespec now;
  if (clock_gettime(host, &now) != 0)
    return systemError();
  return addNs(toNs(now) + continuedNs[clock], aheadNs());
}

SavedClocks Clocks::save() const {
  SavedClocks saved;
  for (uint32_t clock = 1; clock < saved.ns.size(); ++clock)
    saved.ns[clock] = readNs(clock).value_or(0);
  saved.sleptNs = sleptNs;
  return saved;
}

void Clocks::restore(const SavedClocks &saved) {
  sleptNs = saved.sleptNs;
  for (uint32_t clock = 1; clock < saved.ns.size(); ++clock)
    if (const auto now = readNs(clock); now && !isFrozen())
      continuedNs[clock] = saved.ns[clock] - *now;
}

uint64_t Clocks::aheadNs() const { return chaos ? chaos->aheadNs() : 0; }

WasiResult<uint64_t> Clocks::resolutionNs(uint32_t clock) const {
  W2N_TRY(host, hostClock(clock, options.mode));
  timespec resolution = {0, 1};
  if (!isFrozen() && clock_getres(host, &resolution) != 0)
    return systemError();
  return toNs(resolution);
}

void Clocks::advance(uint64_t ns) {
  uint64_t before = sleptNs;
  while (!sleptNs.compare_exchange_weak(before, addNs(before, ns)))
    ;
}

std::optional<uint64_t> Clocks::latestFileTimeNs() const {
  switch (options.mode) {
  case ClockMode::Host:
    return std::nullopt;
  case ClockMode::Frozen:
    return addNs(sleptNs, options.frozenNs);
  case ClockMode::None:
    return 0;
  }
  __builtin_unreachable();
}

Outcome clockResGet(WasiContext &context, ClockId clock, Out<uint64_t> resolutionNs) {
  W2N_TRY(resolution, context.clocks.resolutionNs(clock));
  resolutionNs.store(resolution);
  return {};
}

Outcome clockTimeGet(WasiContext &context, ClockId clock, uint64_t, Out<uint64_t> timeNs) {
  W2N_TRY(now, context.clocks.readNs(clock));
  timeNs.store(now);
  return {};
}

} // namespace w2n::wasi
