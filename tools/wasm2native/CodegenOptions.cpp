// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/CodegenOptions.h"

#include "lib/support/File.h"
#include "lib/wasm/Features.h"
#include "tools/wasm2native/CacheOptions.h"
#include "tools/wasm2native/Diagnostics.h"
#include "tools/wasm2native/Duration.h"
#include "tools/wasm2native/Progress.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace w2n::tool {

using compiler::BoundsChecks;
using compiler::OptimizationLevel;
using compiler::SpeculationMasks;

namespace {

constexpr Choice<OptimizationLevel> levels[] = {
    {"0", OptimizationLevel::O0}, {"1", OptimizationLevel::O1}, {"2", OptimizationLevel::O2},
    {"3", OptimizationLevel::O3}, {"s", OptimizationLevel::Os}, {"z", OptimizationLevel::Os}};
constexpr Choice<BoundsChecks> boundsChecks[] = {{"guard", BoundsChecks::Guard},
                                                 {"explicit", BoundsChecks::Explicit}};

constexpr Choice<ProgressMode> progressModes[] = {{"auto", ProgressMode::Automatic},
                                                  {"bar", ProgressMode::Bar},
                                                  {"lines", ProgressMode::Lines},
                                                  {"none", ProgressMode::None}};
constexpr Choice<SpeculationMasks> speculationMasks[] = {{"tables", SpeculationMasks::Tables},
                                                         {"all", SpeculationMasks::All},
                                                         {"none", SpeculationMasks::None}};
constexpr Choice<compiler::Meter> meters[] = {{"fuel", compiler::Meter::Fuel}};

std::expected<unsigned, std::string> readJobs(const CommandLine &line) {
  std::string text = line.value("jobs", "0");
  unsigned jobs = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), jobs);
  constexpr unsigned maxJobs = 1024;
  if (error != std::errc() || *end != 0 || jobs > maxJobs || (jobs == 0 && line.has("jobs")))
    return std::unexpected("--jobs is '" + text + "', must be a number from 1 to " +
                           std::to_string(maxJobs));
  return jobs;
}

std::expected<void, std::string> readCompileLimits(const CommandLine &line,
                                                   compiler::CompileOptions &options) {
  const std::pair<const char *, uint64_t &> sizes[] = {
      {"max-compile-memory", options.maxMemoryBytes}, {"max-artifact", options.maxArtifactBytes}};
  for (auto &[option, limit] : sizes) {
    if (!line.has(option))
      continue;
    auto bytes = cache::parseSize(line.value(option), ("--" + std::string(option)).c_str());
    if (!bytes)
      return std::unexpected(bytes.error().text);
    limit = *bytes;
  }
  if (!line.has("max-compile-time"))
    return {};
  auto duration = parseDuration(line.value("max-compile-time"));
  if (!duration)
    return std::unexpected("--max-compile-time: " + duration.error());
  // 0 would be no limit.
  options.maxTimeMs = std::max<uint64_t>(
      1, uint64_t(std::chrono::ceil<std::chrono::milliseconds>(*duration).count()));
  return {};
}

std::expected<void, std::string> readProfileOptions(const CommandLine &line,
                                                    compiler::CompileOptions &options) {
  options.generatesProfile = line.has("profile-generate");
  if (!line.has("profile-use"))
    return {};
  if (options.generatesProfile)
    return std::unexpected("--profile-generate and --profile-use cannot be given together");
  options.profileName = line.value("profile-use");
  auto bytes = readFile(options.profileName);
  if (!bytes)
    return std::unexpected("--profile-use: " + bytes.error().text);
  if (bytes->empty())
    return std::unexpected("--profile-use: '" + options.profileName + "' is empty");
  options.profile = std::move(*bytes);
  return {};
}

} // namespace

std::expected<compiler::CompileOptions, std::string> readCodegenOptions(const CommandLine &line) {
  compiler::CompileOptions options;
  W2N_TRY(level, choose(line, "O", options.level, levels));
  W2N_TRY(checks, choose(line, "bounds-checks", options.boundsChecks, boundsChecks));
  W2N_TRY(meter, choose(line, "meter", options.meter, meters));
  W2N_TRY(masks, choose(line, "speculation-masks", options.speculationMasks, speculationMasks));
  W2N_TRY(jobs, readJobs(line));
  W2N_TRY(progress, choose(line, "progress", ProgressMode::Automatic, progressModes));
  setProgressMode(progress);
  options.level = level;
  options.boundsChecks = checks;
  options.meter = meter;
  options.speculationMasks = masks;
  options.threads = jobs;
  options.strictTrapState = line.has("strict-trap-state");
  options.deterministic = line.has("deterministic");
  W2N_CHECK(readCompileLimits(line, options));
  W2N_CHECK(readProfileOptions(line, options));
  options.warning = printWarning;
  options.reportsTime = line.has("time-report");
  options.reportsCode = line.has("report");
  options.report = [](const std::string &text) { fputs(printable(text, "\n").c_str(), stderr); };
  if (line.has("verbose"))
    options.remark = [](const std::string &text) {
      fprintf(stderr, "%s\n", printable(text, "\n").c_str());
    };
  options.cpu = line.value("mcpu");
  options.attributes = line.value("mattr");
  options.features = line.value("features");
  if (auto features = wasm::parseFeatures(options.features); !features)
    return std::unexpected("--features: " + features.error().text +
                           "; 'wasm2native --features=help' lists them");
  return options;
}

} // namespace w2n::tool
