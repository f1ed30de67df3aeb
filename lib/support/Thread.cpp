// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/support/Thread.h"

namespace w2n {

void *Thread::run(void *thread) {
  static_cast<Thread *>(thread)->work();
  return nullptr;
}

bool Thread::start(std::function<void()> given) {
  work = std::move(given);
  isStarted = pthread_create(&handle, nullptr, run, this) == 0;
  return isStarted;
}

void Thread::join() {
  if (isStarted)
    pthread_join(handle, nullptr);
  isStarted = false;
}

} // namespace w2n
