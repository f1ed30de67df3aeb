// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The time of a run, divided between the guest and its host: for each function of the host how
// often it was called, how long that took and how many bytes it wrote to the guest's memory, by the
// function of the guest that called it.
//
// The stack of the guest is walked at every call, so nothing is sampled. The time of a call is the
// host's and belongs to the stack that called it. The time since the host last gave way to the
// guest is the guest's; it belongs to the same stack, as what the guest did on its way to the call:
// exact in sum, but functions that returned before the call are not seen.
#pragma once

#include "runtime/record/Imports.h"
#include "runtime/record/LayeredBoundary.h"
#include "runtime/record/StackTree.h"

#include <array>
#include <chrono>
#include <map>

namespace w2n::record {

/// Times by size, from which percentiles are read: eight steps for each power of two, so that they
/// are at most an eighth too large.
class TimeHistogram {
public:
  void add(uint64_t ns);
  /// The least time, in steps, that `part` of all are not above: 0.5 is the median.
  uint64_t percentile(double part) const;
  uint64_t count() const { return total; }

private:
  std::array<uint32_t, 64 * 8> steps = {};
  uint64_t total = 0;
};

class HostProfile final : public LayeredBoundary {
public:
  /// `below` is the boundary of what this one sees, such as a Recorder; or null.
  explicit HostProfile(std::shared_ptr<Boundary> below) : LayeredBoundary(std::move(below)) {}

  struct Caller {
    uint64_t count = 0, ns = 0;
  };
  struct Row {
    std::string name;
    uint64_t count = 0, ns = 0, greatestNs = 0, writtenBytes = 0;
    TimeHistogram times;
    std::map<uint32_t, Caller> callers; ///< by function of the guest, or artifact::noIndex
  };

  /// For people: a table, most time first, with the callers of each function.
  std::string table() const;
  /// The stacks, in nanoseconds (StackTree.h).
  std::string foldedStacks() const;
  std::string speedscope(const std::string &name) const;

  Result<std::shared_ptr<runtime::Function>>
  imported(runtime::Instance &instance, uint32_t index,
           const std::shared_ptr<runtime::Function> &function) override;
  void instantiated(runtime::Instance &instance, const Status &status) override;
  void wrote(const runtime::MemoryRange &range) override;

private:
  using Clock = std::chrono::steady_clock;
  Status callHost(uint32_t index, runtime::Function &function, runtime::Caller caller,
                  std::span<runtime::Slot> slots);
  Status measureCall(uint32_t index, runtime::Function &function, runtime::Caller caller,
                     std::span<runtime::Slot> slots);
  /// The stack that calls the host, and its innermost function.
  uint32_t stackNode(uint32_t &callerFunction);
  std::string frameName(const StackTree::Node &node) const;
  std::string functionName(uint32_t index) const;

  std::shared_ptr<const runtime::Module> module;
  std::map<uint32_t, Row> rows; ///< by import
  StackTree stacks;
  std::vector<uint32_t> stack;
  uint64_t reportedBytes = 0;
  /// When the guest last went on; none before it begins.
  Clock::time_point guestSince = {};
  uint32_t depth = 0; ///< of calls of the host
};

} // namespace w2n::record
