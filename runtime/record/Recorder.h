// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Writes down all that comes to an instance from outside: calls of the host's functions with their
// results and what they wrote to memories, and calls of the guest by the host. So the record says
// nothing of what a call did outside, and a replay needs nothing of it.
//
// A host function that says where it writes (HostWrites, Boundary::wrote) costs what it writes; for
// one that does not, memories are copied before the call and compared after it.
#pragma once

#include "runtime/core/Boundary.h"
#include "runtime/record/Header.h"
#include "runtime/record/Imports.h"
#include "runtime/record/Log.h"
#include "runtime/record/MemoryCopies.h"

#include <chrono>

namespace w2n::record {

struct RecorderOptions {
  std::string path;
  /// The most bytes of the file; a recorded call that would make it larger fails.
  uint64_t maxBytes = uint64_t(64) << 30;
  /// Between its calls of the guest, the host may write anywhere without saying so.
  bool hostWritesUnseen = false;
};

/// Records one instance. Threads: those of the instance.
class Recorder final : public runtime::Boundary {
public:
  /// Errors: Io (the file exists), Unsupported (the module imports more than functions).
  static Result<std::shared_ptr<Recorder>> create(const runtime::Module &module, Header header,
                                                  const RecorderOptions &options);

  /// Writes that the run has ended. Errors: what kept the record from being complete.
  Status finish();
  uint64_t bytes() const { return log->bytes(); }
  uint64_t calls() const { return callCount; }

  Result<std::shared_ptr<runtime::Function>>
  imported(runtime::Instance &instance, uint32_t index,
           const std::shared_ptr<runtime::Function> &function) override;
  void exported(runtime::Instance &instance, uint32_t index, runtime::Function &function) override;
  void instantiated(runtime::Instance &instance, const Status &status) override;
  void wrote(const runtime::MemoryRange &range) override;

private:
  using Clock = std::chrono::steady_clock;
  /// A call of the host that has not returned.
  struct Frame {
    Frame *below = nullptr;
    uint32_t function = 0;
    uint32_t arguments = 0;
    bool isBegun = false; ///< CallBegins is written
    std::vector<runtime::MemoryRange> ranges = {};
    MemoryCopies copies = {};
  };

  Recorder(std::unique_ptr<LogWriter> log, bool hostWritesUnseen)
      : log(std::move(log)), hostWritesUnseen(hostWritesUnseen) {}
  Status callHost(uint32_t index, const Import &import, runtime::Caller caller,
                  std::span<runtime::Slot> slots);
  Status enterGuest(uint32_t index, const runtime::Function &shape, runtime::Caller caller,
                    std::span<runtime::Slot> slots);
  void collectWrites(runtime::Instance &instance, Frame &frame);
  Status append();
  bool isStateDue() const;
  Status appendStateIfDue(runtime::Instance &instance);
  uint64_t measuredState(runtime::Instance &instance);

  std::unique_ptr<LogWriter> log;
  const bool hostWritesUnseen;
  runtime::Instance *recorded = nullptr;
  Imports imports;
  /// Between calls of the guest; others stand on it.
  Frame base;
  Frame *top = &base;
  uint64_t callCount = 0;
  /// Why nothing is written any more.
  Status state;
  Status lastInner;
  /// The current event and its bytes, kept for their room.
  Event event;
  std::vector<uint8_t> payload;
  Clock::time_point lastState = {};
  Clock::duration stateCost = {};
};

} // namespace w2n::record
