// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/Observers.h"

#include "lib/support/File.h"
#include "runtime/cache/Settings.h"
#include "runtime/record/HostProfile.h"
#include "runtime/record/Interposer.h"
#include "runtime/record/JsonTrace.h"
#include "runtime/record/Sampler.h"
#include "runtime/wasi/ThreadGroup.h"
#include "tools/wasm2native/CacheOptions.h"
#include "tools/wasm2native/Diagnostics.h"

#include <climits>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

namespace w2n::tool {

namespace {

struct Observers {
  ObserverRequest request;
  std::string program;
  std::shared_ptr<record::Recorder> recorder;
  std::shared_ptr<record::HostProfile> profile;
  std::shared_ptr<record::Sampler> sampler;
  std::vector<std::shared_ptr<record::Interposer>> plugins;
};

Observers &observers() {
  static Observers observers;
  return observers;
}

/// So that a replay finds the program from another directory.
std::string absolutePath(const std::string &path) {
  char resolved[PATH_MAX];
  return realpath(path.c_str(), resolved) ? resolved : path;
}

/// Before `boundary`, the last of them first.
Result<std::shared_ptr<runtime::Boundary>>
startPlugins(Observers &observers, std::shared_ptr<runtime::Boundary> boundary) {
  const std::vector<std::string> &plugins = observers.request.plugins;
  for (auto text = plugins.rbegin(); text != plugins.rend(); ++text) {
    const size_t equals = text->find('=');
    const std::string options = equals == text->npos ? "" : text->substr(equals + 1);
    W2N_TRY(plugin, record::Interposer::open(text->substr(0, equals), options, boundary));
    observers.plugins.push_back(plugin);
    boundary = std::move(plugin);
  }
  return boundary;
}

/// Writes the stacks of a HostProfile or a Sampler.
template <typename Stacks>
void writeStacks(const Stacks &stacks, const std::string &program, const std::string &file) {
  const std::string text =
      file.ends_with(".json") ? stacks.speedscope(program) : stacks.foldedStacks();
  const auto written =
      writeFileAtomically(file, {reinterpret_cast<const uint8_t *>(text.data()), text.size()});
  if (!written)
    printWarning("no flame graph is written: " + written.error().text);
}

} // namespace

std::expected<ObserverRequest, std::string> readObserverOptions(const CommandLine &line) {
  ObserverRequest request;
  request.profilesHost = line.has("profile-host");
  request.tracesJson = line.value("trace") == "json";
  const std::pair<const char *, std::string &> files[] = {{"record", request.recordFile},
                                                          {"flame-graph", request.flameGraphFile},
                                                          {"profile-sample", request.sampleFile}};
  for (const auto &[option, file] : files) {
    file = line.value(option);
    if (line.has(option) && file.empty())
      return std::unexpected("--" + std::string(option) + " needs a file");
  }
  request.plugins = line.values("plugin");
  if (line.has("record-limit")) {
    auto bytes = cache::parseSize(line.value("record-limit"), "--record-limit");
    if (!bytes)
      return std::unexpected(bytes.error().text);
    request.maxRecordBytes = *bytes;
  }
  if (!request.recordFile.empty() && line.has("preload"))
    return std::unexpected("--record and --preload exclude each other: a record is of one module");
  if (!request.recordFile.empty() && !request.plugins.empty())
    return std::unexpected("--record and --plugin exclude each other: a replay has no plug-in");
  return request;
}

Result<std::shared_ptr<runtime::Boundary>> startObservers(const ObserverRequest &request,
                                                          const runtime::Module &module,
                                                          record::Header header) {
  Observers &all = observers();
  all.request = request;
  all.program = header.program;
  header.program = absolutePath(header.program);
  if (!request.recordFile.empty()) {
    W2N_TRY(recorder, record::Recorder::create(
                          module, std::move(header),
                          {.path = request.recordFile, .maxBytes = request.maxRecordBytes}));
    all.recorder = std::move(recorder);
  }
  std::shared_ptr<runtime::Boundary> boundary = all.recorder;
  if ((request.profiles() || request.samples()) && wasi::ThreadGroup::isFor(module))
    return fail(ErrorKind::Unsupported, "--profile-host, --flame-graph and --profile-sample are "
                                        "not for programs with threads");
  if (request.profiles()) {
    boundary = all.profile = std::make_shared<record::HostProfile>(boundary);
  }
  if (request.samples()) {
    W2N_TRY(sampler, record::Sampler::create(boundary));
    boundary = all.sampler = std::move(sampler);
  }
  W2N_TRY(interposed, startPlugins(all, std::move(boundary)));
  boundary = std::move(interposed);
  if (request.tracesJson)
    boundary = std::make_shared<record::JsonTrace>(
        boundary, [](std::string_view text) { writeLine(STDERR_FILENO, text); });
  return boundary;
}

void finishObservers() {
  const Observers &all = observers();
  if (all.recorder)
    if (const Status finished = all.recorder->finish(); !finished)
      printWarning("the record of the run is not complete: " + finished.error().text);
  if (all.sampler) {
    all.sampler->stop();
    writeStacks(*all.sampler, all.program, all.request.sampleFile);
  }
  for (const auto &plugin : all.plugins)
    plugin->end();
  if (!all.profile)
    return;
  if (all.request.profilesHost)
    fputs(printable(all.profile->table(), "\n").c_str(), stderr);
  if (!all.request.flameGraphFile.empty())
    writeStacks(*all.profile, all.program, all.request.flameGraphFile);
}

} // namespace w2n::tool
