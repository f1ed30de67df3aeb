// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Runs of the sample module that are recorded and replayed.
#pragma once

#include "runtime/record/Recorder.h"
#include "runtime/record/Replayer.h"
#include "test/unit/SampleModule.h"

namespace w2n::test {

/// A name in a new directory, which goes with it.
class TemporaryRecord {
public:
  TemporaryRecord();
  ~TemporaryRecord();
  const std::string &path() const { return file; }
  std::vector<uint8_t> read() const;

private:
  std::string directory, file;
};

/// An instance of a module of test/unit whose "env"."host" is `body`, recorded.
class RecordedRun {
public:
  explicit RecordedRun(runtime::HostCallback body,
                       std::vector<uint8_t> artifact = test::buildSample(),
                       uint64_t maxBytes = 1 << 20);
  /// Calls the export `name`; the result's low half.
  Result<uint32_t> call(std::string_view name, uint32_t first = 0, uint32_t second = 0);
  /// The record, complete.
  std::vector<uint8_t> finish();

  TemporaryRecord file;
  std::shared_ptr<const runtime::Module> module;
  std::shared_ptr<record::Recorder> recorder;
  std::shared_ptr<runtime::Instance> instance;
};

/// A run with a call of each kind: the host's results and writes, to the guest and between calls,
/// calls of the guest from the host, and a trap.
std::vector<uint8_t> recordAll();

/// Replays `log` on the sample, or on `artifact`; a log that cannot be opened is damaged.
record::ReplayResult replay(std::vector<uint8_t> log, const record::ReplayOptions &options = {},
                            const std::vector<uint8_t> &artifact = test::buildSample());

/// The events of a sound log, and a log of events. They refer to `log`.
std::vector<record::Event> eventsOf(const std::vector<uint8_t> &log);
std::vector<uint8_t> logOf(const std::vector<record::Event> &events);

} // namespace w2n::test
