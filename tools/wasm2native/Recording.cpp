// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/Recording.h"

#include "runtime/cache/Settings.h"
#include "tools/wasm2native/CacheOptions.h"

#include <climits>
#include <cstdlib>

namespace w2n::tool {

namespace {

std::shared_ptr<record::Recorder> &recorder() {
  static std::shared_ptr<record::Recorder> recorder;
  return recorder;
}

/// So that a replay finds the program from another directory.
std::string absolutePath(const std::string &path) {
  char resolved[PATH_MAX];
  return realpath(path.c_str(), resolved) ? resolved : path;
}

} // namespace

std::expected<RecordRequest, std::string> readRecordOptions(const CommandLine &line) {
  RecordRequest request;
  request.file = line.value("record");
  if (line.has("record") && request.file.empty())
    return std::unexpected("--record needs a file");
  if (line.has("record-limit")) {
    auto bytes = cache::parseSize(line.value("record-limit"), "--record-limit");
    if (!bytes)
      return std::unexpected(bytes.error().text);
    request.maxBytes = *bytes;
  }
  if (!request.file.empty() && line.has("preload"))
    return std::unexpected("--record and --preload exclude each other: a record is of one module");
  return request;
}

Result<std::shared_ptr<runtime::Boundary>>
startRecording(const RecordRequest &request, const runtime::Module &module,
               const runtime::InstanceOptions &instance, const std::string &program,
               const std::vector<std::string> &options, const std::vector<std::string> &arguments) {
  record::Header header;
  header.limits = instance.limits;
  header.fuel = instance.fuel;
  header.program = absolutePath(program);
  header.options = options;
  header.arguments = arguments;
  W2N_TRY(made, record::Recorder::create(module, std::move(header),
                                         {.path = request.file, .maxBytes = request.maxBytes}));
  recorder() = made;
  return std::shared_ptr<runtime::Boundary>(made);
}

void finishRecording() {
  if (!recorder())
    return;
  if (const Status finished = recorder()->finish(); !finished)
    printWarning("the record of the run is not complete: " + finished.error().text);
}

} // namespace w2n::tool
