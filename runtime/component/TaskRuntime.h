// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The services of Services.def for one instance of a component: its tasks, and what is in its
// tables beside resources.
#pragma once

#include "lib/component/World.h"
#include "runtime/component/HostTasks.h"
#include "runtime/component/Scheduler.h"

namespace w2n::runtime {

/// The result of an operation that goes on after its call (CanonicalABI.md, "BLOCKED").
inline constexpr uint32_t blocked = 0xffffffff;

class ComponentInstance;

class TaskRuntime final : public HostTasks {
public:
  explicit TaskRuntime(ComponentInstance &owner);

  /// Calls the service `index` of the world. Errors: whatever leaves the guest.
  Status call(uint32_t index, std::span<Slot> slots);

  /// Calls an asynchronous export, and runs threads until it has its result. `caller` gives the
  /// parameters and takes the result. Errors: Trap, Exit, Limit, Interrupted, those of `caller`.
  Status callExport(const component::WorldFunction &function, std::shared_ptr<TaskCaller> caller);
  /// The same for a synchronous one, if its component instance has tasks.
  Status enterSync(uint32_t componentInstance);
  Status leaveSync(uint32_t componentInstance);
  bool hasTasks(uint32_t componentInstance) const;

  Scheduler &threads() { return scheduler; }
  /// Errors: Malformed.
  Result<TaskInstance *> instanceOf(uint32_t componentInstance);
  const component::WorldElement *elementAt(uint32_t number) const;
  /// The stream of a readable end that leaves a table. Errors: Trap.
  Result<std::shared_ptr<SharedStream>> takeReadable(TaskInstance &from, uint32_t handle,
                                                     bool isFuture, uint32_t element);
  /// For a parameter of an asynchronous function of the host: the representation. The handle is
  /// lent until the call is over.
  Result<uint32_t> lendToHost(uint32_t componentInstance, uint32_t handle, uint32_t handleType);
  /// Runs `body` as a task of the host, and others until it has ended. Errors: those of tasks.
  Status runHostTask(std::move_only_function<Status()> body);
  /// Runs tasks until the host has passed on all bytes that it has taken from guests.
  Status flush();
  /// The same without those of guests, of which one has left.
  Status flushHosts();

  Status spawn(std::move_only_function<Status()> body) override {
    return scheduler.runHostTask(std::move(body));
  }
  Status waitUntil(std::function<bool()> isReady) override {
    return scheduler.waitInHost(std::move(isReady));
  }
  Status transfer(SharedStream &stream, CopyParty &party, bool isWriter) override;
  Result<std::shared_ptr<SharedStream>> makeStream(bool isFuture) override;
  const std::shared_ptr<HostBudget> &hostBudget() const override { return scheduler.hostBudget(); }

  Result<uint32_t> giveReadable(TaskInstance &to, std::shared_ptr<SharedStream> shared);

private:
  using Service = component::WorldService;
  using Handler = Status (TaskRuntime::*)(const Service &service, std::span<Slot> slots);
  static const Handler handlers[];

