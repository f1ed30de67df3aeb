// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// `run --record`: the record of the program that this process runs.
#pragma once

#include "runtime/record/Recorder.h"
#include "tools/wasm2native/CommandLine.h"

namespace w2n::tool {

struct RecordRequest {
  std::string file; ///< empty: nothing is recorded
  uint64_t maxBytes = record::RecorderOptions().maxBytes;
};

/// Errors: for usageError.
std::expected<RecordRequest, std::string> readRecordOptions(const CommandLine &line);

/// Begins the record of `module`, which is to be instantiated with the boundary that is returned.
/// `arguments` are the program's, its name first. Errors: as Recorder::create.
Result<std::shared_ptr<runtime::Boundary>>
startRecording(const RecordRequest &request, const runtime::Module &module,
               const runtime::InstanceOptions &instance, const std::string &program,
               const std::vector<std::string> &options, const std::vector<std::string> &arguments);

/// Ends it, if there is one; says if it is not complete.
void finishRecording();

} // namespace w2n::tool
