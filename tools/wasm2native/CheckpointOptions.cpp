// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/CheckpointOptions.h"

#include "tools/wasm2native/Duration.h"

#include <charconv>

namespace w2n::tool {

namespace {

std::expected<checkpoint::Interval, std::string> readInterval(const CommandLine &line) {
  checkpoint::Interval interval;
  if (!line.has("every"))
    return interval;
  const std::string text = line.value("every");
  const char *textEnd = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), textEnd, interval.calls);
  if (end == textEnd && (error != std::errc() || interval.calls == 0))
    return std::unexpected("--every is '" + text +
                           "', but a number of calls is at least 1, and "
                           "has 64 bits");
  if (end == textEnd)
    return interval;
  interval.calls = 0;
  auto time = parseDuration(text);
  if (!time)
    return std::unexpected("--every is " + time.error());
  interval.time = *time;
  return interval;
}

} // namespace

std::expected<std::optional<CheckpointRequest>, std::string>
readCheckpointOptions(const CommandLine &line) {
  if (!line.has("checkpoint")) {
    if (line.has("every"))
      return std::unexpected("--every needs --checkpoint");
    return std::nullopt;
  }
  CheckpointRequest request;
  request.directory = line.value("checkpoint");
  if (request.directory.empty())
    return std::unexpected("--checkpoint needs a directory");
  for (const char *option : {"preload", "invoke", "trusted-keys"})
    if (line.has(option))
      return std::unexpected(std::string("--checkpoint and --") + option + " exclude each other");
  auto interval = readInterval(line);
  if (!interval)
    return std::unexpected(interval.error());
  request.interval = *interval;
  return request;
}

} // namespace w2n::tool
