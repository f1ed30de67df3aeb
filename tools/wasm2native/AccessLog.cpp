// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/AccessLog.h"

#include "tools/wasm2native/Diagnostics.h"

#include <cstdio>
#include <ctime>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace w2n::tool {

namespace {

std::string timeText() {
  const time_t now = time(nullptr);
  tm parts;
  gmtime_r(&now, &parts);
  char text[32];
  strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

double milliseconds(const serve::LogRecord &record) { return double(record.time.count()) / 1e6; }

/// A line in which nothing that clients send steers a terminal, or begins a line of its own.
std::string textLine(const serve::LogRecord &record) {
  char numbers[96];
  snprintf(numbers, sizeof(numbers), "%u %llu %llu %.3fms\n", record.status,
           (unsigned long long)record.requestBytes, (unsigned long long)record.responseBytes,
           milliseconds(record));
  return timeText() + " " + std::string(record.remote) + " \"" + printable(record.method) + " " +
         printable(record.target) + "\" " + numbers;
}

std::string jsonLine(const serve::LogRecord &record) {
  const nlohmann::ordered_json line = {{"time", timeText()},
                                       {"remote", record.remote},
                                       {"method", record.method},
                                       {"target", record.target},
                                       {"status", record.status},
                                       {"request_bytes", record.requestBytes},
                                       {"response_bytes", record.responseBytes},
                                       {"ms", milliseconds(record)}};
  return line.dump(-1, ' ', /*ensure_ascii=*/true, nlohmann::json::error_handler_t::replace) + "\n";
}

} // namespace

std::function<void(const serve::LogRecord &)> accessLog(LogFormat format) {
  if (format == LogFormat::None)
    return nullptr;
  return [format](const serve::LogRecord &record) {
    const std::string line = format == LogFormat::Json ? jsonLine(record) : textLine(record);
    // One call for each line: those of other threads do not come between.
    [[maybe_unused]] const ssize_t written = write(STDOUT_FILENO, line.data(), line.size());
  };
}

} // namespace w2n::tool