  // Calls and tasks (TaskServices.cpp).
  Status serveCall(const Service &service, std::span<Slot> slots);
  Status serveEnterSync(const Service &service, std::span<Slot> slots);
  Status serveLeaveSync(const Service &service, std::span<Slot> slots);
  Status serveCountBorrow(const Service &service, std::span<Slot> slots);
  Status serveNoteLoan(const Service &service, std::span<Slot> slots);
  Status serveTaskReturn(const Service &service, std::span<Slot> slots);
  Status serveTaskCancel(const Service &service, std::span<Slot> slots);
  Status serveSubtaskCancel(const Service &service, std::span<Slot> slots);
  Status serveSubtaskDrop(const Service &service, std::span<Slot> slots);
  Status serveBackpressureInc(const Service &service, std::span<Slot> slots);
  Status serveBackpressureDec(const Service &service, std::span<Slot> slots);
  // Waitable sets.
  Status serveWaitableSetNew(const Service &service, std::span<Slot> slots);
  Status serveWaitableSetWait(const Service &service, std::span<Slot> slots);
  Status serveWaitableSetPoll(const Service &service, std::span<Slot> slots);
  Status serveWaitableSetDrop(const Service &service, std::span<Slot> slots);
  Status serveWaitableJoin(const Service &service, std::span<Slot> slots);
  // Threads (ThreadServices.cpp).
  Status serveThreadYield(const Service &service, std::span<Slot> slots);
  Status serveThreadIndex(const Service &service, std::span<Slot> slots);
  Status serveThreadNewIndirect(const Service &service, std::span<Slot> slots);
  Status serveThreadResumeLater(const Service &service, std::span<Slot> slots);
  Status serveThreadSuspend(const Service &service, std::span<Slot> slots);
  Status serveThreadSuspendThenResume(const Service &service, std::span<Slot> slots);
  Status serveThreadYieldThenResume(const Service &service, std::span<Slot> slots);
  Status serveThreadSuspendThenPromote(const Service &service, std::span<Slot> slots);
  Status serveThreadYieldThenPromote(const Service &service, std::span<Slot> slots);
  // Streams and futures (StreamServices.cpp).
  Status serveMoveEnd(const Service &service, std::span<Slot> slots);
#define W2N_END_SERVICES(End)                                                                      \
  Status serve##End##New(const Service &service, std::span<Slot> slots);                           \
  Status serve##End##Read(const Service &service, std::span<Slot> slots);                          \
  Status serve##End##Write(const Service &service, std::span<Slot> slots);                         \
  Status serve##End##CancelRead(const Service &service, std::span<Slot> slots);                    \
  Status serve##End##CancelWrite(const Service &service, std::span<Slot> slots);                   \
  Status serve##End##DropReadable(const Service &service, std::span<Slot> slots);                  \
  Status serve##End##DropWritable(const Service &service, std::span<Slot> slots);
  W2N_END_SERVICES(Stream)
  W2N_END_SERVICES(Future)
#undef W2N_END_SERVICES
  Status makeEnds(const Service &service, std::span<Slot> slots, bool isFuture);
  Status copy(const Service &service, std::span<Slot> slots, ObjectKind kind);
  /// Gives the event of an operation on `end`, waiting for it if the service is synchronous.
  Status answerCopy(const Service &service, const std::shared_ptr<CopyEnd> &end,
                    std::span<Slot> slots);
  Status cancelCopy(const Service &service, std::span<Slot> slots, ObjectKind kind);
  Status dropEnd(const Service &service, std::span<Slot> slots, ObjectKind kind);
  Status openBuffer(const Service &service, CopyBuffer &buffer);
  Status copyElements(const SharedStream &stream, CopyBuffer &from, CopyBuffer &to, uint32_t count);
  Result<std::shared_ptr<CopyEnd>> findEnd(const Service &service, uint32_t handle,
                                           ObjectKind kind);

  Status callHostAndWait(const component::WorldCall &call, std::span<Slot> slots);
  Status runUntil(const std::function<bool()> &isOver);
  Result<TaskFunction> functionOf(const component::WorldCall &call);
  /// The task of the component instance that asks. Errors: Trap.
  Result<Task *> currentTask(const Service &service);
  Result<TaskThread *> threadAt(const Service &service, uint32_t index);
  Status writeEvent(const Service &service, uint32_t address, const Event &event, Slot &code);
  /// Checks that the task may wait. Errors: Trap.
  Status checkMayBlock();
  Status waitFor(Waitable &waitable, std::shared_ptr<TableObject> object);

  ComponentInstance &owner;
  const component::Concurrency &world;
  std::map<uint32_t, const component::WorldTasks *> described;
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> copies;
  /// The call that starts: what its parameters lend is its.
  Subtask *starting = nullptr;
  /// The call of the host that has begun: what it lifts is lent to it.
  Subtask *lending = nullptr;
  Scheduler scheduler;

  friend class GuestCaller;
};

} // namespace w2n::runtime
