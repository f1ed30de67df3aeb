// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A thread that the system may deny: std::thread ends a process without exceptions then.
#pragma once

#include <functional>
#include <pthread.h>

namespace w2n {

class Thread {
public:
  Thread() = default;
  ~Thread() { join(); }
  Thread(const Thread &) = delete;
  Thread &operator=(const Thread &) = delete;

  /// Runs `work` on a new thread; false if the system denies one (a limit of processes, a filter of
  /// calls). Once for each object.
  bool start(std::function<void()> work);
  /// Waits until `work` is done; nothing if there is no thread.
  void join();

private:
  static void *run(void *thread);

  std::function<void()> work;
  pthread_t handle = {};
  bool isStarted = false;
};

} // namespace w2n
