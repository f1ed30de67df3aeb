// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasm2native warm: compiles modules into the cache before anybody asks for them.
#include "lib/support/ControlGroup.h"
#include "tools/wasm2native/CacheOptions.h"
#include "tools/wasm2native/CodegenOptions.h"
#include "tools/wasm2native/Diagnostics.h"
#include "tools/wasm2native/Help.h"
#include "tools/wasm2native/PrintJson.h"
#include "tools/wasm2native/Subcommands.h"
#include "tools/wasm2native/Table.h"
#include "tools/wasm2native/WarmJobs.h"

#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace w2n::tool {

using Json = nlohmann::ordered_json;

namespace {

constexpr OptionRow warmRows[] = {
    {"target", "LIST",
     "x86_64, aarch64, riscv64 or triples, separated by commas or given again (default: this "
     "machine)",
     "Code"},
    {"memory-budget", "BYTES",
     "compile as much at a time as fits, by estimate: 512M, 8G (default: what is free)", "Warm"},
    cacheFolderRow,
    cacheSizeRow,
    {"trusted-keys", "FILE",
     "take from a remote cache what one of the public keys in FILE signed, or --sign-key", "Trust"},
    {"sign-key", "FILE", "sign what is in the cache at the end with this secret key", "Trust"},
    remoteUrlRow,
    remoteModeRow,
    remoteTokenRow,
    remoteTimeoutRow,
    remoteUnsignedRow,
    {"json", nullptr, "print JSON instead of a table", "Output"},
    {"h,help", nullptr, "print this", "Help"},
};

constexpr Example warmExamples[] = {
    {"wasm2native warm modules/", "every module in a folder, for this machine"},
    {"wasm2native warm --target=x86_64,aarch64 -O3 mod.wasm", "for other machines, too"},
};
} // namespace

constinit const CommandSpec warmSpec = {
    .name = "wasm2native warm",
    .usage = "[OPTION...] PATH...",
    .summary = "Compiles WebAssembly modules into the cache, so that running them does not.",
    .options = warmRows,
    .sharedOptions = codegenOptions,
    .epilogue =
        "\nPATH is a module, a folder (all *.wasm in it and below), or '-': a list on standard "
        "input.\nEach module is compiled for each --target and, where --mcpu is given more than "
        "once, each --mcpu.\nWithout either it is for this processor; with --target alone, for the "
        "target's baseline.\nThe exit status is 0 only if everything is in the cache.\n",
    .examples = warmExamples};

