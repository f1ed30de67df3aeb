// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Threads of tasks that wait, for one another or for the host.

#include "runtime/component/Scheduler.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace w2n::runtime {

using component::CanonTrap;

bool Scheduler::hasBackpressure(const Task &task) const {
  return task.instance->backpressure > 0 ||
         (task.function.needsExclusive() && task.instance->exclusive);
}

bool Scheduler::mayRun(const TaskThread &thread) const {
  return !thread.task.instance->exclusive || thread.next != TaskThread::Next::Callback ||
         thread.fiber;
}

bool Scheduler::isReady(const TaskThread &thread) const {
  if (!thread.isWaiting)
    return false;
  const Condition &condition = thread.condition;
  const auto *object = condition.object.get();
  switch (condition.kind) {
  case Condition::Kind::Always:
    return true;
  case Condition::Kind::Event:
    return static_cast<const Waitable *>(object)->hasEvent;
  case Condition::Kind::EventOfSet:
    return mayRun(thread) && static_cast<const WaitableSet *>(object)->hasEvent();
  case Condition::Kind::Resolved:
    return static_cast<const Subtask *>(object)->isResolved();
  case Condition::Kind::MayRun:
    return mayRun(thread);
  case Condition::Kind::MayEnter:
    return !hasBackpressure(thread.task);
  case Condition::Kind::Host:
    return condition.isReady();
  }
  return false;
}

bool Scheduler::isPromotable(const TaskThread &thread) const {
  return isReady(thread) && (&thread != thread.task.implicitThread ||
                             !thread.task.function.needsExclusive() || thread.fiber);
}

void Scheduler::startWaiting(TaskThread &thread, Condition condition) {
  thread.condition = std::move(condition);
  thread.isWaiting = true;
  waiting.append(thread);
}

void Scheduler::stopWaiting(TaskThread &thread) {
  if (std::exchange(thread.isWaiting, false))
    waiting.remove(thread);
}

/// `only` is the component instance of a synchronous function that blocks: tasks that run alone in
/// it cannot go on before it returns.
bool Scheduler::isCandidate(const TaskThread &thread, const TaskInstance *only) const {
  const Task &task = thread.task;
  // A task of the host is in none.
  if (only && task.instance &&
      (task.instance != only || &thread == only->exclusive ||
       (task.function.needsExclusive() && &thread == task.implicitThread)))
    return false;
  return isReady(thread);
}

bool Scheduler::canRunOthers(const TaskThread &blocked) const {
  for (const TaskThread *thread = waiting.front(); thread; thread = waiting.after(*thread))
    if (thread->task.instance && isCandidate(*thread, blocked.task.instance))
      return true;
  return false;
}

TaskThread *Scheduler::pickReady(const TaskInstance *only, bool hostsOnly) {
  std::vector<TaskThread *> ready;
  for (TaskThread *thread = waiting.front(); thread; thread = waiting.after(*thread)) {
    if (!isCandidate(*thread, only) || (hostsOnly && thread->task.instance))
      continue;
    if (seed == 0)
      return thread;
    ready.push_back(thread);
  }
  return ready.empty() ? nullptr : ready[choose(ready.size())];
}

/// A synchronous function does not return before it is done, so that others run on top of it.
Status Scheduler::runOthers(TaskThread &blocked, TaskThread *next) {
  blocked.isRunning = false;
  for (;;) {
    if (!next)
      next = pickReady(blocked.task.instance);
    if (!next && hostWaitCount != 0) {
      W2N_CHECK(waitForHosts(/*mayBlock=*/true));
      continue;
    }
    if (!next)
      return canonTrap(pickReady(nullptr) ? CanonTrap::Deadlock : CanonTrap::CannotBlock);
    stopWaiting(*next);
    if (next == &blocked) {
      blocked.isRunning = true;
      return {};
    }
    W2N_TRY(after, runOnce(*next));
    next = after;
  }
}

Result<bool> Scheduler::block(bool isCancellable, TaskThread *to) {
  if (ending)
    return endError();
  TaskThread &thread = *running;
  thread.isCancellable = isCancellable;
  if (thread.isNative) {
    const Status ran = runOthers(thread, to);
    // Whatever went wrong, nothing waits for it any more.
    stopWaiting(thread);
    running = &thread;
    W2N_CHECK(ran);
  } else {
    thread.isRunning = false;
    thread.switchTo = to;
    Fiber::park();
  }
  thread.isCancellable = false;
  if (ending)
    return endError();
  return std::exchange(thread.wasCanceled, false);
}

Result<bool> Scheduler::waitUntil(Condition condition, bool isCancellable) {
  if (ending)
    return endError();
  if (!running)
    return canonTrap(CanonTrap::CannotBlock);
  TaskThread &thread = *running;
  if (thread.task.deliverPendingCancel(isCancellable))
    return true;
  const bool mayGoOn = condition.kind != Condition::Kind::Always || (seed != 0 && choose(2) == 1);
  startWaiting(thread, std::move(condition));
  if (mayGoOn && isReady(thread) && choose(2) == 0) {
    stopWaiting(thread);
    return false;
  }
  return block(isCancellable, nullptr);
}

