// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/component/Scheduler.h"

#include "runtime/core/Instance.h"

#include <algorithm>
#include <utility>

namespace w2n::runtime {

using component::CanonTrap;

namespace {

// A task, its thread, and their entries in lists with the caller.
constexpr uint64_t taskBytes = sizeof(Task) + 4 * HostCharge::allocationBytes;
constexpr uint64_t threadBytes = sizeof(TaskThread) + 4 * HostCharge::allocationBytes;

} // namespace

size_t Scheduler::choose(size_t count) {
  if (seed == 0 || count < 2)
    return 0;
  // xorshift64.
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return size_t(seed % count);
}

Result<Task *> Scheduler::addTask(TaskInstance *instance, TaskFunction function,
                                  std::shared_ptr<TaskCaller> caller) {
  if (tasks.size() >= maxTasks)
    return canonTrap(CanonTrap::TooManyTasks);
  HostCharge charge(budget);
  W2N_CHECK(charge.take(taskBytes));
  do
    ++lastTask;
  while (lastTask == 0 || tasks.contains(lastTask));
  auto task = std::make_unique<Task>(lastTask, instance, function, std::move(caller));
  task->charge = std::move(charge);
  return (tasks[lastTask] = std::move(task)).get();
}

Task *Scheduler::findTask(uint32_t number) {
  const auto found = tasks.find(number);
  return found == tasks.end() ? nullptr : found->second.get();
}

Result<TaskThread *> Scheduler::addThread(Task &task, TaskThread::Next next) {
  HostCharge charge(budget);
  W2N_CHECK(charge.take(threadBytes));
  task.threads.push_back(std::make_unique<TaskThread>(*this, task, next));
  TaskThread &thread = *task.threads.back();
  thread.place = std::prev(task.threads.end());
  thread.charge = std::move(charge);
  return &thread;
}

Status Scheduler::registerThread(TaskThread &thread) {
  TaskInstance &instance = *thread.task.instance;
  if (!instance.freeThreads.empty()) {
    thread.index = instance.freeThreads.back();
    instance.freeThreads.pop_back();
  } else if (instance.threads.size() > maxTasks) {
    return canonTrap(CanonTrap::TooManyTasks);
  } else {
    thread.index = uint32_t(instance.threads.size());
    instance.threads.push_back(nullptr);
  }
  instance.threads[thread.index] = &thread;
  return {};
}

void Scheduler::removeThread(TaskThread &thread) {
  if (thread.index != 0) {
    thread.task.instance->threads[thread.index] = nullptr;
    thread.task.instance->freeThreads.push_back(thread.index);
  }
  Task &task = thread.task;
  if (task.implicitThread == &thread)
    task.implicitThread = nullptr;
  stopWaiting(thread);
  task.threads.erase(thread.place);
  removeIfOver(task);
}

void Scheduler::removeIfOver(Task &task) {
  if (task.threads.empty())
    tasks.erase(task.number);
}

Status Scheduler::enterSync(TaskInstance &instance) {
  TaskFunction function;
  function.isAsyncType = false;
  W2N_TRY(task, addTask(&instance, function, nullptr));
  W2N_TRY(added, addThread(*task, TaskThread::Next::Begin));
  TaskThread &thread = *added;
  task->implicitThread = &thread;
  task->state = Task::State::Started;
  thread.isNative = thread.isRunning = true;
  W2N_CHECK(registerThread(thread));
  thread.below = std::exchange(running, &thread);
  return {};
}

Status Scheduler::leaveSync() {
  if (!running || !running->isNative)
    return canonTrap(CanonTrap::NoTask);
  TaskThread &thread = *running;
  thread.task.state = Task::State::Resolved;
  running = thread.below;
  removeThread(thread);
  return {};
}

Status Scheduler::requestCancellation(Task &task) {
  if (task.state == Task::State::Initial) {
    task.state = Task::State::CancelDelivered;
    return resume(*task.implicitThread, true);
  }
  std::vector<TaskThread *> candidates;
  const TaskThread *const exclusive = task.instance ? task.instance->exclusive : nullptr;
  for (const auto &thread : task.threads) {
    const bool isBarred = task.function.needsExclusive() && thread.get() == task.implicitThread &&
                          exclusive && exclusive != thread.get();
    if (thread->isCancellable && !thread->isRunning && !isBarred)
      candidates.push_back(thread.get());
  }
  if (candidates.empty()) {
    task.state = Task::State::PendingCancel;
    return {};
  }
  task.state = Task::State::CancelDelivered;
  return resume(*candidates[choose(candidates.size())], true);
}

void Scheduler::abandon(uint32_t number) {
  Task *const task = findTask(number);
  if (!task || !task->implicitThread)
    return;
  TaskThread &thread = *task->implicitThread;
  stopWaiting(thread);
  if (task->instance && task->instance->exclusive == &thread)
    task->instance->exclusive = nullptr;
  removeThread(thread);
}

Status Scheduler::runHostTask(std::move_only_function<Status()> body) {
  if (ending)
    return endError();
  TaskFunction function;
  function.isHost = true;
  W2N_TRY(task, addTask(nullptr, function, nullptr));
  task->hostBody = std::move(body);
  W2N_TRY(thread, addThread(*task, TaskThread::Next::Begin));
  task->implicitThread = thread;
  return resume(*thread);
}

Result<bool> Scheduler::tickOf(bool hostsOnly) {
  // Threads that are always ready leave the others their turn.
  constexpr uint32_t ticksBetweenLooks = 16;
  TaskThread *thread = pickReady(nullptr, hostsOnly);
  if (hostWaitCount != 0 && (!thread || ++ticks % ticksBetweenLooks == 0)) {
    W2N_CHECK(waitForHosts(/*mayBlock=*/!thread));
    if (!thread)
      return true;
  }
  if (!thread)
    return false;
  const bool isCanceled = thread->wasCanceled;
  W2N_CHECK(resume(*thread, isCanceled));
  return true;
}

void Scheduler::end() {
  ending = true;
  while (TaskThread *const thread = waiting.front())
    stopWaiting(*thread);
  running = nullptr;
  for (const auto &[number, task] : tasks)
    for (const auto &thread : task->threads)
      while (thread->fiber && !thread->fiber->isDone())
        thread->fiber->resume();
  tasks.clear();
  instances.clear();
}

} // namespace w2n::runtime
