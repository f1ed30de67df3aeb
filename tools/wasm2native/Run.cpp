// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasm2native run: a WASI command, or one exported function.
#include "runtime/component/Component.h"
#include "runtime/core/CoreDump.h"
#include "runtime/core/Instance.h"
#include "runtime/core/Interrupt.h"
#include "runtime/core/ProfileFile.h"
#include "runtime/core/StoreHeap.h"
#include "runtime/wasi/ThreadGroup.h"
#include "runtime/wasi/WasiContext.h"
#include "runtime/wasi/p2/HttpClient.h"
#include "runtime/wasi/p2/State.h"
#include "tools/wasm2native/AttachedProgram.h"
#include "tools/wasm2native/CheckpointRun.h"
#include "tools/wasm2native/CodegenOptions.h"
#include "tools/wasm2native/Diagnostics.h"
#include "tools/wasm2native/DirectoryNote.h"
#include "tools/wasm2native/Help.h"
#include "tools/wasm2native/ImportHints.h"
#include "tools/wasm2native/LimitOptions.h"
#include "tools/wasm2native/LoadModule.h"
#include "tools/wasm2native/Observers.h"
#include "tools/wasm2native/RunComponent.h"
#include "tools/wasm2native/RunRequest.h"
#include "tools/wasm2native/Subcommands.h"
#include "tools/wasm2native/Values.h"
#include "tools/wasm2native/WasiOptions.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <mutex>

namespace w2n::tool {

using runtime::Instance;

namespace {

constexpr OptionRow runRows[] = {
    {"f,invoke,function", "NAME",
     "call this export with the arguments as its parameters; print its results. Of a component: a "
     "call, 'f(\"a\", {b: 1})'",
     "Run"},
    {"preload", "NAME=FILE", "instantiate FILE first; its exports are imports of module NAME",
     "Run"},
    {"unknown-imports", "HOW", "error (default), or trap: when called, not before", "Run"},
    {"heap-stats", nullptr, "print at the end what collecting garbage came to", "Run"},
    {"cpu-level", "CPU",
     "of an artifact for several processors, run the code for this one (default: the last that "
     "this machine can run)",
     "Run"},
    cacheFolderRow,
    cacheSizeRow,
    trustedKeysRow,
    remoteUrlRow,
    remoteModeRow,
    remoteTokenRow,
    remoteTimeoutRow,
    remoteUnsignedRow,
    {"no-cache", nullptr, "compile a WebAssembly module into memory, always", "Cache"},
    {"tier", nullptr,
     "start a module that is not in the cache at once, from code of -O0, and compile it (-O3, or "
     "as -O says) in the background for the next start",
     "Cache"},
    {"profile-file", "FILE",
     "where to add what a module made with --profile-generate counts (default: "
     "default.proftext, or WASM2NATIVE_PROFILE_FILE)",
     "Run"},
    {"coredump", "FILE",
     "after a trap, write the stack, memories and globals of the program as a WebAssembly core "
     "dump",
     "Run"},
    checkpointRow,
    everyRow,
    {"q,quiet", nullptr, "no notes and warnings", "Run"},
    {"h,help", nullptr, "print this", "Help"},
};

constexpr Example runExamples[] = {
    {"wasm2native run prog.wasm input.txt", "a program with an argument"},
    {"wasm2native run --dir data::/data:ro prog.so /data/x", "it may read what is in ./data"},
    {"wasm2native run --invoke add mod.wasm 1 2", "an exported function"},
    {"wasm2native run --invoke 'greet(\"Ada\")' comp.wasm", "a function of a component"},
    {"wasm2native run --timeout 2s --max-memory 64M prog.so", "with limits"},
};
} // namespace

constinit const CommandSpec runSpec = {
    .name = "wasm2native run",
    .usage = "[OPTION...] FILE [ARGUMENT...]",
    .summary =
        "Runs a compiled module, or a WebAssembly module, which is compiled once and kept in the "
        "cache.",
    .options = runRows,
    .sharedOptions = codegenOptions,
    .furtherOptions = wasiOptions,
    .limitOptions = limitOptions,
    .observerOptions = observerOptions,
    .epilogue =
        "\nOptions come before FILE; everything after it is the program's. The exit status is "
        "the program's,\n1 if it could not be run, 2 for a wrong command line, 124 after the "
        "timeout, "
        "134 after a trap.\n",
    .examples = runExamples};

namespace {

/// Adds what modules count to a file when the program ends, however it does.
class ProfileWriter {
public:
  void add(std::shared_ptr<const runtime::Module> module, const std::string &path) {
    if (!module->profileCounters())
      return;
    file = path;
    modules.push_back(std::move(module));
  }
  /// Other threads may still run.
  void write() {
    artifact::Profile profile;
    for (const auto &module : modules)
      profile.add(module->profileCounters()->collect());
    if (modules.empty())
      return;
    if (auto written = runtime::addToProfileFile(profile, file); !written)
      printWarning("no profile is written: " + written.error().text);
  }

private:
  std::string file;
  std::vector<std::shared_ptr<const runtime::Module>> modules;
};

ProfileWriter &profileWriter() {
  static ProfileWriter writer;
  return writer;
}

DirectoryNote &directoryNote() {
  static DirectoryNote note;
  return note;
}

bool hasFailed(const Status &status) {
  return !status && (status.error().kind == ErrorKind::Trap ||
                     (status.error().kind == ErrorKind::Exit && status.error().code != 0));
}

/// Ends the process. Where threads do at the same time, the first one decides how.
[[noreturn]] void endProgram(const std::string &file, const Status &status) {
  static std::mutex ending;
  ending.lock();
  profileWriter().write();
  finishObservers();
  const int exitStatus = status ? 0 : reportError(file, status.error());
  if (hasFailed(status))
    if (const std::string note = directoryNote().text(); !note.empty())
      fprintf(stderr, "wasm2native: note: %s\n", printable(note).c_str());
  exitNow(exitStatus);
}

/// The instances so far: the WASI functions, and the preloaded modules by name.
class World {
public:
  explicit World(std::shared_ptr<wasi::WasiContext> wasi) : wasi(std::move(wasi)) {}

