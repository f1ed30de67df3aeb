// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The state of an instance as a number, to compare runs.
#pragma once

#include "runtime/core/Instance.h"

namespace w2n::runtime {

/// A hash of all memories of `instance` with their sizes, and of its own globals that hold numbers.
/// Reads every byte: about 100 us for 1 MB. Threads: the thread of the instance.
uint64_t stateHash(Instance &instance);

/// A hash of memory `index` alone.
uint64_t memoryHash(Instance &instance, uint32_t index);

/// How many memories it has.
uint32_t memoryCount(Instance &instance);

/// A global of the instance's own, for people.
struct GlobalValue {
  uint32_t index;
  wasm::ValueType type;
  Slot slots[2];
};

/// The instance's own globals that hold numbers.
std::vector<GlobalValue> numericGlobals(Instance &instance);

} // namespace w2n::runtime
