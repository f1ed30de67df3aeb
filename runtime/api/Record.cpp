// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "include/wasm2native/record.h"

#include "lib/support/File.h"
#include "runtime/api/ComponentHandles.h"
#include "runtime/api/Handles.h"
#include "runtime/record/Interposer.h"
#include "runtime/record/Recorder.h"
#include "runtime/record/Replayer.h"

using namespace w2n;

struct w2n_record {
  std::shared_ptr<record::Recorder> recorder;
};

namespace {

w2n_error *excludesRecord() {
  return api::toC(
      fail(ErrorKind::Invalid, "records and plug-ins exclude each other: a replay has no plug-in"));
}

/// Between the host and all instances that `linker` makes.
template <typename Linker> w2n_error *interpose(Linker &linker, const w2n_plugin &plugin) {
  if (linker.options.boundary != linker.plugins)
    return excludesRecord();
  linker.plugins = std::make_shared<record::Interposer>(plugin, linker.plugins);
  linker.options.boundary = linker.plugins;
  return nullptr;
}

/// For the next instance that is made with `options`.
w2n_error *startRecord(runtime::InstanceOptions &options, const runtime::Module &module,
                       const record::RecorderOptions &recorderOptions, w2n_record **out) {
  record::Header header;
  header.limits = options.limits;
  header.fuel = options.fuel;
  header.program = module.path();
  auto recorder = record::Recorder::create(module, std::move(header), recorderOptions);
  if (!recorder)
    return new w2n_error{std::move(recorder).error()};
  options.boundary = *recorder;
  *out = new w2n_record{std::move(*recorder)};
  return nullptr;
}

w2n_replay_end endOf(record::ReplayEnd end) {
  switch (end) {
  case record::ReplayEnd::Complete:
  case record::ReplayEnd::Stopped:
    return W2N_REPLAY_COMPLETE;
  case record::ReplayEnd::RecordEnds:
    return W2N_REPLAY_RECORD_ENDS;
  case record::ReplayEnd::Interrupted:
    return W2N_REPLAY_INTERRUPTED;
  case record::ReplayEnd::Diverged:
    return W2N_REPLAY_DIVERGED;
  case record::ReplayEnd::Damaged:
    break;
  }
  return W2N_REPLAY_DAMAGED;
}

Status replay(const char *path, const w2n_module &module, w2n_replay_result &out) {
  W2N_TRY(log, readFile(path));
  W2N_TRY(replayer, record::Replayer::open(std::move(log)));
  W2N_TRY(result, replayer->run(module.module, {}));
  out = {endOf(result.end), result.calls, result.states, {}};
  result.text.copy(out.text, sizeof(out.text) - 1);
  return {};
}

} // namespace

w2n_error *w2n_linker_record(w2n_linker *linker, const w2n_module *module, const char *path,
                             uint64_t maxBytes, w2n_record **out) {
  if (linker->plugins)
    return excludesRecord();
  return startRecord(linker->options, *module->module,
                     {.path = path, .maxBytes = maxBytes, .hostWritesUnseen = true}, out);
}

w2n_error *w2n_component_linker_record(w2n_component_linker *linker, const w2n_component *component,
                                       const char *path, uint64_t maxBytes, w2n_record **out) {
  if (linker->plugins)
    return excludesRecord();
  return startRecord(linker->options, *component->component->module(),
                     {.path = path, .maxBytes = maxBytes}, out);
}

w2n_error *w2n_record_finish(w2n_record *record) { return api::toC(record->recorder->finish()); }

void w2n_record_free(w2n_record *record) { delete record; }

w2n_error *w2n_replay(const char *path, const w2n_module *module, w2n_replay_result *out) {
  return api::toC(replay(path, *module, *out));
}

w2n_error *w2n_linker_interpose(w2n_linker *linker, const w2n_plugin *plugin) {
  return interpose(*linker, *plugin);
}

w2n_error *w2n_component_linker_interpose(w2n_component_linker *linker, const w2n_plugin *plugin) {
  return interpose(*linker, *plugin);
}
