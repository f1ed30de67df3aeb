// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A line of JSON for each call of the host, when it returns or ends the program:
//
//   {"call":"wasi_snapshot_preview1.fd_write","args":[1,16,1,72],"results":[0],"startNs":12345,
//    "ns":1650,"text":"fd_write(fd=1, vectors=[\"hello\\n\"], bytesWritten=6) = 0"}
//
// Numbers are the slots of the call, references null. `startNs` counts from the start. `text`
// is the line that --trace prints, where the function has one; `error` how a call ended that did
// not return.
#pragma once

#include "runtime/record/Imports.h"
#include "runtime/record/LayeredBoundary.h"

#include <chrono>

namespace w2n::record {

/// Threads: any, so that it can be the boundary of several instances.
class JsonTrace final : public LayeredBoundary {
public:
  /// Takes one line, which ends in a newline. On the thread that makes the call.
  using Sink = std::function<void(std::string_view line)>;

  /// `below` is the boundary of what this one sees, or null.
  JsonTrace(std::shared_ptr<Boundary> below, Sink sink)
      : LayeredBoundary(std::move(below)), sink(std::move(sink)) {}

  Result<std::shared_ptr<runtime::Function>>
  imported(runtime::Instance &instance, uint32_t index,
           const std::shared_ptr<runtime::Function> &function) override;

private:
  using Clock = std::chrono::steady_clock;
  Status callHost(const Import &import, runtime::Caller caller, std::span<runtime::Slot> slots);

  const Sink sink;
  const Clock::time_point start = Clock::now();
};

} // namespace w2n::record
