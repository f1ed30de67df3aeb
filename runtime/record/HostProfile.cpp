// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/record/HostProfile.h"

#include "runtime/core/Backtrace.h"

#include <algorithm>
#include <bit>

namespace w2n::record {

using runtime::Function;
using runtime::Instance;
using runtime::MemoryRange;
using runtime::Slot;

namespace {

/// The most frames that are walked: the innermost ones of deep recursion.
constexpr size_t maxFrames = 200;

constexpr unsigned stepsLog2 = 3;

size_t stepOf(uint64_t ns) {
  if (ns < (1u << stepsLog2))
    return size_t(ns);
  const auto log2 = unsigned(std::bit_width(ns)) - 1;
  return (size_t(log2 - stepsLog2 + 1) << stepsLog2) + ((ns >> (log2 - stepsLog2)) & 7);
}

/// The greatest time of a step.
uint64_t greatestOf(size_t step) {
  if (step < (1u << stepsLog2))
    return step;
  const size_t log2 = (step >> stepsLog2) + stepsLog2 - 1;
  return ((uint64_t(8 + (step & 7)) + 1) << (log2 - stepsLog2)) - 1;
}

uint64_t nsOf(std::chrono::steady_clock::duration time) {
  return uint64_t(std::chrono::nanoseconds(time).count());
}

} // namespace

void TimeHistogram::add(uint64_t ns) {
  ++steps[stepOf(ns)];
  ++total;
}

uint64_t TimeHistogram::percentile(double part) const {
  const double wanted = part * double(total);
  double seen = 0;
  for (size_t step = 0; step < steps.size(); ++step)
    if ((seen += steps[step]) >= wanted && seen > 0)
      return greatestOf(step);
  return 0;
}

Result<std::shared_ptr<Function>> HostProfile::imported(Instance &instance, uint32_t index,
                                                        const std::shared_ptr<Function> &function) {
  W2N_TRY(measured, importedBelow(instance, index, function));
  module = instance.sharedModule();
  rows[index].name = importName(instance, index);
  auto wrapped =
      runtime::makeHostFunction(function->type, [this, index, measured, writes = function->writes](
                                                    runtime::Caller caller, std::span<Slot> slots) {
        std::vector<MemoryRange> ranges;
        if (!writes)
          return callHost(index, *measured, caller, slots);
        const std::vector<Slot> arguments(slots.begin(), slots.end());
        writes->add(caller, arguments, ranges);
        Status status = callHost(index, *measured, caller, slots);
        writes->trim(caller, arguments, slots, ranges);
        for (const MemoryRange &range : ranges)
          rows[index].writtenBytes += range.bytes;
        return status;
      });
  wrapped->writes = function->writes;
  return wrapped;
}

void HostProfile::instantiated(Instance &instance, const Status &status) {
  module = instance.sharedModule();
  guestSince = Clock::now();
  LayeredBoundary::instantiated(instance, status);
}

void HostProfile::wrote(const MemoryRange &range) {
  reportedBytes += range.bytes;
  LayeredBoundary::wrote(range);
}

uint32_t HostProfile::stackNode(uint32_t &callerFunction) {
  stack.clear();
  callerFunction = artifact::noIndex;
  if (runtime::w2nCurrentActivation) {
    runtime::noteCrossing(*runtime::w2nCurrentActivation);
    runtime::appendFunctions(*runtime::w2nCurrentActivation, maxFrames, stack);
  }
  uint32_t node = 0;
  for (auto function = stack.rbegin(); function != stack.rend(); ++function)
    node = stacks.nodeOf(node, *function, /*isHost=*/false);
  if (!stack.empty())
    callerFunction = stack.front();
  return node;
}

Status HostProfile::callHost(uint32_t index, Function &function, runtime::Caller caller,
                             std::span<Slot> slots) {
  // The work of a guest that the host calls back is a part of the host's call.
  if (depth > 0)
    return function.host(caller, slots);
  ++depth;
  Status status = measureCall(index, function, caller, slots);
  --depth;
  return status;
}

Status HostProfile::measureCall(uint32_t index, Function &function, runtime::Caller caller,
                                std::span<Slot> slots) {
  const Clock::time_point begin = Clock::now();
  uint32_t callerFunction;
  const uint32_t guest = stackNode(callerFunction);
  if (guestSince != Clock::time_point())
    stacks.add(guest, nsOf(begin - guestSince));
  reportedBytes = 0;
  const Clock::time_point called = Clock::now();
  Status status = function.host(caller, slots);
  const uint64_t ns = nsOf(Clock::now() - called);
  stacks.add(stacks.nodeOf(guest, index, /*isHost=*/true), ns);
  Row &row = rows[index];
  ++row.count;
  row.ns += ns;
  row.greatestNs = std::max(row.greatestNs, ns);
  row.writtenBytes += reportedBytes;
  row.times.add(ns);
  Caller &from = row.callers[callerFunction];
  ++from.count;
  from.ns += ns;
  guestSince = Clock::now();
  return status;
}

} // namespace w2n::record
