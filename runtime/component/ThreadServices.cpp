// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// CanonicalABI.md, "canon thread.*".

#include "runtime/component/ComponentInstance.h"
#include "runtime/component/TaskRuntime.h"

namespace w2n::runtime {

using component::CanonTrap;

Result<TaskThread *> TaskRuntime::threadAt(const Service &service, uint32_t index) {
  W2N_TRY(instance, instanceOf(service.instance));
  if (index >= instance->threads.size() || !instance->threads[index])
    return canonTrap(CanonTrap::UnknownThread, index);
  return instance->threads[index];
}

namespace {

/// Errors: Trap (it runs, or waits).
Status checkSuspended(const TaskThread &thread) {
  if (thread.isRunning || thread.isWaiting)
    return canonTrap(CanonTrap::ThreadNotSuspended, thread.index);
  return {};
}

Status give(Slot &slot, const Result<bool> &isCanceled) {
  if (!isCanceled)
    return std::unexpected(isCanceled.error());
  slot = *isCanceled;
  return {};
}

} // namespace

Status TaskRuntime::serveThreadYield(const Service &service, std::span<Slot> slots) {
  return give(slots[0], scheduler.waitUntil({}, service.isCancellable));
}

Status TaskRuntime::serveThreadIndex(const Service &service, std::span<Slot> slots) {
  W2N_CHECK(currentTask(service));
  slots[0] = scheduler.current()->index;
  return {};
}

Status TaskRuntime::serveThreadNewIndirect(const Service &service, std::span<Slot> slots) {
  W2N_TRY(task, currentTask(service));
  W2N_TRY(start, owner.functionAt(service.subject));
  if (start->type.params.size() != 2)
    return fail(ErrorKind::Malformed, "the function that starts threads has another type");
  W2N_TRY(thread, scheduler.addThread(*task, TaskThread::Next::StartFunction));
  thread->startFunction = start;
  thread->startIndex = uint32_t(slots[0]);
  thread->startArgument = uint32_t(slots[1]);
  W2N_CHECK(scheduler.registerThread(*thread));
  slots[0] = thread->index;
  return {};
}

Status TaskRuntime::serveThreadResumeLater(const Service &service, std::span<Slot> slots) {
  W2N_TRY(thread, threadAt(service, uint32_t(slots[0])));
  W2N_CHECK(checkSuspended(*thread));
  scheduler.resumeLater(*thread);
  return {};
}

Status TaskRuntime::serveThreadSuspend(const Service &service, std::span<Slot> slots) {
  return give(slots[0], scheduler.suspend(service.isCancellable));
}

Status TaskRuntime::serveThreadSuspendThenResume(const Service &service, std::span<Slot> slots) {
  W2N_TRY(thread, threadAt(service, uint32_t(slots[0])));
  W2N_CHECK(checkSuspended(*thread));
  return give(slots[0], scheduler.suspend(service.isCancellable, thread));
}

Status TaskRuntime::serveThreadYieldThenResume(const Service &service, std::span<Slot> slots) {
  W2N_TRY(thread, threadAt(service, uint32_t(slots[0])));
  W2N_CHECK(checkSuspended(*thread));
  return give(slots[0], scheduler.yieldTo(service.isCancellable, thread));
}

Status TaskRuntime::serveThreadSuspendThenPromote(const Service &service, std::span<Slot> slots) {
  W2N_TRY(thread, threadAt(service, uint32_t(slots[0])));
  if (!scheduler.isPromotable(*thread))
    return give(slots[0], scheduler.suspend(service.isCancellable));
  scheduler.stopWaiting(*thread);
  return give(slots[0], scheduler.suspend(service.isCancellable, thread));
}

Status TaskRuntime::serveThreadYieldThenPromote(const Service &service, std::span<Slot> slots) {
  W2N_TRY(thread, threadAt(service, uint32_t(slots[0])));
  if (!scheduler.isPromotable(*thread))
    return give(slots[0], scheduler.yieldTo(service.isCancellable, nullptr));
  scheduler.stopWaiting(*thread);
  return give(slots[0], scheduler.yieldTo(service.isCancellable, thread));
}

} // namespace w2n::runtime
