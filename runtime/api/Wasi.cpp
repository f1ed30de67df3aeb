// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/api/Handles.h"

using namespace w2n;

namespace {
w2n_error *addRule(std::vector<wasi::NetworkRule> &rules, Result<wasi::NetworkRule> rule) {
  if (!rule)
    return api::toC(std::unexpected(std::move(rule.error())));
  rules.push_back(std::move(*rule));
  return nullptr;
}
} // namespace

w2n_wasi_config *w2n_wasi_config_new(void) {
  auto *config = new w2n_wasi_config;
  w2n_wasi_config_set_streams(config, -1, -1, -1);
  return config;
}

void w2n_wasi_config_free(w2n_wasi_config *config) { delete config; }

void w2n_wasi_config_add_argument(w2n_wasi_config *config, const char *argument) {
  config->options.arguments.emplace_back(argument);
}

w2n_error *w2n_wasi_config_add_variable(w2n_wasi_config *config, const char *name,
                                        const char *value) {
  const std::string text = name;
  if (text.empty() || text.find('=') != std::string::npos)
    return api::toC(
        fail(ErrorKind::Invalid, "variable name '" + text + "' is empty or contains '='"));
  config->options.environment.push_back(text + "=" + value);
  return nullptr;
}

void w2n_wasi_config_set_streams(w2n_wasi_config *config, int input, int output, int error) {
  config->options.standardInput = input;
  config->options.standardOutput = output;
  config->options.standardError = error;
}

void w2n_wasi_config_set_raw_terminal(w2n_wasi_config *config) {
  config->options.rawTerminal = true;
}

void w2n_wasi_config_add_directory(w2n_wasi_config *config, const char *hostPath,
                                   const char *guestPath, bool readOnly) {
  config->options.preopens.push_back({hostPath, guestPath, readOnly});
}

void w2n_wasi_config_add_listener(w2n_wasi_config *config, int descriptor) {
  config->options.listeners.push_back(descriptor);
}

w2n_error *w2n_wasi_config_allow_connections(w2n_wasi_config *config, const char *rule) {
  return addRule(config->options.network.connect, wasi::parseNetworkRule(rule));
}

w2n_error *w2n_wasi_config_allow_listening(w2n_wasi_config *config, const char *rule) {
  return addRule(config->options.network.listen, wasi::parseListenRule(rule));
}

void w2n_wasi_config_allow_lookups(w2n_wasi_config *config) {
  config->options.network.lookUp = true;
}

void w2n_wasi_config_set_no_clock(w2n_wasi_config *config) {
  config->options.clocks = {wasi::ClockMode::None};
}

void w2n_wasi_config_set_frozen_time(w2n_wasi_config *config, uint64_t ns) {
  config->options.clocks = {wasi::ClockMode::Frozen, ns};
}

void w2n_wasi_config_set_seed(w2n_wasi_config *config, uint64_t seed) {
  config->options.seed = seed;
}

void w2n_wasi_config_set_quota(w2n_wasi_config *config, uint64_t bytes) {
  config->options.quotaBytes = bytes;
}

void w2n_wasi_config_set_max_open_files(w2n_wasi_config *config, uint32_t count) {
  config->options.maxOpenFiles = count;
}

void w2n_wasi_config_set_trace(w2n_wasi_config *config,
                               void (*trace)(void *user, const char *line, size_t bytes),
                               void *user) {
  config->options.trace = [trace, user](std::string_view line) {
    trace(user, line.data(), line.size());
  };
}
