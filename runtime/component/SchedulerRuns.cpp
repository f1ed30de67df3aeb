// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Threads of tasks that run: what they begin with, on their fibers, until they wait or are done.

#include "runtime/component/Scheduler.h"
#include "runtime/core/Instance.h"

#include <algorithm>
#include <utility>

namespace w2n::runtime {

using component::CanonTrap;

namespace {

// A fiber, and its entries in lists with the caller.
constexpr uint64_t fiberBytes =
    Fiber::hostStackBytes + sizeof(Fiber) + 4 * HostCharge::allocationBytes;

} // namespace

/// Exchanges the thread's storage with its instance's globals: one thread of it runs at a time.
void Scheduler::exchangeContext(TaskThread &thread) {
  if (!thread.task.instance)
    return;
  for (size_t i = 0; i < 2; ++i)
    if (const auto &global = thread.task.instance->context[i])
      thread.storage[i] = std::exchange(global->cell->bits[0], thread.storage[i]);
}

/// The thread that it switches to, or null.
Result<TaskThread *> Scheduler::runOnce(TaskThread &thread) {
  TaskThread *const below = std::exchange(running, &thread);
  thread.isRunning = true;
  exchangeContext(thread);
  Status status;
  if (thread.fiber)
    thread.fiber->resume();
  else
    status = begin(thread);
  waitInline(thread);
  exchangeContext(thread);
  running = below;
  thread.isRunning = false;
  if (thread.fiber && thread.fiber->isDone())
    thread.endFiber();
  if (!thread.fiber && status)
    status = std::exchange(thread.status, Status());
  TaskThread *const to = std::exchange(thread.switchTo, nullptr);
  if (thread.isDone)
    removeThread(thread);
  W2N_CHECK(status);
  return to;
}

Status Scheduler::resume(TaskThread &first, bool isCanceled) {
  TaskThread *thread = &first;
  while (thread) {
    stopWaiting(*thread);
    thread->wasCanceled = std::exchange(isCanceled, false);
    W2N_TRY(next, runOnce(*thread));
    thread = next;
  }
  return {};
}

/// Does the next step of a thread that has no stack yet.
Status Scheduler::begin(TaskThread &thread) {
  Task &task = thread.task;
  if (thread.next == TaskThread::Next::Begin && !task.function.isHost) {
    TaskInstance &instance = *task.instance;
    const bool hasWaited = thread.condition.kind == Condition::Kind::MayEnter;
    // A task that holds the component instance and can go on does so first.
    if (!hasWaited && task.function.needsExclusive() && instance.exclusive &&
        isReady(*instance.exclusive))
      W2N_CHECK(resume(*instance.exclusive));
    if (hasWaited) {
      --instance.waitingToEnter;
      thread.condition = {};
      if (std::exchange(thread.wasCanceled, false)) {
        thread.isCancellable = false;
        thread.isDone = true;
        return task.cancel();
      }
    } else if (hasBackpressure(task) || instance.waitingToEnter > 0) {
      ++instance.waitingToEnter;
      thread.isCancellable = true;
      startWaiting(thread, {.kind = Condition::Kind::MayEnter});
      return {};
    }
    thread.isCancellable = false;
    if (task.function.needsExclusive())
      instance.exclusive = &thread;
    W2N_CHECK(registerThread(thread));
  }
  // An interrupt of the caller ends what it starts, too.
  auto run = [this, &thread, interrupts = InterruptScope::currentInterrupts()] {
    std::list<InterruptScope> scopes;
    for (const auto &interrupt : interrupts)
      scopes.emplace_back(interrupt);
    thread.status = onFiber(thread);
    // They nest.
    while (!scopes.empty())
      scopes.pop_back();
  };
  HostCharge charge(budget);
  W2N_CHECK(charge.take(fiberBytes));
  W2N_TRY(fiber, Fiber::create(std::move(run)));
  thread.fiberCharge = std::move(charge);
  thread.fiber = std::move(fiber);
  thread.fiber->waiter = &thread;
  thread.goesAside = task.function.isHost;
  thread.fiber->resume();
  return {};
}

Status Scheduler::onFiber(TaskThread &thread) {
  switch (thread.next) {
  case TaskThread::Next::Begin:
    return runTask(thread);
  case TaskThread::Next::Callback: {
    auto set = std::static_pointer_cast<WaitableSet>(std::exchange(thread.condition, {}).object);
    if (set)
      --set->waiterCount;
    thread.isCancellable = false;
    thread.task.instance->exclusive = &thread;
    Event event;
    if (std::exchange(thread.wasCanceled, false))
      event.code = EventCode::TaskCanceled;
    else if (set)
      event = takeEventOf(*set);
    return runCallback(thread, event);
  }
  case TaskThread::Next::StartFunction: {
    Slot slots[] = {thread.startIndex, thread.startArgument};
    W2N_CHECK(call(*thread.startFunction, slots));
    return finishThread(thread);
  }
  }
  return {};
}

Event Scheduler::takeEventOf(WaitableSet &set) {
  if (!set.hasEvent())
    return {};
  return set.ready.at(choose(set.ready.size()))->takeEvent();
}

namespace {

/// Calls with as many slots as both parameters and results need.
Status callCore(Function &function, std::vector<Slot> &slots) {
  const size_t params = function.type.params.size(), results = function.type.results.size();
  if (slots.size() != params)
    return fail(ErrorKind::Malformed, "a function of the component has " + std::to_string(params) +
                                          " parameters, expected " + std::to_string(slots.size()));
  slots.resize(std::max(params, results));
  W2N_CHECK(call(function, slots));
  slots.resize(results);
  return {};
}

} // namespace

Status Scheduler::runSyncLifted(Task &task, std::vector<Slot> &slots) {
  W2N_CHECK(callCore(*task.function.core, slots));
  W2N_CHECK(task.giveResult(slots));
  if (task.function.postReturn)
    W2N_CHECK(callCore(*task.function.postReturn, slots));
  return {};
}

Status Scheduler::runTask(TaskThread &thread) {
  Task &task = thread.task;
  task.state = Task::State::Started;
  if (task.hostBody)
    return runHostBody(thread);
  std::vector<Slot> slots;
  W2N_CHECK(task.caller->start(task, slots));
  if (!task.function.isAsyncLift) {
    const Status ran = runSyncLifted(task, slots);
    // A function of the host that was canceled has left by an error.
    if (!ran && thread.isHostCanceled && !ending)
      W2N_CHECK(task.cancel());
    else
      W2N_CHECK(ran);
    return finishThread(thread);
  }
  W2N_CHECK(callCore(*task.function.core, slots));
  if (!task.function.callback)
    return finishThread(thread);
  if (slots.empty())
    return fail(ErrorKind::Malformed, "a function of the component has no result for its callback");
  return afterCallback(thread, uint32_t(slots[0]));
}

Status Scheduler::runCallback(TaskThread &thread, Event event) {
  std::vector<Slot> slots = {uint32_t(event.code), event.index, event.payload};
  W2N_CHECK(callCore(*thread.task.function.callback, slots));
  return afterCallback(thread, slots.empty() ? 0 : uint32_t(slots[0]));
}

/// Until the next call the thread has no stack.
Status Scheduler::afterCallback(TaskThread &thread, uint32_t packed) {
  enum Code : uint32_t { Exit, Yield, Wait };
  constexpr uint32_t codeBits = 4;
  const uint32_t code = packed & ((1u << codeBits) - 1), handle = packed >> codeBits;
  if (code == Exit)
    return finishThread(thread);
  if (code > Wait)
    return canonTrap(CanonTrap::CallbackCode);
  Condition condition{.kind = Condition::Kind::MayRun};
  if (code == Wait) {
    W2N_TRY(set, thread.task.instance->objects.find<WaitableSet>(handle, ObjectKind::WaitableSet));
    ++set->waiterCount;
    condition = {.kind = Condition::Kind::EventOfSet, .object = std::move(set)};
  }
  thread.task.instance->exclusive = nullptr;
  thread.next = TaskThread::Next::Callback;
  thread.isCancellable = true;
  startWaiting(thread, std::move(condition));
  // It has not heard of its cancellation: the next call tells it.
  if (thread.task.deliverPendingCancel(true)) {
    thread.wasCanceled = true;
    thread.condition.kind = Condition::Kind::MayRun;
  }
  return {};
}

Status Scheduler::finishThread(TaskThread &thread) {
  Task &task = thread.task;
  thread.isDone = true;
  if (task.instance && task.instance->exclusive == &thread)
    task.instance->exclusive = nullptr;
  const bool isLast =
      std::ranges::none_of(task.threads, [](const auto &other) { return !other->isDone; });
  if (isLast && !task.isResolved())
    return canonTrap(CanonTrap::TaskNotReturned);
  return {};
}

Status Scheduler::runHostBody(TaskThread &thread) {
  W2N_CHECK(thread.task.hostBody());
  W2N_CHECK(thread.task.giveResult({}));
  return finishThread(thread);
}

} // namespace w2n::runtime
