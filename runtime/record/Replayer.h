// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Runs a recorded program again without its host: what the record says is what its calls return.
// Calls and their arguments are compared with the record, and the memories where it has a hash; the
// first difference ends the replay.
#pragma once

#include "runtime/core/Boundary.h"
#include "runtime/record/Event.h"
#include "runtime/record/Header.h"
#include "runtime/record/Imports.h"
#include "runtime/record/Log.h"

#include <functional>

namespace w2n::record {

/// Why a replay ended.
enum class ReplayEnd : uint8_t {
  Complete,    ///< the whole run was the same
  RecordEnds,  ///< all that was written was the same: the recording process was killed
  Interrupted, ///< the same up to the last call before a deadline or another thread ended the run
  Stopped,     ///< where the caller wanted it to
  Diverged,
  Damaged,
};

struct ReplayResult {
  ReplayEnd end = ReplayEnd::Complete;
  /// For people: what was found, and what the record has. Empty if complete.
  std::string text;
  uint64_t calls = 0, states = 0;
  /// How the recorded run ended, once its last call of the guest has left.
  Outcome outcome;
};

/// A point at which a replay can be looked at: the guest calls the host, or has trapped.
struct ReplayStop {
  runtime::Instance &instance;
  /// From 1; of a trap, that of the last call.
  uint64_t call;
  /// The function's name; empty at a trap.
  std::string name;
  std::span<const uint64_t> arguments;
  /// The guest's backtrace, a line for each frame.
  std::string backtrace;
  /// The error of a trap, else null.
  const Error *trap;
};

struct ReplayOptions {
  /// Looks at every call before the guest gets its results, and at traps; true ends the replay.
  /// May be empty.
  std::function<bool(const ReplayStop &)> stopAt = {};
  /// Is told of every call that has returned, without its backtrace. May be empty.
  std::function<void(const ReplayStop &, std::span<const runtime::Slot> results)> returned = {};
};

/// Threads: one.
class Replayer final : public runtime::Boundary {
public:
  /// `log` is the file. Errors: Malformed.
  static Result<std::shared_ptr<Replayer>> open(std::vector<uint8_t> log);
  const Header &header() const { return recordHeader; }

  /// Runs `module` once. Errors: Invalid (it is not what was recorded), and those of instantiating
  /// it that are no difference to the record.
  Result<ReplayResult> run(std::shared_ptr<const runtime::Module> module, ReplayOptions options);

  Result<std::shared_ptr<runtime::Function>>
  imported(runtime::Instance &instance, uint32_t index,
           const std::shared_ptr<runtime::Function> &function) override;
  void exported(runtime::Instance &, uint32_t, runtime::Function &) override {}
  void instantiated(runtime::Instance &instance, const Status &status) override;
  void wrote(const runtime::MemoryRange &) override {}

private:
  explicit Replayer(std::vector<uint8_t> log) : log(std::move(log)) {}
  Status readHeader();

  Status callHost(uint32_t index, const Import &import, runtime::Caller caller,
                  std::span<runtime::Slot> slots);
  Status takeResults(const Import &import, const Event &event, std::span<runtime::Slot> slots);
  Status runEntries(runtime::Instance &instance);
  Status enterGuest(runtime::Instance &instance, const Event &entry);
  Status checkLeaving(const Event &leaving, const Status &status, const runtime::Function &shape,
                      std::span<const runtime::Slot> slots);
  void tellReturned(const Import &import, runtime::Instance &running,
                    std::span<const uint64_t> arguments, std::span<const runtime::Slot> slots);
  Status applyWrites(runtime::Instance &instance, const std::vector<MemoryWrite> &writes);
  Status checkStates(runtime::Instance &instance);
  Status checkState(runtime::Instance &instance, const Event &event);
  Status stopBeforeInterrupt();

  /// The next event, which stays the next one; null where the record ends, or is damaged, which
  /// `end` then says.
  const Event *peek();
  void consume() { ahead.reset(); }
  /// Ends the replay; the error leaves the guest.
  std::unexpected<Error> end(ReplayEnd how, std::string text);
  std::unexpected<Error> diverge(const std::string &found, const std::string &wanted);
  std::unexpected<Error> endOfRecord();
  Status checkEnd();
  std::string position() const;

  const std::vector<uint8_t> log;
  std::optional<LogReader> reader;
  Header recordHeader;
  std::optional<Event> ahead;
  ReplayOptions options;
  Imports imports;
  runtime::Instance *instance = nullptr;
  bool hasEnded = false;
  ReplayResult result;
  Status lastInner;
};

} // namespace w2n::record
