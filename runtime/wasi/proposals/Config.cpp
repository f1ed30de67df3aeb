// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/proposals/Config.h"

#include <algorithm>

namespace w2n::wasi::proposals {

namespace {

std::unexpected<ConfigError> upstream(std::string text) {
  return std::unexpected(ConfigError{ConfigError::Upstream{std::move(text)}});
}

const std::string *findValue(const ConfigValues &values, std::string_view name) {
  const auto found =
      std::ranges::find_if(values, [name](const auto &value) { return value.first == name; });
  return found == values.end() ? nullptr : &found->second;
}

} // namespace

ConfigResult<std::optional<std::string>> getConfig(p2::State &state, std::string_view key) {
  if (const std::string *value = findValue(state.wasi->configValues(), key))
    return *value;
  ConfigSource *source = state.wasi->configSource();
  if (!source)
    return std::nullopt;
  auto value = source->get(std::string(key));
  if (!value)
    return upstream(std::move(value.error()));
  return std::move(*value);
}

ConfigResult<std::vector<std::tuple<std::string, std::string>>> getAllConfig(p2::State &state) {
  const ConfigValues &fixed = state.wasi->configValues();
  std::vector<std::tuple<std::string, std::string>> all(fixed.begin(), fixed.end());
  ConfigSource *source = state.wasi->configSource();
  if (!source)
    return all;
  auto further = source->list();
  if (!further)
    return upstream(std::move(further.error()));
  for (auto &[name, value] : *further)
    if (!findValue(fixed, name))
      all.emplace_back(std::move(name), std::move(value));
  return all;
}

} // namespace w2n::wasi::proposals
