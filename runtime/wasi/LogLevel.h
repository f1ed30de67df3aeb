// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The levels of wasi:logging, and what takes its messages.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string_view>

namespace w2n::wasi {

enum class LogLevel : uint8_t { Trace, Debug, Info, Warn, Error, Critical };

constexpr auto witCases(LogLevel) {
  return std::to_array<std::string_view>({"trace", "debug", "info", "warn", "error", "critical"});
}

/// Gets a message as the guest gave it, on the guest's thread.
using LogSink =
    std::function<void(LogLevel level, std::string_view context, std::string_view message)>;

} // namespace w2n::wasi
