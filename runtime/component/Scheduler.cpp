// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/component/Scheduler.h"

#include "runtime/component/HostCall.h"
#include "runtime/core/Instance.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace w2n::runtime {

using component::CanonTrap;

namespace {

// A task, its thread, and their entries in lists with the caller.
constexpr uint64_t taskBytes = sizeof(Task) + 4 * HostCharge::allocationBytes;
constexpr uint64_t threadBytes = sizeof(TaskThread) + 4 * HostCharge::allocationBytes;
constexpr uint64_t fiberBytes =
    Fiber::hostStackBytes + sizeof(Fiber) + 4 * HostCharge::allocationBytes;

/// For what waits while its instance ends.
std::unexpected<Error> endError() { return canonTrap(CanonTrap::InstanceEnded); }

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

// -- Tasks and threads.

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

// -- Waiting.

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

// -- Running.

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

Status Scheduler::runHostBody(TaskThread &thread) {
  W2N_CHECK(thread.task.hostBody());
  W2N_CHECK(thread.task.giveResult({}));
  return finishThread(thread);
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
