// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/RunRequest.h"

#include "runtime/cache/Settings.h"
#include "tools/wasm2native/Diagnostics.h"
#include "tools/wasm2native/Duration.h"
#include "tools/wasm2native/Help.h"
#include "tools/wasm2native/Subcommands.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace w2n::tool {

namespace {

std::expected<Preload, std::string> parsePreload(const std::string &text) {
  size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
    return std::unexpected("--preload is '" + text + "', must be NAME=FILE");
  return Preload{text.substr(0, equals), text.substr(equals + 1)};
}

std::expected<runtime::InstanceLimits, std::string> readLimits(const CommandLine &line) {
  runtime::InstanceLimits limits;
  const std::pair<const char *, uint64_t &> options[] = {
      {"max-memory", limits.maxMemoryBytes},
      {"max-table-elements", limits.maxTableElements},
      {"max-heap", limits.maxHeapBytes},
      {"max-stack", limits.maxStackBytes},
      {"max-host-memory", limits.maxHostBytes}};
  for (auto &[option, limit] : options) {
    if (!line.has(option))
      continue;
    auto number = cache::parseSize(line.value(option), ("--" + std::string(option)).c_str());
    if (!number)
      return std::unexpected(number.error().text);
    limit = *number;
  }
  return limits;
}

std::expected<uint64_t, std::string> readCount(const CommandLine &line, const char *option,
                                               uint64_t otherwise) {
  if (!line.has(option))
    return otherwise;
  const std::string text = line.value(option);
  const char *textEnd = text.data() + text.size();
  uint64_t count = 0;
  auto [end, error] = std::from_chars(text.data(), textEnd, count);
  if (error != std::errc() || end != textEnd)
    return std::unexpected("--" + std::string(option) + " is '" + text + "', must be a number");
  return count;
}

std::expected<std::optional<std::chrono::nanoseconds>, std::string>
readTimeout(const CommandLine &line) {
  if (!line.has("timeout"))
    return std::nullopt;
  auto timeout = parseDuration(line.value("timeout"));
  if (!timeout)
    return std::unexpected("--timeout is " + timeout.error());
  return *timeout;
}

std::string profileFileOf(const CommandLine &line) {
  const char *named = getenv("WASM2NATIVE_PROFILE_FILE");
  return line.value("profile-file", named && *named ? named : "default.proftext");
}

/// --tier, and the level that it is for.
std::expected<void, std::string> readTier(const CommandLine &line, RunRequest &request) {
  if (!line.has("tier"))
    return {};
  if (line.has("no-cache"))
    return std::unexpected("--tier and --no-cache cannot be given together");
  if (line.has("trusted-keys"))
    return std::unexpected("--tier and --trusted-keys cannot be given together: what is compiled "
                           "here is not signed, and not kept");
  if (!line.has("O"))
    request.compile.level = W2N_LEVEL_O3;
  request.cache.isTiered = request.compile.level != W2N_LEVEL_O0;
  return {};
}

} // namespace

std::expected<RunRequest, std::string> readRunRequest(const CommandLine &line, bool isResumed) {
  constexpr Choice<bool> unknownImports[] = {{"error", false}, {"trap", true}};
  RunRequest request;
  W2N_TRY(compile, readCodegenOptions(line));
  W2N_TRY(trap, choose(line, "unknown-imports", false, unknownImports));
  request.compile = compile;
  W2N_TRY(cache, readCacheOptions(line));
  request.cache = std::move(cache);
  W2N_CHECK(readTier(line, request));
  request.load.cpu = line.value("cpu-level");
  request.profileFile = profileFileOf(line);
  request.heapStats = line.has("heap-stats");
  request.coreDumpFile = line.value("coredump");
  if (line.has("coredump") && request.coreDumpFile.empty())
    return std::unexpected("--coredump is '', must be the name of a file");
  request.instance.trapOnUnknownImports = trap;
  W2N_TRY(limits, readLimits(line));
  request.instance.limits = limits;
  for (const std::string &text : line.values("preload")) {
    W2N_TRY(preload, parsePreload(text));
    request.preloads.push_back(preload);
  }
  W2N_TRY(wasi, readWasiOptions(line, isResumed));
  request.wasi = std::move(wasi);
  W2N_TRY(maxThreads, readCount(line, "max-threads", request.maxThreads));
  request.maxThreads = uint32_t(std::min<uint64_t>(maxThreads, UINT32_MAX));
  if (line.has("fuel")) {
    W2N_TRY(fuel, readCount(line, "fuel", 0));
    request.instance.fuel = fuel;
    // Code that is compiled here has to count.
    request.compile.meter = W2N_METER_FUEL;
  }
  W2N_TRY(timeout, readTimeout(line));
  request.timeout = timeout;
  W2N_TRY(observers, readObserverOptions(line));
  request.observers = observers;
  request.wasi.describeWrites = observers.any();
  W2N_TRY(checkpoint, readCheckpointOptions(line));
  request.checkpoint = std::move(checkpoint);
  if (request.checkpoint && observers.any())
    return std::unexpected("--checkpoint excludes the options that observe a run");
  request.isQuiet = line.has("quiet");
  setWarnings(!request.isQuiet);
  if (line.has("invoke"))
    request.invoke = line.value("invoke");
  return request;
}

std::vector<char *> wordsOf(std::span<const std::string> options) {
  std::vector<char *> words;
  for (const std::string &option : options)
    words.push_back(const_cast<char *>(option.c_str()));
  return words;
}

std::expected<void, std::string> checkRunOptions(std::span<const std::string> options) {
  const std::vector<char *> words = wordsOf(options);
  W2N_TRY(line, CommandLine::parse(runSpec, words));
  W2N_CHECK(readLimits(line));
  W2N_CHECK(readTimeout(line));
  for (const char *count : {"max-threads", "fuel", "max-open-files"})
    W2N_CHECK(readCount(line, count, 0));
  return {};
}

} // namespace w2n::tool