  const std::shared_ptr<wasi::WasiContext> &wasiContext() const { return wasi; }

  Result<std::shared_ptr<const runtime::Module>> load(const std::string &file,
                                                      const RunRequest &request) {
    W2N_TRY(module, loadFile(file, request));
    profileWriter().add(module, request.profileFile);
    // The handler of samples must not be what makes it.
    if (request.observers.samples())
      (void)module->unwindTable();
    return module;
  }

  Result<std::shared_ptr<Instance>> instantiate(const std::string &file,
                                                std::shared_ptr<const runtime::Module> module,
                                                const RunRequest &request) {
    if (!module->metadata().component().empty())
      return fail(ErrorKind::Unsupported, "a component cannot be preloaded");
    auto instance = instantiateModule(file, module, request);
    if (!instance && !request.isQuiet)
      explainUnknownImports(*module, instance.error());
    return instance;
  }

  /// Once what runs is compiled.
  Status startClock(const RunRequest &request) {
    return request.timeout && !clock ? startClock(*request.timeout) : Status();
  }

  void add(const std::string &name, std::shared_ptr<Instance> instance) {
    preloads.emplace_back(name, std::move(instance));
  }

  void printHeapStats() const;

private:
  static Result<std::shared_ptr<const runtime::Module>> loadFile(const std::string &file,
                                                                 const RunRequest &request) {
    if (!request.attached || file != request.file)
      return loadModule(file, request.compile, request.cache, request.load);
    if (request.cache.trusted)
      return fail(ErrorKind::Unsupported,
                  "--trusted-keys is about files that are loaded, and this program is in its own");
    // The system trusts the program's own code, too: nothing is added up at every start.
    runtime::LoadOptions load = request.load;
    load.verify = runtime::LoadOptions::Verify::Structure;
    load.fileOffset = request.attached->artifactOffset;
    load.fileBytes = request.attached->artifactBytes;
    return runtime::Module::loadDescriptor(request.attached->descriptor, file, load);
  }
  Result<std::shared_ptr<Instance>> instantiateModule(const std::string &file,
                                                      std::shared_ptr<const runtime::Module> module,
                                                      const RunRequest &request) {
    W2N_CHECK(startClock(request));
    // Threads are instances of their own, which cannot share those of other modules.
    if (preloads.empty() && wasi::ThreadGroup::isFor(*module))
      return instantiateWithThreads(file, module, request);
    auto resolve = [this](std::string_view module, std::string_view name, wasm::ExternKind kind) {
      return find(module, name, kind);
    };
    if (!heap && module->usesHeap()) {
      W2N_TRY(made, runtime::StoreHeap::create({.maxBytes = request.instance.limits.maxHeapBytes}));
      heap = std::move(made);
    }
    runtime::InstanceOptions options = request.instance;
    options.heap = heap;
    return Instance::instantiate(module, resolve, options);
  }

