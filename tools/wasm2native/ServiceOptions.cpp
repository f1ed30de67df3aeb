// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/ServiceOptions.h"

#include "lib/support/Error.h"
#include "runtime/cache/Settings.h"
#include "tools/wasm2native/Diagnostics.h"
#include "tools/wasm2native/Variables.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <unistd.h>

namespace w2n::tool {

namespace {

template <typename T> using OrText = std::expected<T, std::string>;

/// A value of the command line comes before one of a file.
OrText<wasi::ConfigValues> readConfig(const CommandLine &line) {
  std::vector<std::string> variables;
  for (const std::string &file : line.values("config-file"))
    W2N_CHECK(addFileOfVariables(variables, "config-file", file));
  for (const std::string &text : line.values("config")) {
    if (!isVariable(text))
      return std::unexpected("--config is '" + text + "', must be NAME=VALUE");
    setVariable(variables, text);
  }
  wasi::ConfigValues values;
  for (const std::string &variable : variables) {
    const size_t equals = variable.find('=');
    values.emplace_back(variable.substr(0, equals), variable.substr(equals + 1));
  }
  return values;
}

/// As in RFC 3339, in UTC, with milliseconds.
std::string timeText() {
  timespec now = {};
  clock_gettime(CLOCK_REALTIME, &now);
  tm parts = {};
  gmtime_r(&now.tv_sec, &parts);
  char day[32], text[48];
  strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &parts);
  snprintf(text, sizeof(text), "%s.%03dZ", day, int(now.tv_nsec / 1'000'000));
  return text;
}

/// The start of a text, so that a line of the log has an end.
std::string shortened(std::string_view text, size_t maxBytes) {
  return printable(text.substr(0, maxBytes)) + (text.size() > maxBytes ? "..." : "");
}

void logTo(int descriptor, wasi::LogLevel level, std::string_view context,
           std::string_view message) {
  constexpr size_t maxContextBytes = 1024, maxMessageBytes = 64 << 10;
  std::string line = timeText() + " ";
  line.append(witCases(level)[size_t(level)]).append(" ");
  if (!context.empty())
    line.append(shortened(context, maxContextBytes)).append(": ");
  writeLine(descriptor, line + shortened(message, maxMessageBytes) + "\n");
}

OrText<wasi::LogSink> readLog(const CommandLine &line) {
  if (!line.has("logging"))
    return wasi::LogSink();
  const std::string file = line.value("logging");
  // Stays open.
  const int descriptor =
      file.empty() ? STDERR_FILENO
                   : open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0666);
  if (descriptor < 0)
    return std::unexpected("--logging: cannot open '" + file + "': " + strerror(errno));
  return [descriptor](wasi::LogLevel level, std::string_view context, std::string_view message) {
    logTo(descriptor, level, context, message);
  };
}

/// NAME=WHERE. What is opened is there before the program starts.
OrText<std::vector<wasi::NamedBucket>> readBuckets(const CommandLine &line) {
  w2n_bucket_limits limits = {};
  if (line.has("keyvalue-size")) {
    const auto bytes = cache::parseSize(line.value("keyvalue-size"), "--keyvalue-size");
    if (!bytes)
      return std::unexpected(bytes.error().text);
    limits.max_bytes = *bytes;
  }
  limits = wasi::completeLimits(limits);
  std::vector<wasi::NamedBucket> buckets;
  for (const std::string &text : line.values("keyvalue")) {
    if (!isVariable(text))
      return std::unexpected("--keyvalue is '" + text + "', must be NAME=WHERE");
    const size_t equals = text.find('=');
    const std::string name = text.substr(0, equals);
    if (std::ranges::find(buckets, name, &wasi::NamedBucket::name) != buckets.end())
      return std::unexpected("--keyvalue gives the bucket '" + name + "' twice");
    auto bucket = wasi::openBucket(name, text.substr(equals + 1), limits);
    if (!bucket)
      return std::unexpected("--keyvalue: " + bucket.error().text);
    buckets.push_back({name, std::move(*bucket)});
  }
  return buckets;
}

} // namespace

std::expected<void, std::string> readServiceOptions(const CommandLine &line,
                                                    wasi::WasiOptions &options) {
  W2N_TRY(config, readConfig(line));
  options.configValues = std::move(config);
  W2N_TRY(log, readLog(line));
  options.log = std::move(log);
  W2N_TRY(buckets, readBuckets(line));
  options.buckets = std::move(buckets);
  return {};
}

} // namespace w2n::tool
