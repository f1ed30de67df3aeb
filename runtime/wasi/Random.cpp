// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/Random.h"

#include "runtime/core/Pieces.h"
#include "runtime/wasi/Calls.h"
#include "runtime/wasi/Restart.h"
#include "runtime/wasi/WasiContext.h"

#include <algorithm>
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
    const ssize_t filled = restarted([&] { return getrandom(rest.data(), rest.size(), 0); });
    if (filled < 0)
      return systemError();
    rest = rest.subspan(size_t(filled));
  }
  return {};
}

void fillFromSeed(uint64_t &state, std::span<uint8_t> rest) {
  while (!rest.empty()) {
    const uint64_t value = next(state);
    const size_t count = std::min(rest.size(), sizeof(value));
    std::memcpy(rest.data(), &value, count);
    rest = rest.subspan(count);
  }
}

} // namespace

Outcome RandomSource::fill(std::span<uint8_t> bytes) {
  Outcome outcome;
  runtime::inPieces(bytes.size(), runtime::pieceBytes, [&](uint64_t first, uint64_t count) {
    const std::span<uint8_t> piece = bytes.subspan(first, count);
    if (!outcome)
      return;
    if (!state) {
      outcome = fillFromSystem(piece);
      return;
    }
    // For a piece, so that no other thread waits for gigabytes.
    std::lock_guard guard(lock);
    fillFromSeed(*state, piece);
  });
  return outcome;
}

Outcome randomGet(WasiContext &context, Buffer buffer) { return context.random.fill(buffer); }

} // namespace w2n::wasi
