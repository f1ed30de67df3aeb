// A progress bar for compiles that take long, on a terminal only.
#pragma once

#include <chrono>
#include <cstdint>

namespace w2n::tool {

/// Draws on standard error once a second has passed, and clears the line when destroyed. Calls must
/// not overlap.
class Progress {
public:
  Progress();
  ~Progress();
  Progress(const Progress &) = delete;
  Progress &operator=(const Progress &) = delete;

  void update(uint32_t done, uint32_t total);

private:
  using Clock = std::chrono::steady_clock;
  bool onTerminal;
  bool drawn = false;
  Clock::time_point nextDraw;
};

} // namespace w2n::tool
