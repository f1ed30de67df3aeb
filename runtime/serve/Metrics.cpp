// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/serve/Metrics.h"

#include <algorithm>
#include <cstdio>

namespace w2n::serve {

namespace {

std::string number(double value) {
  char text[32];
  snprintf(text, sizeof(text), "%g", value);
  return text;
}

void append(std::string &text, std::string_view name, std::string_view type, std::string_view help,
            std::string value) {
  text.append("# HELP wasm2native_").append(name).append(" ").append(help);
  text.append("\n# TYPE wasm2native_").append(name).append(" ").append(type);
  text.append("\nwasm2native_").append(name).append(" ").append(value).append("\n");
}

} // namespace

void Metrics::noteAnswer(unsigned status, std::chrono::nanoseconds time) {
  ++answers[std::min<size_t>(status / 100, answers.size() - 1)];
  const double seconds = double(time.count()) / 1e9;
  ++durations[size_t(std::ranges::lower_bound(bounds, seconds) - bounds.begin())];
  totalNs += uint64_t(time.count());
}

std::string Metrics::text(uint32_t running, uint32_t waiting) const {
  std::string text;
  append(text, "connections_total", "counter", "Connections accepted.",
         std::to_string(connections));
  append(text, "connections_open", "gauge", "Connections open.", std::to_string(openConnections));
  append(text, "instances_running", "gauge", "Instances that run.", std::to_string(running));
  append(text, "requests_waiting", "gauge", "Requests that wait for an instance.",
         std::to_string(waiting));
  append(text, "traps_total", "counter", "Requests whose guest trapped.", std::to_string(traps));
  append(text, "timeouts_total", "counter", "Requests that took too long.",
         std::to_string(timeouts));
  append(text, "refused_total", "counter", "Requests that were refused because too many waited.",
         std::to_string(refused));
  append(text, "malformed_total", "counter", "Requests that were no HTTP.",
         std::to_string(malformed));
  append(text, "failed_handshakes_total", "counter", "Connections without a handshake of TLS.",
         std::to_string(failedHandshakes));
  append(text, "received_bytes_total", "counter", "Bytes received.", std::to_string(receivedBytes));
  append(text, "sent_bytes_total", "counter", "Bytes sent.", std::to_string(sentBytes));
  text += "# HELP wasm2native_requests_total Requests answered, by class of status.\n"
          "# TYPE wasm2native_requests_total counter\n";
  for (size_t digit = 2; digit < answers.size(); ++digit)
    text += "wasm2native_requests_total{status=\"" + std::to_string(digit) + "xx\"} " +
            std::to_string(answers[digit]) + "\n";
  text += "# HELP wasm2native_request_seconds Time from a request's head to its answer's end.\n"
          "# TYPE wasm2native_request_seconds histogram\n";
  uint64_t sum = 0;
  for (size_t index = 0; index < durations.size(); ++index) {
    sum += durations[index];
    text += "wasm2native_request_seconds_bucket{le=\"" +
            (index < bounds.size() ? number(bounds[index]) : "+Inf") + "\"} " +
            std::to_string(sum) + "\n";
  }
  text += "wasm2native_request_seconds_sum " + number(double(totalNs) / 1e9) +
          "\nwasm2native_request_seconds_count " + std::to_string(sum) + "\n";
  return text;
}

} // namespace w2n::serve
