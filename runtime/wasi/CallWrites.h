// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The places in guest memory where a call of the table writes, by the types of its parameters
// (Calls.h): for what records runs, so that the calls themselves need not say it.
#pragma once

#include "runtime/core/Boundary.h"
#include "runtime/wasi/CallTable.h"

namespace w2n::wasi {

/// The same, of any memory.
class MemoryWrites : public runtime::HostWrites {
public:
  virtual void addIn(std::span<uint8_t> memory, std::span<const runtime::Slot> arguments,
                     std::vector<runtime::MemoryRange> &ranges) const = 0;
  virtual void trimIn(std::span<uint8_t> memory, std::span<const runtime::Slot> arguments,
                      std::span<const runtime::Slot> slots,
                      std::vector<runtime::MemoryRange> &ranges) const = 0;

  void add(runtime::Caller caller, std::span<const runtime::Slot> arguments,
           std::vector<runtime::MemoryRange> &ranges) const final {
    addIn(caller.memory(), arguments, ranges);
  }
  void trim(runtime::Caller caller, std::span<const runtime::Slot> arguments,
            std::span<const runtime::Slot> slots,
            std::vector<runtime::MemoryRange> &ranges) const final {
    trimIn(caller.memory(), arguments, slots, ranges);
  }
};

/// Made for each import; keeps the context alive.
std::shared_ptr<const MemoryWrites> writesOf(const Call &call,
                                             std::shared_ptr<const WasiContext> context);

} // namespace w2n::wasi
