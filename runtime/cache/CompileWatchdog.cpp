// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/cache/CompileWatchdog.h"

namespace w2n::cache {

namespace {

constexpr auto timeBetweenLooks = std::chrono::milliseconds(10);

} // namespace

CompileWatchdog::CompileWatchdog(const CompileLimits &limits,
                                 std::function<void(const Error &)> onOverrun)
    : budget(limits, CompileBudget::Slack::ForOneStep), onOverrun(std::move(onOverrun)) {
  if (budget.isLimited())
    (void)thread.start([this] { watch(); });
}

CompileWatchdog::~CompileWatchdog() {
  {
    std::lock_guard lock(mutex);
    isOver = true;
  }
  changed.notify_one();
  thread.join();
}

void CompileWatchdog::watch() {
  std::unique_lock lock(mutex);
  while (!changed.wait_for(lock, timeBetweenLooks, [this] { return isOver; })) {
    const Status status = budget.check();
    if (status)
      continue;
    onOverrun(status.error());
    return;
  }
}

} // namespace w2n::cache
