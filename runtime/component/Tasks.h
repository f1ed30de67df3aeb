// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Tasks and their threads (CanonicalABI.md, "Threads", "Tasks"). A task is one call of an exported
// function; its implicit thread runs the function, and it may make others. A thread that waits in
// the middle of something has a fiber; one that waits to begin, or for the next call of its
// callback, has none.
#pragma once

#include "runtime/component/Waitables.h"
#include "runtime/core/Fiber.h"
#include "runtime/core/Wait.h"

#include <list>

namespace w2n::runtime {

struct TaskInstance;
class Scheduler;
class TaskThread;

/// The functions of the merged module that a task runs.
struct TaskFunction {
  Function *core = nullptr, *callback = nullptr, *postReturn = nullptr;
  bool isAsyncType = true;
  bool isAsyncLift = false; ///< it gives its result with task.return
  bool isHost = false;      ///< `core` calls the host, and takes what the caller gives
  uint32_t resultNumber = 0;
  uint32_t memory = ~uint32_t(0); ///< index; none
  /// Tasks that run alone in their component instance, but for where they wait.
  bool needsExclusive() const { return isAsyncType && !isHost && (!isAsyncLift || callback); }
};

/// The caller of a task.
class TaskCaller {
public:
  virtual ~TaskCaller() = default;
  /// The core parameters of the task's function. Errors: Trap.
  virtual Status start(Task &task, std::vector<Slot> &parameters) = 0;
  /// `results` is what the function returned, or gave to task.return. Errors: Trap.
  virtual Status returned(Task &task, std::span<const Slot> results) = 0;
  virtual void canceled(Task &task) = 0;
};

class Task {
public:
  enum class State : uint8_t { Initial, Started, PendingCancel, CancelDelivered, Resolved };

  Task(uint32_t number, TaskInstance *instance, TaskFunction function,
       std::shared_ptr<TaskCaller> caller)
      : number(number), instance(instance), function(function), caller(std::move(caller)) {}

  bool isResolved() const { return state == State::Resolved; }
  /// If the task was told to cancel and has not heard of it: it has now.
  bool deliverPendingCancel(bool isCancellable);
  /// Errors: Trap (it has a result already, or borrows).
  Status giveResult(std::span<const Slot> results);
  Status cancel();

  const uint32_t number;
  TaskInstance *const instance; ///< null: of the host
  const TaskFunction function;
  const std::shared_ptr<TaskCaller> caller; ///< null: none is interested
  /// The task's function, where it is the host's own and no guest calls it.
  std::move_only_function<Status()> hostBody;
  State state = State::Initial;
  /// Borrow handles that it has been given and must drop.
  uint32_t borrowCount = 0;
  TaskThread *implicitThread = nullptr;
  std::list<std::unique_ptr<TaskThread>> threads;
  HostCharge charge;
};

/// The condition that a thread waits for.
struct Condition {
  enum class Kind : uint8_t {
    Always,
    Event,      ///< of a waitable
    EventOfSet, ///< and, for a callback, that it may run
    Resolved,   ///< a subtask
    MayRun,     ///< no other task runs exclusively
    MayEnter,   ///< no backpressure
    Host        ///< what a function of the host asks
  };
  Kind kind = Kind::Always;
  std::shared_ptr<TableObject> object = {};
  std::function<bool()> isReady = {};
};

class TaskThread final : public FiberWaiter {
public:
  /// A thread's next step when it is resumed without a fiber.
  enum class Next : uint8_t { Begin, Callback, StartFunction };

  TaskThread(Scheduler &scheduler, Task &task, Next next)
      : scheduler(scheduler), task(task), next(next) {}
  WaitEnd wait(const Wait &wait) override;
  /// The fiber is done.
  void endFiber() {
    fiber.reset();
    fiberCharge.giveBack();
  }

  Scheduler &scheduler;
  Task &task;
  Next next;
  /// Its place in its task.
  std::list<std::unique_ptr<TaskThread>>::iterator place;
  /// Its place among those that wait, while it does.
  QueueLink<TaskThread> asWaiting;
  /// It runs on the stack of what has called it, as that of a synchronous function does.
  bool isNative = false;
  bool isRunning = false, isWaiting = false, isDone = false;
  bool isCancellable = false, wasCanceled = false;
  Condition condition;
  /// The wait of a function of the host that it is in, and how that ended.
  const Wait *hostWait = nullptr;
  WaitEnd hostWaitEnd = WaitEnd::Deadline;
  bool isHostWaitOver = false;
  /// It goes aside then; otherwise nothing else of the instance runs meanwhile.
  bool goesAside = false;
  /// A function of the host heard that it is to end.
  bool isHostCanceled = false;
  std::unique_ptr<Fiber> fiber;
  Status status;
  TaskThread *switchTo = nullptr;
  uint32_t index = 0; ///< in its component instance
  uint64_t storage[2] = {0, 0};
  /// The function of StartFunction, with its arguments.
  Function *startFunction = nullptr;
  uint32_t startIndex = 0, startArgument = 0;
  /// The thread that ran before a native one.
  TaskThread *below = nullptr;
  /// The charges of the thread itself, and of its fiber.
  HostCharge charge, fiberCharge;
};

} // namespace w2n::runtime
