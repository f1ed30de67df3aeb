// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The source of values of wasi:config that are not fixed when the guest starts.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace w2n::wasi {

using ConfigValues = std::vector<std::pair<std::string, std::string>>;

/// Threads: any. Errors: a text for the guest.
class ConfigSource {
public:
  virtual ~ConfigSource() = default;
  virtual std::expected<std::optional<std::string>, std::string> get(const std::string &name) = 0;
  virtual std::expected<ConfigValues, std::string> list() = 0;
};

} // namespace w2n::wasi
