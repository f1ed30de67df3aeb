// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// CanonicalABI.md, "canon lower" of asynchronous functions, and the built-ins of tasks, subtasks
// and waitable sets.

#include "runtime/component/ComponentInstance.h"
#include "runtime/component/TaskRuntime.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace w2n::runtime {

using component::CanonTrap;
using component::noIndex;
using component::WorldCall;
using component::WorldFunction;

namespace {

constexpr uint32_t handleShift = 4;

} // namespace

/// A guest that calls another, or the host, and has a subtask for it.
class GuestCaller final : public TaskCaller {
public:
  GuestCaller(TaskRuntime &runtime, const WorldCall &call, std::shared_ptr<Subtask> subtask)
      : runtime(runtime), callSite(call), subtask(std::move(subtask)) {}

  Status start(Task &task, std::vector<Slot> &parameters) override {
    setState(Subtask::State::Started);
    if (callSite.isHost) {
      parameters = subtask->slots;
      runtime.lending = subtask.get();
      return {};
    }
    parameters = {task.number};
    parameters.insert(parameters.end(), subtask->slots.begin(), subtask->slots.end());
    Subtask *const outer = std::exchange(runtime.starting, subtask.get());
    const Status status = runtime.owner.callCore(callSite.start, parameters);
    runtime.starting = outer;
    return status;
  }

  Status returned(Task &, std::span<const Slot> results) override {
    std::vector<Slot> slots(results.begin(), results.end());
    if (!callSite.isHost && callSite.finish != noIndex) {
      if (callSite.hasResultPointer && !subtask->slots.empty())
        slots.push_back(subtask->slots.back());
      W2N_CHECK(runtime.owner.callCore(callSite.finish, slots));
    }
    subtask->slots = std::move(slots);
    end(Subtask::State::Returned);
    return {};
  }

  void canceled(Task &) override {
    end(subtask->state == Subtask::State::Starting ? Subtask::State::CanceledBeforeStarted
                                                   : Subtask::State::CanceledBeforeReturned);
  }

private:
  void end(Subtask::State state) {
    subtask->task = nullptr;
    setState(state);
  }
  void setState(Subtask::State state) {
    subtask->state = state;
    if (subtask->handle != 0)
      subtask->notify();
  }

  TaskRuntime &runtime;
  const WorldCall &callSite;
  const std::shared_ptr<Subtask> subtask;
};

Result<TaskFunction> TaskRuntime::functionOf(const WorldCall &call) {
  TaskFunction function{.isAsyncLift = call.isAsyncLift,
                        .isHost = call.isHost,
                        .resultNumber = call.resultNumber,
                        .memory = call.memory};
  W2N_TRY(core, owner.functionAt(call.core));
  function.core = core;
  if (call.callback != noIndex) {
    W2N_TRY(callback, owner.functionAt(call.callback));
    function.callback = callback;
  }
  if (call.postReturn != noIndex) {
    W2N_TRY(postReturn, owner.functionAt(call.postReturn));
    function.postReturn = postReturn;
  }
  return function;
}

Result<Task *> TaskRuntime::currentTask(const Service &service) {
  TaskThread *const thread = scheduler.current();
  if (!thread || !thread->task.instance || thread->task.instance->number != service.instance)
    return canonTrap(CanonTrap::NoTask);
  return &thread->task;
}

// -- Calls.