  /// From the first instance on: compiling takes no time of the program's.
  Status startClock(std::chrono::nanoseconds timeout) {
    W2N_TRY(interrupt, runtime::Interrupt::create(runtime::Interrupt::Clock::now() + timeout));
    clock.emplace(std::move(interrupt));
    return {};
  }

  /// For a module with threads; they link as the main thread's instance does.
  Result<std::shared_ptr<Instance>>
  instantiateWithThreads(const std::string &file, std::shared_ptr<const runtime::Module> module,
                         const RunRequest &request) {
    auto onEnd = [file](const Error &error) { endProgram(file, std::unexpected(error)); };
    auto resolve = [wasi = wasi](std::string_view module, std::string_view name,
                                 wasm::ExternKind kind) { return wasi->find(module, name, kind); };
    runtime::InstanceOptions options = request.instance;
    options.budget = std::make_shared<runtime::HostBudget>(options.limits.maxHostBytes);
    W2N_TRY(threads, wasi::ThreadGroup::create(module, {.resolver = resolve,
                                                        .instance = options,
                                                        .onEnd = onEnd,
                                                        .trace = wasi->trace(),
                                                        .maxThreads = request.maxThreads}));
    auto resolveAll = [&threads](std::string_view module, std::string_view name,
                                 wasm::ExternKind kind) {
      return threads->find(module, name, kind);
    };
    return Instance::instantiate(module, resolveAll, options);
  }

  std::optional<runtime::Extern> find(std::string_view module, std::string_view name,
                                      wasm::ExternKind kind) {
    for (auto &[preloadName, instance] : preloads)
      if (preloadName == module)
        if (auto found = instance->findExport(name))
          return found;
    return wasi->find(module, name, kind);
  }

