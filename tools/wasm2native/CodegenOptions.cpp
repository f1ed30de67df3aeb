// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/CodegenOptions.h"

#include "lib/support/File.h"
#include "lib/wasm/Features.h"
#include "tools/wasm2native/CacheOptions.h"
#include "tools/wasm2native/Diagnostics.h"
#include "tools/wasm2native/Duration.h"
#include "tools/wasm2native/LoadCompiler.h"
#include "tools/wasm2native/Progress.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace w2n::tool {

namespace {

constexpr Choice<uint32_t> levels[] = {{"0", W2N_LEVEL_O0}, {"1", W2N_LEVEL_O1},
                                       {"2", W2N_LEVEL_O2}, {"3", W2N_LEVEL_O3},
                                       {"s", W2N_LEVEL_OS}, {"z", W2N_LEVEL_OS}};
constexpr Choice<uint32_t> boundsChecks[] = {{"guard", W2N_BOUNDS_CHECKS_GUARD},
                                             {"explicit", W2N_BOUNDS_CHECKS_EXPLICIT}};

constexpr Choice<ProgressMode> progressModes[] = {{"auto", ProgressMode::Automatic},
                                                  {"bar", ProgressMode::Bar},
                                                  {"lines", ProgressMode::Lines},
                                                  {"none", ProgressMode::None}};
constexpr Choice<uint32_t> speculationMasks[] = {{"tables", W2N_SPECULATION_MASKS_TABLES},
                                                 {"all", W2N_SPECULATION_MASKS_ALL},
                                                 {"none", W2N_SPECULATION_MASKS_NONE}};
constexpr Choice<uint32_t> meters[] = {{"fuel", W2N_METER_FUEL}};

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
                                                   w2n_compile_options &options) {
  const std::pair<const char *, uint64_t &> sizes[] = {
      {"max-compile-memory", options.max_memory_bytes},
      {"max-artifact", options.max_artifact_bytes}};
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
  options.max_time_ms = std::max<uint64_t>(
      1, uint64_t(std::chrono::ceil<std::chrono::milliseconds>(*duration).count()));
  return {};
}

std::expected<void, std::string> readProfileOptions(const CommandLine &line,
                                                    w2n_compile_options &options) {
  options.generate_profile = line.has("profile-generate");
  if (!line.has("profile-use"))
    return {};
  if (options.generate_profile)
    return std::unexpected("--profile-generate and --profile-use cannot be given together");
  const std::string name = line.value("profile-use");
  auto bytes = readFile(name);
  if (!bytes)
    return std::unexpected("--profile-use: " + bytes.error().text);
  if (bytes->empty())
    return std::unexpected("--profile-use: '" + name + "' is empty");
  static std::vector<uint8_t> profile;
  profile = std::move(*bytes);
  options.profile = profile.data();
  options.profile_bytes = profile.size();
  options.profile_name = keepText(name);
  return {};
}

} // namespace

std::expected<w2n_compile_options, std::string> readCodegenOptions(const CommandLine &line) {
  w2n_compile_options options = defaultCompileOptions();
  W2N_TRY(level, choose(line, "O", options.level, levels));
  W2N_TRY(checks, choose(line, "bounds-checks", options.bounds_checks, boundsChecks));
  W2N_TRY(meter, choose(line, "meter", options.meter, meters));
  W2N_TRY(masks, choose(line, "speculation-masks", options.speculation_masks, speculationMasks));
  W2N_TRY(jobs, readJobs(line));
  W2N_TRY(progress, choose(line, "progress", ProgressMode::Automatic, progressModes));
  setProgressMode(progress);
  options.level = level;
  options.bounds_checks = checks;
  options.meter = meter;
  options.speculation_masks = masks;
  options.threads = jobs;
  options.strict_trap_state = line.has("strict-trap-state");
  options.deterministic = line.has("deterministic");
  options.debug_info = line.has("debug-info");
  options.sign_return_addresses = line.has("sign-return-addresses");
  W2N_CHECK(readCompileLimits(line, options));
  W2N_CHECK(readProfileOptions(line, options));
  options.warning = [](void *, const char *text) { printWarning(text); };
  options.report_time = line.has("time-report");
  options.report_code = line.has("report");
  options.report = [](void *, const char *text) { fputs(printable(text, "\n").c_str(), stderr); };
  if (line.has("verbose"))
    options.remark = [](void *, const char *text) {
      fprintf(stderr, "%s\n", printable(text, "\n").c_str());
    };
  options.cpu = keepText(line.value("mcpu"));
  options.attributes = keepText(line.value("mattr"));
  options.features = keepText(line.value("features"));
  if (auto features = wasm::parseFeatures(line.value("features")); !features)
    return std::unexpected("--features: " + features.error().text +
                           "; 'wasm2native --features=help' lists them");
  return options;
}

} // namespace w2n::tool