Status TaskRuntime::serveCall(const Service &service, std::span<Slot> slots) {
  if (service.subject >= world.calls.size())
    return fail(ErrorKind::Malformed, "the component's metadata lack a call");
  const WorldCall &call = world.calls[service.subject];
  if (call.isHost && !call.isAsyncLower)
    return callHostAndWait(call, slots);
  if (!call.isAsyncLower)
    W2N_CHECK(checkMayBlock());
  W2N_TRY(function, functionOf(call));
  W2N_TRY(caller, instanceOf(call.caller));
  TaskInstance *callee = nullptr;
  if (!call.isHost) {
    W2N_TRY(found, instanceOf(call.callee));
    callee = found;
  }
  const auto &budget = scheduler.hostBudget();
  W2N_TRY(subtask, makeCharged<Subtask>(budget));
  subtask->loansCharge = HostCharge(budget);
  W2N_TRY(paramCount, owner.paramCountOf(call.isHost ? call.core : call.start));
  const size_t given = std::min<size_t>(slots.size(), paramCount - !call.isHost);
  // The values that it is given, and those that it gives.
  W2N_CHECK(subtask->charge.take((given + component::maxFlat + 1) * sizeof(Slot)));
  subtask->slots.assign(slots.begin(), slots.begin() + ptrdiff_t(given));
  subtask->endLoan = [caller](uint32_t address) { caller->objects.endLoan(address); };
  W2N_TRY(task,
          scheduler.addTask(callee, function, std::make_shared<GuestCaller>(*this, call, subtask)));
  subtask->task = task;
  W2N_TRY(thread, scheduler.addThread(*task, TaskThread::Next::Begin));
  task->implicitThread = thread;
  W2N_CHECK(scheduler.resume(*thread));
  if (!call.isAsyncLower) {
    if (!subtask->isResolved())
      W2N_CHECK(scheduler.waitUntil({.kind = Condition::Kind::Resolved, .object = subtask}, false));
    subtask->deliverResolve();
    if (!subtask->slots.empty())
      slots[0] = subtask->slots[0];
    return {};
  }
  if (subtask->isResolved()) {
    subtask->deliverResolve();
    slots[0] = uint32_t(Subtask::State::Returned);
    return {};
  }
  W2N_TRY(handle, caller->objects.add(subtask));
  slots[0] = uint32_t(subtask->state) | handle << handleShift;
  return {};
}

/// A function of the host that is called as a synchronous one runs on the stack of its caller,
/// which goes aside when it waits.
Status TaskRuntime::callHostAndWait(const WorldCall &call, std::span<Slot> slots) {
  W2N_CHECK(checkMayBlock());
  W2N_TRY(caller, instanceOf(call.caller));
  Subtask subtask;
  subtask.loansCharge = HostCharge(scheduler.hostBudget());
  subtask.endLoan = [caller](uint32_t address) { caller->objects.endLoan(address); };
  lending = &subtask;
  TaskThread &thread = *scheduler.current();
  const bool wentAside = std::exchange(thread.goesAside, true);
  const Status status = owner.callCoreIn(call.core, slots);
  thread.goesAside = wentAside;
  subtask.deliverResolve();
  return status;
}

Result<uint32_t> TaskRuntime::lendToHost(uint32_t componentInstance, uint32_t handle,
                                         uint32_t handleType) {
  W2N_TRY(instance, instanceOf(componentInstance));
  W2N_TRY(lent, instance->objects.lend(handle, handleType));
  if (lent.loan && lending)
    W2N_CHECK(lending->addLoan(*lent.loan));
  return lent.representation;
}

Status TaskRuntime::enterSync(uint32_t componentInstance) {
  if (!hasTasks(componentInstance))
    return {};
  W2N_TRY(instance, instanceOf(componentInstance));
  return scheduler.enterSync(*instance);
}

Status TaskRuntime::leaveSync(uint32_t componentInstance) {
  return hasTasks(componentInstance) ? scheduler.leaveSync() : Status();
}

Status TaskRuntime::serveEnterSync(const Service &, std::span<Slot> slots) {
  W2N_TRY(instance, instanceOf(uint32_t(slots[0])));
  return scheduler.enterSync(*instance);
}

Status TaskRuntime::serveLeaveSync(const Service &, std::span<Slot>) {
  return scheduler.leaveSync();
}

Status TaskRuntime::serveCountBorrow(const Service &, std::span<Slot> slots) {
  Task *const task = scheduler.findTask(uint32_t(slots[0]));
  if (!task)
    return canonTrap(CanonTrap::NoTask);
  task->borrowCount += uint32_t(slots[1]);
  return {};
}

Status TaskRuntime::serveNoteLoan(const Service &, std::span<Slot> slots) {
  if (starting)
    return starting->addLoan(uint32_t(slots[0]));
  return {};
}

Status TaskRuntime::callExport(const WorldFunction &function, std::shared_ptr<TaskCaller> caller) {
  WorldCall call{.callee = function.instance,
                 .isAsyncLift = function.isAsyncLift,
                 .resultNumber = function.resultNumber,
                 .memory = function.memory,
                 .core = function.function,
                 .callback = function.callback,
                 .postReturn = function.postReturn};
  W2N_TRY(taskFunction, functionOf(call));
  W2N_TRY(instance, instanceOf(function.instance));
  W2N_TRY(task, scheduler.addTask(instance, taskFunction, std::move(caller)));
  const uint32_t number = task->number;
  W2N_TRY(thread, scheduler.addThread(*task, TaskThread::Next::Begin));
  task->implicitThread = thread;
  const auto check = [&](const Status &status) -> Status {
    if (!status && status.error().kind == ErrorKind::Invalid)
      scheduler.abandon(number);
    return status;
  };
  W2N_CHECK(check(scheduler.resume(*thread)));
  return check(runUntil([&] {
    Task *const unresolved = scheduler.findTask(number);
    return !unresolved || unresolved->isResolved();
  }));
}

