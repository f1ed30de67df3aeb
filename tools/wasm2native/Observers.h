// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Observers of the calls between the program that this process runs and its host: `run --record`,
// --profile-host, --flame-graph, --profile-sample, --plugin, and --trace=json of the sandbox's
// options.
#pragma once

#include "runtime/record/Recorder.h"
#include "tools/wasm2native/CommandLine.h"

namespace w2n::tool {

inline constexpr OptionRow observerOptions[] = {
    {"record", "FILE",
     "write all that comes to the program from outside to FILE, a new one, for 'replay'",
     "Observing"},
    {"record-limit", "BYTES", "the most that the record may have; default 64G", "Observing"},
    {"profile-host", nullptr,
     "print at the end how often each function of the host was called, by whom, and how long it "
     "took",
     "Observing"},
    {"flame-graph", "FILE",
     "write the time of guest and host by stacks: for speedscope if FILE ends in .json, else "
     "folded, a line for each",
     "Observing"},
    {"profile-sample", "FILE",
     "write where the program's processor time went, by samples of its stack, as --flame-graph "
     "does",
     "Observing"},
    {"plugin", "LIBRARY[=OPTIONS]",
     "let a plug-in see each call of the host, deny, answer or delay it; the first one comes first",
     "Observing"},
};

struct ObserverRequest {
  std::string recordFile; ///< empty: no record
  uint64_t maxRecordBytes = record::RecorderOptions().maxBytes;
  bool profilesHost = false;
  std::string flameGraphFile; ///< empty: none
  std::string sampleFile;     ///< empty: none
  bool tracesJson = false;
  std::vector<std::string> plugins; ///< LIBRARY[=OPTIONS]

  bool any() const {
    return profiles() || !recordFile.empty() || tracesJson || samples() || !plugins.empty();
  }
  bool samples() const { return !sampleFile.empty(); }
  bool profiles() const { return profilesHost || !flameGraphFile.empty(); }
};

/// Errors: for usageError.
std::expected<ObserverRequest, std::string> readObserverOptions(const CommandLine &line);

/// The boundary to instantiate `module` with; null if nothing observes it. `header` has what a
/// record says of the run. Errors: as Recorder::create; Unsupported for programs with threads.
Result<std::shared_ptr<runtime::Boundary>> startObservers(const ObserverRequest &request,
                                                          const runtime::Module &module,
                                                          record::Header header);

/// Ends the record and plug-ins, and writes the profiles, if there are any; says what is wrong with
/// them.
void finishObservers();

} // namespace w2n::tool