Result<bool> Scheduler::suspend(bool isCancellable, TaskThread *to) {
  if (!running)
    return canonTrap(CanonTrap::CannotBlock);
  if (running->task.deliverPendingCancel(isCancellable))
    return true;
  return block(isCancellable, to);
}

Result<bool> Scheduler::yieldTo(bool isCancellable, TaskThread *to) {
  if (!running)
    return canonTrap(CanonTrap::CannotBlock);
  if (running->task.deliverPendingCancel(isCancellable))
    return true;
  startWaiting(*running, {});
  return block(isCancellable, to);
}

// -- Functions of the host that wait.

WaitEnd Scheduler::waitIn(TaskThread &thread, const Wait &wait) {
  const auto endIt = [] {
    interruptCurrentFiber();
    return WaitEnd::Interrupted;
  };
  const bool isCancellable = thread.task.function.isHost;
  if (ending || thread.isHostCanceled)
    return endIt();
  thread.hostWait = &wait;
  thread.isHostWaitOver = false;
  if (thread.goesAside && hostsGoAside && running == &thread) {
    ++hostWaitCount;
    const auto isCanceled = waitUntil(
        {.kind = Condition::Kind::Host, .isReady = [&thread] { return thread.isHostWaitOver; }},
        isCancellable);
    --hostWaitCount;
    thread.hostWait = nullptr;
    thread.isHostCanceled = isCanceled && *isCanceled;
    if (!isCanceled || *isCanceled)
      return endIt();
  } else {
    // waitInline goes on.
    Fiber::park();
    thread.hostWait = nullptr;
  }
  // The interrupt may be that of who runs the tasks, and not of who began this one.
  return thread.hostWaitEnd == WaitEnd::Interrupted ? endIt() : thread.hostWaitEnd;
}

Status Scheduler::waitInHost(std::function<bool()> isReady) {
  if (!running)
    return canonTrap(CanonTrap::CannotBlock);
  TaskThread &thread = *running;
  const bool isCancellable = thread.task.function.isHost && !thread.isNative;
  W2N_TRY(isCanceled,
          waitUntil({.kind = Condition::Kind::Host, .isReady = std::move(isReady)}, isCancellable));
  if (!isCanceled)
    return {};
  thread.isHostCanceled = true;
  interruptCurrentFiber();
  return std::unexpected(interruptError());
}

/// Waits for all of it at once. Without `mayBlock` it only looks.
Status Scheduler::waitForHosts(bool mayBlock) {
  std::vector<TaskThread *> threads;
  std::vector<pollfd> descriptors;
  WakeToken woken;
  bool hasTokens = false;
  auto deadline = mayBlock ? Wait::Clock::time_point::max() : Wait::Clock::now();
  for (TaskThread *thread = waiting.front(); thread; thread = waiting.after(*thread)) {
    const Wait *const wait = thread->hostWait;
    if (!wait || thread->isHostWaitOver)
      continue;
    threads.push_back(thread);
    descriptors.insert(descriptors.end(), wait->descriptors.begin(), wait->descriptors.end());
    deadline = std::min(deadline, wait->deadline);
    if (wait->token)
      wait->token->attach([](void *all) { static_cast<WakeToken *>(all)->wake(); }, &woken);
    hasTokens |= wait->token != nullptr;
  }
  if (threads.empty())
    return {};
  const WaitEnd end = wait({descriptors, deadline, hasTokens ? &woken : nullptr});
  const int reason = errno;
  const auto now = Wait::Clock::now();
  size_t next = 0;
  for (TaskThread *const thread : threads) {
    const Wait &wait = *thread->hostWait;
    if (wait.token)
      wait.token->detach();
    bool isReady = false;
    for (pollfd &descriptor : wait.descriptors) {
      descriptor.revents = descriptors[next++].revents;
      isReady |= descriptor.revents != 0;
    }
    if (isReady)
      thread->hostWaitEnd = WaitEnd::Ready;
    else if (wait.token && wait.token->isWoken())
      thread->hostWaitEnd = WaitEnd::Woken;
    else if (wait.deadline <= now)
      thread->hostWaitEnd = WaitEnd::Deadline;
    else
      continue;
    thread->isHostWaitOver = true;
  }
  if (end == WaitEnd::Failed)
    return fail(ErrorKind::Io, "cannot wait for events: " + std::string(strerror(reason)));
  // A signal for the host alone changes nothing.
  if (isInterrupted())
    return std::unexpected(interruptError());
  return {};
}

/// A function of the host that waits in a thread that does not go aside parks its fiber alone.
void Scheduler::waitInline(TaskThread &thread) {
  while (thread.fiber && thread.hostWait && !thread.isWaiting) {
    thread.hostWaitEnd = wait(*thread.hostWait);
    thread.fiber->resume();
  }
}

} // namespace w2n::runtime
