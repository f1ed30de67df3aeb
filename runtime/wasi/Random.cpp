#include "runtime/wasi/Random.h"

#include "runtime/wasi/Calls.h"
#include "runtime/wasi/WasiContext.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/random.h>

namespace w2n::wasi {

namespace {

/// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014): any state
/// is as good as any other, so a seed is one.
uint64_t next(uint64_t &state) {
  uint64_t value = state += 0x9e3779b97f4a7c15;
  value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
  value = (value ^ value >> 27) * 0x94d049bb133111eb;
  return value ^ value >> 31;
}

Outcome fillFromSystem(std::span<uint8_t> rest) {
  while (!rest.empty()) {
    ssize_t filled = getrandom(rest.data(), rest.size(), 0);
    if (filled < 0 && errno != EINTR)
      return systemError();
    rest = rest.subspan(filled < 0 ? 0 : size_t(filled));
  }
  return {};
}

} // namespace

Outcome RandomSource::fill(std::span<uint8_t> bytes) {
  if (!state)
    return fillFromSystem(bytes);
  std::lock_guard guard(lock);
  while (!bytes.empty()) {
    const uint64_t value = next(*state);
    const size_t count = std::min(bytes.size(), sizeof(value));
    std::memcpy(bytes.data(), &value, count);
    bytes = bytes.subspan(count);
  }
  return {};
}

Outcome randomGet(WasiContext &context, Buffer buffer) { return context.random.fill(buffer); }

} // namespace w2n::wasi
