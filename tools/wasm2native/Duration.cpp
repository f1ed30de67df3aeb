// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/Duration.h"

#include <charconv>
#include <string_view>

namespace w2n::tool {

namespace {

struct Unit {
  std::string_view name;
  double seconds;
};
constexpr Unit units[] = {{"", 1}, {"us", 1e-6}, {"ms", 1e-3}, {"s", 1}, {"m", 60}, {"h", 3600}};

} // namespace

std::expected<std::chrono::nanoseconds, std::string> parseDuration(const std::string &text) {
  constexpr double maxSeconds = 1000.0 * 24 * 3600;
  double number = 0;
  const char *textEnd = text.data() + text.size();
  auto [end, error] = std::from_chars(text.data(), textEnd, number, std::chars_format::fixed);
  if (error == std::errc())
    for (const Unit &unit : units) {
      const double seconds = number * unit.seconds;
      if (unit.name == std::string_view(end, textEnd) && seconds >= 0 && seconds <= maxSeconds)
        return std::chrono::nanoseconds(int64_t(seconds * 1e9));
    }
  return std::unexpected("'" + text +
                         "', must be a number and us, ms, s, m or h, at most 1000 days");
}

} // namespace w2n::tool
