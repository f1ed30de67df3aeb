// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/record/Interposer.h"

#include "runtime/core/Wait.h"
#include "runtime/record/CallText.h"
#include "runtime/record/Event.h"

#include <cstring>
#include <dlfcn.h>

namespace w2n::record {

using runtime::Function;
using runtime::Instance;
using runtime::Slot;

/// An imported function, for the calls of it.
struct Interposer::Target {
  NameOfImport name;
  Import import;
};

namespace {

std::string textOf(const char (&text)[W2N_PLUGIN_TEXT_BYTES]) {
  return std::string(text, strnlen(text, sizeof(text)));
}

Status waitFor(uint64_t ns) {
  using Clock = runtime::Wait::Clock;
  const auto most = std::chrono::nanoseconds(std::chrono::hours(24 * 365));
  const auto delay = std::min<std::chrono::nanoseconds>(
      std::chrono::nanoseconds(std::min<uint64_t>(ns, INT64_MAX)), most);
  const auto deadline = Clock::now() + delay;
  while (Clock::now() < deadline)
    if (runtime::wait({.deadline = deadline}) == runtime::WaitEnd::Interrupted &&
        runtime::isInterrupted())
      return std::unexpected(runtime::interruptError());
  return {};
}

} // namespace

Result<std::shared_ptr<Interposer>> Interposer::open(const std::string &path,
                                                     const std::string &options,
                                                     std::shared_ptr<Boundary> below) {
  // Not one of the system's.
  const std::string file = path.find('/') == path.npos ? "./" + path : path;
  void *library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return fail(ErrorKind::Io, std::string("cannot open the plug-in: ") + dlerror());
  auto *start = reinterpret_cast<decltype(&w2n_plugin_start)>(dlsym(library, "w2n_plugin_start"));
  if (!start)
    return fail(ErrorKind::Invalid, "'" + path + "' is no plug-in: it has no w2n_plugin_start");
  w2n_plugin plugin = {};
  char error[W2N_PLUGIN_TEXT_BYTES] = {};
  const uint32_t version = start(options.c_str(), &plugin, error);
  if (version == 0)
    return fail(ErrorKind::Invalid, "the plug-in '" + path + "' does not start: " + textOf(error));
  if (version != W2N_PLUGIN_VERSION)
    return fail(ErrorKind::Unsupported, "the plug-in '" + path + "' is of version " +
                                            std::to_string(version) + ", must be of " +
                                            std::to_string(W2N_PLUGIN_VERSION));
  return std::make_shared<Interposer>(plugin, std::move(below));
}

void Interposer::end() {
  const std::lock_guard guard(lock);
  if (plugin.end)
    plugin.end(plugin.user);
  plugin = {};
}

Result<std::shared_ptr<Function>> Interposer::imported(Instance &instance, uint32_t index,
                                                       const std::shared_ptr<Function> &function) {
  auto target = std::make_shared<Target>();
  target->name = nameOfImport(instance, index);
  target->import.params = masksOf(function->type.params);
  target->import.results = masksOf(function->type.results);
  W2N_TRY(seen, importedBelow(instance, index, function));
  target->import.function = std::move(seen);
  auto interposed = runtime::makeHostFunction(
      function->type, [this, target](runtime::Caller caller, std::span<Slot> slots) {
        return callHost(*target, caller, slots);
      });
  interposed->writes = function->writes;
  return interposed;
}

Status Interposer::decide(const Target &target, const w2n_plugin_call &call, std::span<Slot> slots,
                          bool &isAnswered) {
  w2n_plugin_decision decision = {};
  w2n_plugin_action action = W2N_PLUGIN_CONTINUE;
  {
    const std::shared_lock guard(lock);
    if (plugin.before)
      action = plugin.before(plugin.user, &call, &decision);
  }
  if (decision.delay_ns != 0)
    W2N_CHECK(waitFor(decision.delay_ns));
  switch (action) {
  case W2N_PLUGIN_CONTINUE:
    return {};
  case W2N_PLUGIN_TRAP:
    return fail(ErrorKind::Trap, "denied by a plug-in: " + textOf(decision.text));
  case W2N_PLUGIN_ANSWER:
    break;
  }
  const std::vector<uint64_t> &results = target.import.results;
  if (results.size() != 1 || results[0] == 0)
    return fail(ErrorKind::Trap, "a plug-in answers " + target.name.module + "." +
                                     target.name.name + ", whose result is not one number");
  slots[0] = decision.result & results[0];
  isAnswered = true;
  return {};
}

Status Interposer::callHost(const Target &target, runtime::Caller caller, std::span<Slot> slots) {
  std::vector<uint64_t> arguments, results;
  copyMasked(slots, target.import.params, arguments);
  w2n_plugin_call call = {};
  call.module = target.name.module.c_str();
  call.name = target.name.name.c_str();
  call.arguments = arguments.data();
  call.argument_count = arguments.size();
  auto showMemory = [&] {
    const std::span<uint8_t> memory = caller.memory();
    call.memory = memory.data();
    call.memory_bytes = memory.size();
  };
  showMemory();
  bool isAnswered = false;
  W2N_CHECK(decide(target, call, slots, isAnswered));
  if (isAnswered)
    return {};
  Status status;
  std::string text;
  const auto begin = std::chrono::steady_clock::now();
  {
    CallText traced;
    status = target.import.function->host(caller, slots);
    text = std::move(traced.text);
  }
  // For what is around this one.
  noteCallText(text);
  call.ns = uint64_t(std::chrono::nanoseconds(std::chrono::steady_clock::now() - begin).count());
  const std::string error = status ? "" : describe(outcomeOf(status));
  if (status) {
    copyMasked(slots, target.import.results, results);
    call.results = results.data();
    call.result_count = results.size();
  } else {
    call.error = error.c_str();
  }
  call.text = text.empty() ? nullptr : text.c_str();
  showMemory();
  const std::shared_lock guard(lock);
  if (plugin.after)
    plugin.after(plugin.user, &call);
  return status;
}

} // namespace w2n::record
