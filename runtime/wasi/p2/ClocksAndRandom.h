// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasi:clocks and wasi:random.
#pragma once

#include "runtime/wasi/p2/Poll.h"

namespace w2n::wasi::p2 {

struct Datetime {
  uint64_t seconds = 0;
  uint32_t nanoseconds = 0;
  static constexpr auto fields() {
    return std::tuple{runtime::member("seconds", &Datetime::seconds),
                      runtime::member("nanoseconds", &Datetime::nanoseconds)};
  }
};
Datetime toDatetime(uint64_t ns);

struct TimezoneDisplay {
  int32_t utcOffset = 0;
  std::string name;
  bool inDaylightSavingTime = false;
  static constexpr auto fields() {
    return std::tuple{
        runtime::member("utc-offset", &TimezoneDisplay::utcOffset),
        runtime::member("name", &TimezoneDisplay::name),
        runtime::member("in-daylight-saving-time", &TimezoneDisplay::inDaylightSavingTime)};
  }
};

// Without clocks it is always 1970, and nothing is waited for.

uint64_t monotonicNow(State &state);
uint64_t monotonicResolution(State &state);
std::unique_ptr<Pollable> subscribeInstant(State &state, uint64_t when);
std::unique_ptr<Pollable> subscribeDuration(State &state, uint64_t when);
Datetime wallNow(State &state);
Datetime wallResolution(State &state);
// The host's time zone is none of the guest's business: it is UTC.
TimezoneDisplay timezoneDisplay(State &state, Datetime when);
int32_t timezoneUtcOffset(State &state, Datetime when);

/// Errors: Trap (too many).
Result<runtime::ByteBuffer> getRandomBytes(State &state, uint64_t len);
Result<uint64_t> getRandomU64(State &state);
Result<std::tuple<uint64_t, uint64_t>> insecureSeed(State &state);

} // namespace w2n::wasi::p2
