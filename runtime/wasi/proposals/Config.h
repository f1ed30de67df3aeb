// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasi:config/store: values by name, which the host gives.
#pragma once

#include "runtime/wasi/p2/State.h"

namespace w2n::wasi::proposals {

/// An error of wasi:config: the source of the values failed, or reading them.
struct ConfigError {
  struct Upstream {
    std::string value;
  };
  struct Io {
    std::string value;
  };
  std::variant<Upstream, Io> value;
  static constexpr std::array<std::string_view, 2> cases = {"upstream", "io"};
};
template <typename T> using ConfigResult = std::expected<T, ConfigError>;

ConfigResult<std::optional<std::string>> getConfig(p2::State &state, std::string_view key);
ConfigResult<std::vector<std::tuple<std::string, std::string>>> getAllConfig(p2::State &state);

} // namespace w2n::wasi::proposals