  std::optional<runtime::InterruptScope> clock;
  std::shared_ptr<wasi::WasiContext> wasi;
  /// The heap of all modules which have objects; null if none has.
  std::shared_ptr<runtime::StoreHeap> heap;
  std::vector<std::pair<std::string, std::shared_ptr<Instance>>> preloads;
};

void World::printHeapStats() const {
  const heap::HeapStats stats = heap ? heap->objects().stats() : heap::HeapStats();
  fprintf(stderr,
          "heap: %" PRIu64 " bytes allocated, %" PRIu64 " in use, %" PRIu64
          " live after the last of %" PRIu64 " collections, which took %" PRIu64
          " us, at most %" PRIu64 " us\n",
          stats.allocatedBytes, stats.usedBytes, stats.liveBytes, stats.collections,
          stats.totalPauseNs / 1000, stats.maxPauseNs / 1000);
}

std::shared_ptr<runtime::Function> findFunction(Instance &instance, std::string_view name) {
  auto found = instance.findExport(name);
  auto *function = found ? std::get_if<std::shared_ptr<runtime::Function>>(&*found) : nullptr;
  return function ? *function : nullptr;
}

/// Whether an export has no parameters and results.
Status checkPlain(const runtime::Function &function, const char *name) {
  if (!function.type.params.empty() || !function.type.results.empty())
    return fail(ErrorKind::Link, std::string("export '") + name + "' has type " +
                                     toString(function.type) + ", must be [] -> []");
  return {};
}

/// A WASI reactor wants `_initialize` before anything else of it is called.
Status initializeReactor(Instance &instance) {
  auto initialize = findFunction(instance, "_initialize");
  if (!initialize)
    return {};
  W2N_CHECK(checkPlain(*initialize, "_initialize"));
  return runtime::call(*initialize, {});
}

Status runCommand(Instance &instance, CheckpointRun *checkpoints) {
  auto start = findFunction(instance, "_start");
  if (!start)
    return fail(ErrorKind::Link,
                "no exported function '_start': not a WASI command; --invoke calls another export");
  W2N_CHECK(checkPlain(*start, "_start"));
  return checkpoints ? checkpoints->run(instance, start.get()) : runtime::call(*start, {});
}

/// Calls the export `name` with `arguments` as its parameters and prints its results, one to a
/// line.
Status invokeExport(Instance &instance, const std::string &name, std::span<char *const> arguments) {
  W2N_CHECK(initializeReactor(instance));
  auto function = findFunction(instance, name);
  if (!function)
    return fail(ErrorKind::Link, "no exported function '" + name + "'");
  const wasm::FunctionType &type = function->type;
  if (arguments.size() != type.params.size())
    return fail(ErrorKind::Invalid, "'" + name + "' has type " + toString(type) + " but " +
                                        countText(arguments.size(), "argument") +
                                        (arguments.size() == 1 ? " was given" : " were given"));
  std::vector<runtime::Slot> slots;
  for (size_t index = 0; index < arguments.size(); ++index)
    W2N_CHECK(parseValue(type.params[index], arguments[index], slots));
  slots.resize(std::max(slots.size(), wasm::slotsOf(type.results)));
  W2N_CHECK(runtime::call(*function, slots));
  std::span<const runtime::Slot> results = slots;
  for (wasm::ValueType result : type.results) {
    printf("%s\n", formatValue(result, results).c_str());
    results = results.subspan(result.slots());
  }
  return {};
}

/// A component, which has nothing to do with preloaded modules.
Status runWithHost(World &world, std::shared_ptr<const runtime::Module> module,
                   const RunRequest &request, std::span<char *const> arguments) {
  if (request.invoke && !arguments.empty())
    return fail(ErrorKind::Invalid,
                "arguments of a component's function are given with it: --invoke 'f(1, \"a\")'");
  auto host = std::make_shared<runtime::HostInterfaces>();
  std::shared_ptr<wasi::p2::HttpClient> httpClient;
  if (!request.wasi.httpHosts.empty()) {
    W2N_TRY(client, wasi::p2::HttpClient::create({.hosts = request.wasi.httpHosts}));
    httpClient = std::move(client);
  }
  W2N_CHECK(wasi::p2::define(*host, world.wasiContext(), std::move(httpClient)));
  W2N_CHECK(world.startClock(request));
  return runComponent(std::move(module), std::move(host), request.instance, request.invoke);
}

/// Has the program's instance observed, if that is asked for.
Status observe(RunRequest &request, const runtime::Module &module) {
  if (!request.observers.any())
    return {};
  record::Header header;
  header.limits = request.instance.limits;
  header.fuel = request.instance.fuel;
  header.program = request.file;
  header.options = request.options;
  header.arguments = request.wasi.arguments;
  W2N_TRY(boundary, startObservers(request.observers, module, std::move(header)));
  request.instance.boundary = std::move(boundary);
  return {};
}

/// Errors: Unsupported, for a run whose tasks take turns, which observers do not follow.
Status checkObservable(const RunRequest &request, std::shared_ptr<const runtime::Module> module) {
  if (!request.observers.any() || module->metadata().component().empty())
    return {};
  W2N_TRY(component, runtime::Component::create(std::move(module)));
  if (component->world().concurrency.services.empty())
    return {};
  return fail(ErrorKind::Unsupported, "a component with asynchronous functions cannot be recorded, "
                                      "profiled, traced as JSON or given to a plug-in yet");
}

/// The core dump that was asked for, if `error` is a trap.
void dumpCore(const RunRequest &request, Instance &instance, const Error &error) {
  if (request.coreDumpFile.empty() || error.kind != ErrorKind::Trap)
    return;
  const Status written =
      runtime::writeCoreDump(error, instance, request.file, request.coreDumpFile);
  if (!written)
    printWarning("no core dump is written: " + written.error().text);
}

/// Prepares checkpoints before the program's instance is made; null if there are to be none.
Result<std::unique_ptr<CheckpointRun>>
prepareCheckpoints(RunRequest &request, std::optional<SavedRun> saved,
                   std::shared_ptr<const runtime::Module> &module,
                   const std::shared_ptr<wasi::WasiContext> &context) {
  if (saved) {
    W2N_TRY(run, CheckpointRun::resume(request, std::move(saved->folder),
                                       std::move(saved->checkpoint), module, context));
    return std::make_unique<CheckpointRun>(std::move(run));
  }
  if (!request.checkpoint)
    return nullptr;
  W2N_TRY(run, CheckpointRun::begin(request, module, context));
  return std::make_unique<CheckpointRun>(std::move(run));
}

int runRequest(RunRequest &request, std::span<char *const> arguments,
               std::optional<SavedRun> saved = {}) {
  if (!request.isQuiet)
    directoryNote().watch(request.wasi);
  auto context = wasi::WasiContext::create(request.wasi);
  if (!context)
    return reportError(request.file, context.error());
  World world(*context);
  // All of them first: instances may start threads, and deadlines are not about compiling.
  std::vector<std::shared_ptr<const runtime::Module>> preloaded;
  const auto load = [&](const std::string &file) {
    auto module = world.load(file, request);
    if (!module)
      endProgram(file, std::unexpected(module.error()));
    return std::move(*module);
  };
  for (const Preload &preload : request.preloads)
    preloaded.push_back(load(preload.file));
  // A run that goes on has its artifact with the checkpoint.
  auto module = saved ? nullptr : load(request.file);
  for (size_t i = 0; i < preloaded.size(); ++i) {
    const Preload &preload = request.preloads[i];
    auto instance = world.instantiate(preload.file, preloaded[i], request);
    Status ready = instance ? initializeReactor(**instance) : std::unexpected(instance.error());
    if (!ready)
      endProgram(preload.file, ready);
    world.add(preload.name, *instance);
  }
  auto checkpoints = prepareCheckpoints(request, std::move(saved), module, *context);
  if (!checkpoints)
    endProgram(request.file, std::unexpected(checkpoints.error()));
  Status ready = checkObservable(request, module);
  if (ready)
    ready = observe(request, *module);
  if (!ready)
    return reportError(request.file, ready.error());
  if (!module->metadata().component().empty())
    endProgram(request.file, runWithHost(world, module, request, arguments));
  auto instance = world.instantiate(request.file, module, request);
  if (!instance)
    endProgram(request.file, std::unexpected(instance.error()));
  Status status = request.invoke ? invokeExport(**instance, *request.invoke, arguments)
                                 : runCommand(**instance, checkpoints->get());
  if (auto fuel = (*instance)->fuel(); fuel && request.compile.remark)
    request.compile.remark(request.compile.user, ("fuel left: " + std::to_string(*fuel)).c_str());
  if (request.heapStats)
    world.printHeapStats();
  if (!status)
    dumpCore(request, **instance, status.error());
  endProgram(request.file, status);
}

/// The program's own arguments, without one -- before them.
std::span<char *const> withoutDashes(std::span<char *const> arguments) {
  const bool hasDashes = !arguments.empty() && std::string_view(arguments[0]) == "--";
  return arguments.subspan(hasDashes ? 1 : 0);
}

/// Runs `file`, or `attached` under that name, as `options` say. Returns the exit status.
int runFile(std::span<char *const> options, const char *file, std::span<char *const> arguments,
            const AttachedProgram *attached) {
  CommandLine line;
  // Most programs are started without options, and start faster without cxxopts.
  if (!options.empty()) {
    auto parsed = CommandLine::parse(runSpec, options);
    if (!parsed)
      return usageError(runSpec, parsed.error());
    line = std::move(*parsed);
  }
  if (line.has("help"))
    return printHelp(runSpec);
  auto request = readRunRequest(line);
  if (!request)
    return usageError(runSpec, request.error());
  if (!file)
    return usageError(runSpec, "no input file");
  request->file = file;
  request->attached = attached;
  request->options.assign(options.begin(), options.end());
  request->wasi.arguments = {line.value("arg0", request->file)};
  request->wasi.arguments.insert(request->wasi.arguments.end(), arguments.begin(), arguments.end());
  return runRequest(*request, arguments);
}

} // namespace

int runSaved(RunRequest &request, SavedRun saved) {
  return runRequest(request, {}, std::move(saved));
}

int runAttached(const AttachedProgram &program, const char *name,
                std::span<char *const> arguments) {
  std::vector<char *> words = wordsOf(program.options);
  if (program.takesOptions) {
    const size_t count = countLeadingOptions(runSpec, arguments);
    words.insert(words.end(), arguments.begin(), arguments.begin() + ptrdiff_t(count));
    arguments = withoutDashes(arguments.subspan(count));
  }
  return runFile(words, name, arguments, &program);
}

int runMain(std::span<char *const> arguments) {
  const size_t optionCount = countLeadingOptions(runSpec, arguments);
  const std::span<char *const> rest = arguments.subspan(optionCount);
  const char *const file = rest.empty() ? nullptr : rest[0];
  return runFile(arguments.first(optionCount), file,
                 withoutDashes(rest.subspan(rest.empty() ? 0 : 1)), nullptr);
}

} // namespace w2n::tool