namespace {

const char *stateName(WarmJob::State state) {
  switch (state) {
  case WarmJob::State::Waiting:
    return "waiting";
  case WarmJob::State::Hit:
    return "hit";
  case WarmJob::State::Compiled:
    return "compiled";
  case WarmJob::State::Failed:
    return "failed";
  }
  __builtin_unreachable();
}

std::vector<std::string> splitAtCommas(const std::vector<std::string> &lists) {
  std::vector<std::string> words;
  for (const std::string &list : lists)
    for (size_t begin = 0; begin <= list.size();) {
      const size_t end = std::min(list.find(',', begin), list.size());
      words.push_back(list.substr(begin, end - begin));
      begin = end + 1;
    }
  return words;
}

std::vector<MachineKind> machinesOf(const CommandLine &line) {
  std::vector<std::string> targets = splitAtCommas(line.values("target"));
  std::vector<std::string> processors = line.values("mcpu");
  if (processors.empty())
    processors = {targets.empty() ? "native" : ""};
  if (targets.empty())
    targets = {""};
  std::vector<MachineKind> machines;
  for (const std::string &target : targets)
    for (const std::string &processor : processors)
      machines.push_back({target, processor});
  return machines;
}

/// Looks for the artifacts that should be in the cache: others, or this run, may have evicted them.
void requirePresence(cache::Store &store, std::vector<WarmJob> &jobs) {
  for (WarmJob &job : jobs) {
    if (job.state != WarmJob::State::Hit && job.state != WarmJob::State::Compiled)
      continue;
    auto found = store.find(job.key);
    if (found && *found)
      continue;
    job.state = WarmJob::State::Failed;
    job.error = found ? "removed again: the cache is too small (--cache-size)" : found.error().text;
  }
}

size_t countOf(const std::vector<WarmJob> &jobs, WarmJob::State state) {
  return size_t(std::count_if(jobs.begin(), jobs.end(),
                              [state](const WarmJob &job) { return job.state == state; }));
}

void printJobs(const std::vector<WarmJob> &jobs, double seconds) {
  std::vector<std::vector<std::string>> table = {
      {"MODULE", "TARGET", "CPU", "RESULT", "SECONDS", "WASM", "ARTIFACT", ""}};
  for (const WarmJob &job : jobs) {
    char time[32];
    snprintf(time, sizeof(time), "%.2f", job.seconds);
    const bool isThere = job.state != WarmJob::State::Failed;
    table.push_back({job.path, job.machine.target.empty() ? "host" : job.machine.target,
                     job.machine.processor.empty() ? "baseline" : job.machine.processor,
                     stateName(job.state), time, sizeText(job.wasmBytes),
                     isThere ? sizeText(job.artifactBytes) : "-", job.error});
  }
  printTable(table);
  printf("%s: %zu compiled, %zu in the cache before, %zu failed; %.2f s\n",
         countText(jobs.size(), "artifact").c_str(), countOf(jobs, WarmJob::State::Compiled),
         countOf(jobs, WarmJob::State::Hit), countOf(jobs, WarmJob::State::Failed), seconds);
}

void printJsonOfJobs(const std::vector<WarmJob> &jobs, double seconds, const std::string &folder) {
  Json list = Json::array();
  for (const WarmJob &job : jobs) {
    Json entry = {{"module", job.path},           {"target", job.machine.target},
                  {"cpu", job.machine.processor}, {"result", stateName(job.state)},
                  {"seconds", job.seconds},       {"wasmBytes", job.wasmBytes}};
    if (job.state == WarmJob::State::Failed)
      entry["error"] = job.error;
    else
      entry.update({{"artifactBytes", job.artifactBytes}, {"key", hexOf(job.key)}});
    list.push_back(std::move(entry));
  }
  const Json all = {{"folder", folder},
                    {"seconds", seconds},
                    {"compiled", countOf(jobs, WarmJob::State::Compiled)},
                    {"hits", countOf(jobs, WarmJob::State::Hit)},
                    {"failed", countOf(jobs, WarmJob::State::Failed)},
                    {"artifacts", std::move(list)}};
  printJson(all);
}

/// The key that signs, and those whose artifacts it may sign as well.
struct Signer {
  SecretKey secret;
  std::shared_ptr<const signing::TrustedKeys> trusted;
};

Result<Signer> readSigner(const std::string &path,
                          const std::shared_ptr<const signing::TrustedKeys> &trusted) {
  W2N_TRY(secret, signing::readSecretKey(path));
  const PublicKey key = secret.publicKey();
  auto keys = trusted ? trusted->with(key) : signing::TrustedKeys::of(key);
  return Signer{std::move(secret), std::make_shared<signing::TrustedKeys>(std::move(keys))};
}

/// Removes what must not be signed, and has it compiled: somebody else's machine code, which came
/// from a remote cache before, would have our signature.
void compileAgainUnlessSignable(cache::ModuleCache &cache, std::vector<WarmJob> &jobs,
                                const Signer &signer) {
  for (WarmJob &job : jobs) {
    if (job.state != WarmJob::State::Hit || cache.maySign(job.key, *signer.trusted))
      continue;
    const auto lock = cache.store().lock(job.key, cache.store().longestWait());
    cache.store().discard(job.key);
    job.state = WarmJob::State::Waiting;
  }
}

/// Signs the artifacts that are in the cache if there is a `signer`, and stores them remotely if
/// that is wanted; jobs whose artifacts cannot be have failed.
void signAndPush(cache::ModuleCache &cache, std::vector<WarmJob> &jobs, const Signer *signer) {
  const Status identity = cache.pushIdentity(signer ? &signer->secret : nullptr);
  for (WarmJob &job : jobs) {
    if (job.state != WarmJob::State::Hit && job.state != WarmJob::State::Compiled)
      continue;
    Status done = signer ? cache.sign(job.key, signer->secret, *signer->trusted) : Status();
    if (done)
      done = identity ? cache.push(job.key) : identity;
    if (!done) {
      job.state = WarmJob::State::Failed;
      job.error = done.error().text;
    }
  }
}

int warm(const CommandLine &line, const CacheChoice &choice, const w2n_compile_options &options,
         const WarmLimits &limits) {
  const auto begin = std::chrono::steady_clock::now();
  std::optional<Signer> signer;
  if (line.has("sign-key")) {
    auto read = readSigner(line.value("sign-key"), choice.trusted);
    if (!read)
      return reportError(line.value("sign-key"), read.error());
    signer.emplace(std::move(*read));
  }
  auto store = openStore(choice);
  if (!store)
    return reportError("cache", store.error());
  const auto cache = cacheOn(std::move(*store));
  if (choice.remote) {
    cache::RemoteOptions remote = *choice.remote;
    if (signer)
      remote.trusted = signer->trusted;
    cache->useRemote(std::move(remote));
  }
  std::vector<WarmJob> jobs =
      planJobs(*cache, findModules(line.positional()), machinesOf(line), options);
  if (signer)
    compileAgainUnlessSignable(*cache, jobs, *signer);
  runJobs(*cache, jobs, options, limits);
  requirePresence(cache->store(), jobs);
  signAndPush(*cache, jobs, signer ? &*signer : nullptr);
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (line.has("json"))
    printJsonOfJobs(jobs, seconds, cache->store().folder());
  else
    printJobs(jobs, seconds);
  return countOf(jobs, WarmJob::State::Failed) == 0 ? 0 : int(exitError);
}

} // namespace

int warmMain(std::span<char *const> arguments) {
  auto line = CommandLine::parse(warmSpec, arguments);
  if (!line)
    return usageError(warmSpec, line.error());
  if (line->has("help"))
    return printHelp(warmSpec);
  auto options = readCodegenOptions(*line);
  if (!options)
    return usageError(warmSpec, options.error());
  WarmLimits limits = {options->threads ? options->threads : usableProcessors(), availableMemory()};
  if (line->has("memory-budget")) {
    auto budget = cache::parseSize(line->value("memory-budget"), "--memory-budget");
    if (!budget)
      return usageError(warmSpec, budget.error().text);
    limits.memoryBytes = *budget;
  }
  if (line->positional().empty())
    return usageError(warmSpec, "no modules");
  if (line->has("sign-key") && line->has("remote-cache-unsigned"))
    return usageError(warmSpec, "--sign-key signs nothing that came unsigned from a remote cache: "
                                "--remote-cache-unsigned goes without it");
  auto choice = readCacheOptions(*line);
  if (!choice)
    return usageError(warmSpec, choice.error());
  return warm(*line, *choice, *options, limits);
}

} // namespace w2n::tool
