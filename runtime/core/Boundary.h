// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The boundary of an instance: every call of the guest to the host and of the host to the guest,
// and what host functions write to memories on the way. Calls of WASI, of components and of
// embedders' functions are all the same here: a host function that the instance imports, or a
// function of its own that the host calls.
//
// An instance without a boundary has no code for it on any path: with one, other functions are
// bound and exported when it is made.
#pragma once

#include "runtime/core/Extern.h"

#include <vector>

namespace w2n::runtime {

/// Bytes of one of an instance's memories.
struct MemoryRange {
  uint32_t memory;
  uint64_t address, bytes;
};

/// The places in its caller's memories where a host function writes. Ranges may be outside memory.
class HostWrites {
public:
  virtual ~HostWrites() = default;
  /// Before the call: where it may write, given its arguments.
  virtual void add(Caller caller, std::span<const Slot> arguments,
                   std::vector<MemoryRange> &ranges) const = 0;
  /// After the call: takes away from the ranges that `add` gave what was not written. `slots` has
  /// the results.
  virtual void trim(Caller caller, std::span<const Slot> arguments, std::span<const Slot> slots,
                    std::vector<MemoryRange> &ranges) const = 0;
};

class Boundary {
public:
  virtual ~Boundary() = default;
  /// The function that `instance`, which is being made, imports as number `index` in place of
  /// `function`, which is the host's. Errors: fail the instantiation.
  virtual Result<std::shared_ptr<Function>> imported(Instance &instance, uint32_t index,
                                                     const std::shared_ptr<Function> &function) = 0;
  /// `instance` is made, and its start function has run, or failed with `status`.
  virtual void instantiated(Instance &instance, const Status &status) = 0;
  /// May change `function`, which the host is about to be given: the function `index` of
  /// `instance`, or artifact::noIndex if it was got as a reference.
  virtual void exported(Instance &instance, uint32_t index, Function &function) = 0;
  /// The host has written there: in the call that it is in, or between two calls.
  virtual void wrote(const MemoryRange &range) = 0;
};

} // namespace w2n::runtime
