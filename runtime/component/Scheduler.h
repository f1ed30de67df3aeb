// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Runs the threads of the tasks of one instance of a component, one at a time: whoever waits goes
// aside, until what it waits for is there and it is its turn. The order is that in which threads
// began to wait, or one that a seed permutes where the specification leaves it open.
#pragma once

#include "runtime/component/HostCall.h"
#include "runtime/component/ObjectTable.h"
#include "runtime/component/Tasks.h"

#include <map>

namespace w2n::runtime {

/// A component instance, as far as tasks concern it.
struct TaskInstance {
  uint32_t number = 0;
  uint32_t backpressure = 0, waitingToEnter = 0;
  TaskThread *exclusive = nullptr;
  /// By index; 0 is none.
  std::vector<TaskThread *> threads = {nullptr};
  std::vector<uint32_t> freeThreads;
  ObjectTable objects;
  /// The slots of context.get, of the thread that runs; null if there are none.
  std::shared_ptr<Global> context[2];
};

class Scheduler {
public:
  static constexpr size_t maxTasks = 100'000;

  ~Scheduler() { end(); }

  /// Permutes what the specification leaves open; 0: the order of waiting.
  void setSeed(uint64_t value) { seed = value; }
  /// Charges tasks, their threads and the stacks of these to `value`; null is nothing.
  void setBudget(std::shared_ptr<HostBudget> value) { budget = std::move(value); }
  const std::shared_ptr<HostBudget> &hostBudget() const { return budget; }

  /// Functions of the host that wait hold up all others, so that their calls nest.
  void keepHostsInline() { hostsGoAside = false; }

  TaskInstance &instance(uint32_t number) { return instances[number]; }
  TaskThread *current() const { return running; }

  /// Errors: Trap (too many, resource limit).
  Result<Task *> addTask(TaskInstance *instance, TaskFunction function,
                         std::shared_ptr<TaskCaller> caller);
  Task *findTask(uint32_t number);
  /// Begins a task of the host's own, which runs `body` in a fiber, now and when it can go on.
  /// Errors: Trap (resource limit), and those of `body`.
  Status runHostTask(std::move_only_function<Status()> body);
  /// Errors: Trap (resource limit).
  Result<TaskThread *> addThread(Task &task, TaskThread::Next next);
  Status registerThread(TaskThread &thread);

  // A synchronous function runs on the stack of its caller.
  Status enterSync(TaskInstance &instance);
  Status leaveSync();

  /// Runs a thread that does not run until it waits or ends, and then those that it switches to.
  /// Errors: whatever ends it.
  Status resume(TaskThread &thread, bool isCanceled = false);
  /// The current thread goes aside until the condition holds. True if it was canceled. Errors: Trap
  /// (nothing may block here, or nothing else can run).
  Result<bool> waitUntil(Condition condition, bool isCancellable);
  /// The current thread goes aside until it is resumed; `to`, which must not run, goes on instead.
  Result<bool> suspend(bool isCancellable, TaskThread *to = nullptr);
  /// The current thread goes aside to go on later.
  Result<bool> yieldTo(bool isCancellable, TaskThread *to);
  /// A suspended thread is to go on later.
  void resumeLater(TaskThread &thread) { startWaiting(thread, {}); }
  bool isReady(const TaskThread &thread) const;
  /// `isReady`, and what waits is not barred by a synchronous call.
  bool isPromotable(const TaskThread &thread) const;
  /// Whether something can run on top of a thread that blocks in a synchronous function.
  bool canRunOthers(const TaskThread &blocked) const;
  /// Takes a thread that goes on at once from those that wait.
  void stopWaiting(TaskThread &thread);
  /// Takes away a task whose parameters the host has given wrong, so that it has not begun.
  void abandon(uint32_t task);
  Status requestCancellation(Task &task);
  /// Runs a thread that is ready, after waiting for what functions of the host wait for. False if
  /// there is none and nothing is waited for. Errors: whatever ends it; Interrupted.
  Result<bool> tick() { return tickOf(/*hostsOnly=*/false); }
  /// The same for tasks of the host alone, after a guest has left.
  Result<bool> tickHosts() {
    running = nullptr;
    return tickOf(/*hostsOnly=*/true);
  }
  /// For a function of the host in the fiber of `thread` that waits.
  WaitEnd waitIn(TaskThread &thread, const Wait &wait);
  /// The current thread is a function of the host that goes aside until `isReady`. Errors: Trap;
  /// Interrupted, if it is to end.
  Status waitInHost(std::function<bool()> isReady);
  /// Ends everything: what waits returns with an error, so that nothing is left on its stack.
  void end();
  bool isEnding() const { return ending; }

  /// A number below `count`: 0 unless there is a seed.
  size_t choose(size_t count);

private:
  /// For what waits while its instance ends.
  static std::unexpected<Error> endError() {
    return canonTrap(component::CanonTrap::InstanceEnded);
  }
  Result<TaskThread *> runOnce(TaskThread &thread);
  Status begin(TaskThread &thread);
  Status onFiber(TaskThread &thread);
  Status runTask(TaskThread &thread);
  Status runHostBody(TaskThread &thread);
  Status waitForHosts(bool mayBlock);
  Result<bool> tickOf(bool hostsOnly);
  void waitInline(TaskThread &thread);
  Status runSyncLifted(Task &task, std::vector<Slot> &slots);
  Status runCallback(TaskThread &thread, Event event);
  Status afterCallback(TaskThread &thread, uint32_t packed);
  Status finishThread(TaskThread &thread);
  Status runOthers(TaskThread &blocked, TaskThread *next);
  Result<bool> block(bool isCancellable, TaskThread *to);
  TaskThread *pickReady(const TaskInstance *only, bool hostsOnly = false);
  bool isCandidate(const TaskThread &thread, const TaskInstance *only) const;
  void startWaiting(TaskThread &thread, Condition condition);
  bool hasBackpressure(const Task &task) const;
  bool mayRun(const TaskThread &thread) const;
  Event takeEventOf(WaitableSet &set);
  void exchangeContext(TaskThread &thread);
  void removeThread(TaskThread &thread);
  void removeIfOver(Task &task);

  std::map<uint32_t, TaskInstance> instances;
  std::map<uint32_t, std::unique_ptr<Task>> tasks;
  uint32_t lastTask = 0;
  /// In the order in which they began to wait.
  Queue<TaskThread, &TaskThread::asWaiting> waiting;
  TaskThread *running = nullptr;
  bool ending = false;
  bool hostsGoAside = true;
  /// How many threads wait in functions of the host, beside each other.
  size_t hostWaitCount = 0;
  uint32_t ticks = 0;
  uint64_t seed = 0;
  std::shared_ptr<HostBudget> budget;

  friend class TaskRuntime;
};

} // namespace w2n::runtime
