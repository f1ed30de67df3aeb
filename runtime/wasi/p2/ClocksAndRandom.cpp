// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/p2/ClocksAndRandom.h"

#include "runtime/core/Interrupt.h"
#include "runtime/platform/VirtualMemory.h"

namespace w2n::wasi::p2 {

namespace {
constexpr uint32_t realtime = 0, monotonic = 1;
// More than any program asks for at once; the guest has to have room for them as well.
constexpr uint64_t maxRandomBytes = 64 << 20;

template <typename T> Result<T> randomValue(State &state) {
  uint8_t bytes[sizeof(T)];
  if (const Outcome filled = state.wasi->random.fill(bytes); !filled)
    return trap(std::string("no random numbers: ") + nameOf(filled.error()));
  return std::bit_cast<T>(bytes);
}
} // namespace

Datetime toDatetime(uint64_t ns) { return {ns / 1'000'000'000, uint32_t(ns % 1'000'000'000)}; }

uint64_t monotonicNow(State &state) { return state.wasi->clocks.readNs(monotonic).value_or(0); }
uint64_t monotonicResolution(State &state) {
  return state.wasi->clocks.resolutionNs(monotonic).value_or(1);
}

std::unique_ptr<Pollable> subscribeInstant(State &, uint64_t when) { return makeTimer(when); }
std::unique_ptr<Pollable> subscribeDuration(State &state, uint64_t when) {
  const uint64_t now = monotonicNow(state);
  return makeTimer(when > waitForever - now ? waitForever : now + when);
}

Datetime wallNow(State &state) {
  return toDatetime(state.wasi->clocks.readNs(realtime).value_or(0));
}
Datetime wallResolution(State &state) {
  return toDatetime(state.wasi->clocks.resolutionNs(realtime).value_or(1));
}

TimezoneDisplay timezoneDisplay(State &, Datetime) { return {0, "UTC", false}; }
int32_t timezoneUtcOffset(State &, Datetime) { return 0; }

Result<runtime::ByteBuffer> getRandomBytes(State &state, uint64_t len) {
  if (len > maxRandomBytes || !platform::hasRoom(len))
    return trap(std::to_string(len) + " random bytes at once, the most is " +
                std::to_string(maxRandomBytes));
  runtime::ByteBuffer bytes(len);
  if (const Outcome filled = state.wasi->random.fill(bytes.span()); !filled)
    return trap(std::string("no random numbers: ") + nameOf(filled.error()));
  // Nothing of the host's memory goes to a guest whose time is up meanwhile.
  if (runtime::isInterrupted())
    return interrupted();
  return bytes;
}

Result<uint64_t> getRandomU64(State &state) { return randomValue<uint64_t>(state); }

Result<std::tuple<uint64_t, uint64_t>> insecureSeed(State &state) {
  W2N_TRY(first, randomValue<uint64_t>(state));
  W2N_TRY(second, randomValue<uint64_t>(state));
  return std::tuple(first, second);
}

} // namespace w2n::wasi::p2