Status TaskRuntime::runUntil(const std::function<bool()> &isOver) {
  while (!isOver()) {
    W2N_TRY(hasRun, scheduler.tick());
    if (!hasRun)
      return canonTrap(CanonTrap::Deadlock);
  }
  return {};
}

Status TaskRuntime::runHostTask(std::move_only_function<Status()> body) {
  auto isOver = std::make_shared<bool>(false);
  W2N_CHECK(spawn([isOver, body = std::move(body)]() mutable {
    const Status status = body();
    *isOver = true;
    return status;
  }));
  return runUntil([&] { return *isOver; });
}

Status TaskRuntime::flushHosts() {
  while (unflushedCount != 0) {
    W2N_TRY(hasRun, scheduler.tickHosts());
    if (!hasRun)
      return {};
  }
  return {};
}

Status TaskRuntime::flush() {
  return runUntil([this] { return unflushedCount == 0; });
}

// -- Tasks and subtasks.

Status TaskRuntime::serveTaskReturn(const Service &service, std::span<Slot> slots) {
  W2N_TRY(task, currentTask(service));
  if (!task->function.isAsyncLift)
    return canonTrap(CanonTrap::TaskIsSync);
  const bool isOtherMemory = service.memory != noIndex && task->function.memory != noIndex &&
                             service.memory != task->function.memory;
  if (task->function.resultNumber != service.subject || isOtherMemory)
    return canonTrap(CanonTrap::WrongTaskReturn);
  return task->giveResult(slots);
}

Status TaskRuntime::serveTaskCancel(const Service &service, std::span<Slot>) {
  W2N_TRY(task, currentTask(service));
  if (!task->function.isAsyncLift)
    return canonTrap(CanonTrap::TaskIsSync);
  return task->cancel();
}

Status TaskRuntime::serveSubtaskCancel(const Service &service, std::span<Slot> slots) {
  if (!service.isAsync)
    W2N_CHECK(checkMayBlock());
  W2N_TRY(instance, instanceOf(service.instance));
  W2N_TRY(subtask, instance->objects.find<Subtask>(uint32_t(slots[0]), ObjectKind::Subtask));
  if (subtask->isDelivered)
    return canonTrap(CanonTrap::SubtaskResolved);
  if (subtask->isCancelRequested)
    return canonTrap(CanonTrap::SubtaskCanceled);
  if (subtask->set && !service.isAsync)
    return canonTrap(CanonTrap::SyncInSet);
  if (!subtask->isResolved()) {
    subtask->isCancelRequested = true;
    if (subtask->task)
      W2N_CHECK(scheduler.requestCancellation(*subtask->task));
    if (!subtask->isResolved()) {
      if (service.isAsync) {
        slots[0] = blocked;
        return {};
      }
      W2N_CHECK(waitFor(*subtask, subtask));
      // An event that it has started comes before the one that it is over.
      while (!subtask->isResolved()) {
        subtask->takeEvent();
        W2N_CHECK(waitFor(*subtask, subtask));
      }
    }
  }
  subtask->takeEvent();
  slots[0] = uint32_t(subtask->state);
  return {};
}

Status TaskRuntime::serveSubtaskDrop(const Service &service, std::span<Slot> slots) {
  W2N_TRY(instance, instanceOf(service.instance));
  W2N_TRY(subtask, instance->objects.find<Subtask>(uint32_t(slots[0]), ObjectKind::Subtask));
  if (!subtask->isDelivered)
    return canonTrap(CanonTrap::SubtaskNotResolved);
  if (subtask->hasSyncWaiter)
    return canonTrap(CanonTrap::SyncInSet);
  subtask->join(nullptr);
  return instance->objects.remove(*subtask);
}

Status TaskRuntime::serveBackpressureInc(const Service &service, std::span<Slot>) {
  constexpr uint32_t maxCount = 1u << 16;
  W2N_TRY(instance, instanceOf(service.instance));
  if (++instance->backpressure >= maxCount)
    return canonTrap(CanonTrap::BackpressureOverflow);
  return {};
}

Status TaskRuntime::serveBackpressureDec(const Service &service, std::span<Slot>) {
  W2N_TRY(instance, instanceOf(service.instance));
  if (instance->backpressure == 0)
    return canonTrap(CanonTrap::BackpressureOverflow);
  --instance->backpressure;
  return {};
}

