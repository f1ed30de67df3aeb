// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Sums of what many calls of a function gave, in one line: two runs that print the same line did
// the same, but for chances of 2^-64 or so. run.mjs computes the same sums.
//
//   COUNT RETURNED VALUES STATES|SUM MESSAGE|SUM MESSAGE...
//
// VALUES is of the calls that returned, RETURNED in number, with their results and the state after
// them; STATES of the states after traps. For each trap's message there is a sum of the calls that
// ended with it. It does not depend on the order of the calls, so sums of messages that mean the
// same can be added (outcomes.py).
#pragma once
#include <bit>
#include <cinttypes>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>

inline uint64_t mixed(uint64_t sum, uint64_t value) {
  sum = (sum ^ value) * 0x9E3779B97F4A7C15;
  return sum ^ sum >> 29;
}

inline uint32_t mixedWords(uint32_t sum, uint32_t word) {
  return std::rotl((sum ^ word) * 0x9E3779B1u, 13);
}

/// Eight sums at a time, which do not wait for each other.
inline uint64_t memoryHash(const uint32_t *words, size_t count) {
  uint32_t lanes[8] = {};
  for (size_t index = 0; index + 8 <= count; index += 8)
    for (size_t lane = 0; lane < 8; ++lane)
      lanes[lane] = mixedWords(lanes[lane], words[index + lane]);
  uint64_t hash = count;
  for (uint32_t lane : lanes)
    hash = mixed(hash, lane);
  return hash;
}

class Sums {
public:
  /// A call returned `value`, or ended with `trap` if that is not empty, and left `state`.
  void add(size_t call, uint64_t value, const std::string &trap, uint64_t state) {
    ++count;
    if (trap.empty()) {
      ++returned;
      values = mixed(mixed(mixed(values, call), value), state);
    } else {
      states = mixed(mixed(states, call), state);
      traps[trap] += mixed(1, call);
    }
  }

  std::string text() const {
    char buffer[128];
    std::snprintf(buffer, sizeof buffer, "%zu %zu %016" PRIx64 " %016" PRIx64, count, returned,
                  values, states);
    std::string line = buffer;
    for (const auto &[message, sum] : traps) {
      std::snprintf(buffer, sizeof buffer, "|%016" PRIx64 " ", sum);
      line += buffer + message;
    }
    return line;
  }

private:
  size_t count = 0, returned = 0;
  uint64_t values = 0, states = 0;
  std::map<std::string, uint64_t> traps;
};
