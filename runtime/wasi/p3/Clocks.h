// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasi:clocks of 0.3; what it shares with 0.2 is there.
#pragma once

#include "runtime/wasi/p2/ClocksAndRandom.h"

namespace w2n::wasi::p3 {

using p2::State;

struct Instant {
  int64_t seconds = 0;
  uint32_t nanoseconds = 0;
  static constexpr auto fields() {
    return std::tuple{runtime::member("seconds", &Instant::seconds),
                      runtime::member("nanoseconds", &Instant::nanoseconds)};
  }
};
Instant toInstant(p2::Datetime time);

Result<void> waitUntil(State &state, uint64_t when);
Result<void> waitFor(State &state, uint64_t howLong);
Instant systemNow(State &state);
uint64_t systemResolution(State &state);
// The host's time zone is none of the guest's business: it is UTC.
std::optional<std::string> timezoneId(State &state);
std::optional<int64_t> timezoneOffset(State &state, Instant when);
std::string timezoneText(State &state);

} // namespace w2n::wasi::p3
