// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/p3/Clocks.h"

namespace w2n::wasi::p3 {

Instant toInstant(p2::Datetime time) { return {int64_t(time.seconds), time.nanoseconds}; }

Result<void> waitUntil(State &state, uint64_t when) {
  return p2::pollableBlock(state, *p2::subscribeInstant(state, when));
}
Result<void> waitFor(State &state, uint64_t howLong) {
  return p2::pollableBlock(state, *p2::subscribeDuration(state, howLong));
}

Instant systemNow(State &state) { return toInstant(p2::wallNow(state)); }
uint64_t systemResolution(State &state) {
  constexpr uint64_t nsOfSecond = 1'000'000'000;
  const p2::Datetime resolution = p2::wallResolution(state);
  return resolution.seconds * nsOfSecond + resolution.nanoseconds;
}

std::optional<std::string> timezoneId(State &) { return "UTC"; }
std::optional<int64_t> timezoneOffset(State &, Instant) { return 0; }
std::string timezoneText(State &) { return "UTC"; }

} // namespace w2n::wasi::p3
