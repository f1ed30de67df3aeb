// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/Chaos.h"

namespace w2n::wasi {

// SplitMix64, of the number of the decision.
uint64_t Chaos::next() {
  uint64_t mixed = seed + ++decisions * 0x9e3779b97f4a7c15;
  mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
  return mixed ^ mixed >> 31;
}

uint64_t Chaos::shortened(uint64_t bytes) { return oneOf(2) ? bytes : 1 + next() % bytes; }

uint64_t Chaos::aheadNs() {
  constexpr uint64_t maxJumpNs = 10'000'000;
  const uint64_t jumpNs = oneOf(4) ? next() % maxJumpNs : 0;
  return clocksNs.fetch_add(jumpNs) + jumpNs;
}

} // namespace w2n::wasi