// -- Waiting.

Status TaskRuntime::checkMayBlock() {
  const TaskThread *const thread = scheduler.current();
  if (thread && (!thread->isNative || scheduler.canRunOthers(*thread)))
    return {};
  return canonTrap(CanonTrap::CannotBlock);
}

Status TaskRuntime::waitFor(Waitable &waitable, std::shared_ptr<TableObject> object) {
  waitable.hasSyncWaiter = true;
  const auto waited =
      scheduler.waitUntil({.kind = Condition::Kind::Event, .object = std::move(object)}, false);
  waitable.hasSyncWaiter = false;
  if (!waited)
    return std::unexpected(waited.error());
  return {};
}

Status TaskRuntime::serveWaitableSetNew(const Service &service, std::span<Slot> slots) {
  W2N_TRY(instance, instanceOf(service.instance));
  W2N_TRY(set, makeCharged<WaitableSet>(scheduler.hostBudget()));
  W2N_TRY(handle, instance->objects.add(std::move(set)));
  slots[0] = handle;
  return {};
}

Status TaskRuntime::writeEvent(const Service &service, uint32_t address, const Event &event,
                               Slot &code) {
  W2N_TRY(memory, owner.memoryAt(service.memory));
  const std::span<uint8_t> bytes = memory->bytes();
  const uint32_t words[] = {event.index, event.payload};
  if (address % alignof(uint32_t) != 0)
    return canonTrap(CanonTrap::UnalignedPointer);
  if (uint64_t(address) + sizeof words > bytes.size())
    return canonTrap(CanonTrap::PointerOutOfBounds);
  std::memcpy(bytes.data() + address, words, sizeof words);
  code = uint32_t(event.code);
  return {};
}

Status TaskRuntime::serveWaitableSetWait(const Service &service, std::span<Slot> slots) {
  W2N_CHECK(checkMayBlock());
  W2N_TRY(instance, instanceOf(service.instance));
  W2N_TRY(set, instance->objects.find<WaitableSet>(uint32_t(slots[0]), ObjectKind::WaitableSet));
  ++set->waiterCount;
  const auto isCanceled = scheduler.waitUntil({.kind = Condition::Kind::EventOfSet, .object = set},
                                              service.isCancellable);
  --set->waiterCount;
  if (!isCanceled)
    return std::unexpected(isCanceled.error());
  Event event{.code = EventCode::TaskCanceled};
  if (!*isCanceled)
    event = scheduler.takeEventOf(*set);
  return writeEvent(service, uint32_t(slots[1]), event, slots[0]);
}

Status TaskRuntime::serveWaitableSetPoll(const Service &service, std::span<Slot> slots) {
  W2N_TRY(instance, instanceOf(service.instance));
  W2N_TRY(set, instance->objects.find<WaitableSet>(uint32_t(slots[0]), ObjectKind::WaitableSet));
  TaskThread *const thread = scheduler.current();
  Event event;
  if (thread && thread->task.deliverPendingCancel(service.isCancellable))
    event.code = EventCode::TaskCanceled;
  else
    event = scheduler.takeEventOf(*set);
  return writeEvent(service, uint32_t(slots[1]), event, slots[0]);
}

Status TaskRuntime::serveWaitableSetDrop(const Service &service, std::span<Slot> slots) {
  W2N_TRY(instance, instanceOf(service.instance));
  W2N_TRY(set, instance->objects.find<WaitableSet>(uint32_t(slots[0]), ObjectKind::WaitableSet));
  if (set->waiterCount > 0)
    return canonTrap(CanonTrap::SetHasWaiters);
  if (!set->members.isEmpty())
    return canonTrap(CanonTrap::SetHasMembers);
  return instance->objects.remove(*set);
}

Status TaskRuntime::serveWaitableJoin(const Service &service, std::span<Slot> slots) {
  W2N_TRY(instance, instanceOf(service.instance));
  W2N_TRY(waitable, instance->objects.findWaitable(uint32_t(slots[0])));
  if (waitable->hasSyncWaiter)
    return canonTrap(CanonTrap::SyncInSet);
  if (uint32_t(slots[1]) == 0) {
    waitable->join(nullptr);
    return {};
  }
  W2N_TRY(set, instance->objects.find<WaitableSet>(uint32_t(slots[1]), ObjectKind::WaitableSet));
  waitable->join(set.get());
  return {};
}

} // namespace w2n::runtime
