// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The compiler looks at its limits between two steps. A step can be long, and LLVM cannot be
// stopped in the middle of one; a process whose only purpose is to compile can end.
#pragma once

#include "lib/support/CompileBudget.h"
#include "lib/support/Thread.h"

#include <condition_variable>
#include <functional>
#include <mutex>

namespace w2n::cache {

/// While it exists, looks every few milliseconds whether time or memory are beyond `limits` by more
/// than a step of the compiler should take. Where threads are denied, it does not: the compiler
/// alone looks at its limits then.
class CompileWatchdog {
public:
  /// `onOverrun` is called at most once, on a thread of the watchdog, with the error that the
  /// compiler would have returned; it should end the process.
  CompileWatchdog(const CompileLimits &limits, std::function<void(const Error &)> onOverrun);
  ~CompileWatchdog();
  CompileWatchdog(const CompileWatchdog &) = delete;
  CompileWatchdog &operator=(const CompileWatchdog &) = delete;

private:
  void watch();

  CompileBudget budget;
  const std::function<void(const Error &)> onOverrun;
  std::mutex mutex;
  std::condition_variable changed;
  bool isOver = false; ///< guarded by `mutex`
  Thread thread;       ///< the last member: it uses the others
};

} // namespace w2n::cache
