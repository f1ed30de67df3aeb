// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/Exceptions.h"

#include "runtime/core/Activation.h"
#include "runtime/core/InstanceState.h"
#include "runtime/core/Interrupt.h"
#include "runtime/core/RangeRegistry.h"
#include "runtime/core/StackRoots.h"
#include "runtime/core/Thread.h"
#include "runtime/core/TrapDetails.h"

#include <algorithm>

namespace w2n::runtime {

using artifact::Exception;
using artifact::TrapKind;

namespace {

InstanceGroup &groupOf(const Exception &exception) {
  return *static_cast<Instance *>(exception.instance)->state().group;
}

/// Keeps an exception that has left the guest, and all that it may refer to.
class HeldException {
public:
  explicit HeldException(Exception &exception)
      : exception(exception), group(groupOf(exception).shared_from_this()) {
    ++exception.holders;
  }
  ~HeldException() { --exception.holders; }

  Exception &exception;

private:
  const std::shared_ptr<InstanceGroup> group;
};

void collectExceptions(InstanceGroup &group) {
  ExceptionHeap::Collection collection(group.exceptions);
  visitGuestStack([&](std::span<const uint64_t> words) { collection.markFrom(words); });
  group.markExceptions(collection);
  collection.finish();
}

/// Null if there is no room for one.
Exception *makeException(Instance::State &state, uint32_t payloadSlots) {
  ExceptionHeap &heap = state.group->exceptions;
  const bool isFull = heap.isFull();
  if (isFull)
    collectExceptions(*state.group);
  Exception *exception = heap.make(payloadSlots, *state.budget);
  if (exception || isFull)
    return exception;
  // If little is garbage, the next exception would need a collection again, and so on: when less
  // than a quarter is, there is no room.
  const size_t before = heap.count();
  collectExceptions(*state.group);
  return heap.count() <= before - before / 4 ? heap.make(payloadSlots, *state.budget) : nullptr;
}

std::string noRoomText(const HostBudget &budget) {
  return "no room for another exception: of the host's memory, the limit allows " +
         std::to_string(budget.maxBytes) + " bytes";
}

void noteNoRoom(const HostBudget &budget) {
  if (isInterrupted())
    return noteTrap(TrapKind(pendingInterrupt()));
  noteHostError(limitError(noRoomText(budget)));
}

/// Goes through the frames of the activation until one has a landing pad; false if none has, or if
/// the thread is interrupted: there may be hundreds of thousands.
bool findHandler(const Activation &activation, FrameRegisters &registers) {
  const StackBounds stack = {currentGuestStack->limit, activation.guestStackTop};
  const Module *module = nullptr;
  while (!isInterrupted()) {
    const uintptr_t address = registers.programCounter - 1;
    if (!module || !module->containsCode(address))
      module = static_cast<const Module *>(codeRanges().find(address));
    if (!module)
      return false;
    const UnwindTable &table = module->unwindTable();
    if (const uintptr_t pad = table.landingPad(registers.programCounter)) {
      registers.programCounter = pad;
      return registers.framePointerKnown && registers.savedKnown;
    }
    if (!table.step(registers, /*afterCall=*/true, stack))
      return false;
  }
  return false;
}

} // namespace

Exception *heldException(const Error &error) {
  const TrapDetails *details = detailsOf(error);
  if (!details || !details->exception)
    return nullptr;
  return &static_cast<HeldException *>(details->exception.get())->exception;
}

Exception *exceptionOf(const Error &error, Instance &caller) {
  Exception *exception = heldException(error);
  // One with references of another heap stays an error.
  return exception && InstanceGroup::merge(caller.state().group, &groupOf(*exception)) ? exception
                                                                                       : nullptr;
}

namespace {

/// Keeps `tag` as long as exceptions of `caller` may refer to it. False if it is of another heap.
bool keepTag(Instance &caller, const std::shared_ptr<Tag> &tag) {
  if (tag->owner) {
    tag->owner->state().pinned = true;
    return InstanceGroup::merge(caller.state().group, tag->owner->state().group);
  }
  auto &kept = caller.state().hostTags;
  if (std::ranges::find(kept, tag) == kept.end())
    kept.push_back(tag);
  return true;
}

Error errorOf(Exception &exception) {
  Error error = trapError(TrapKind::UncaughtException);
  detailsFor(error).exception = std::make_shared<HeldException>(exception);
  return error;
}

} // namespace

Result<Error> makeThrownError(Instance &caller, const std::shared_ptr<Tag> &tag,
                              std::span<const Slot> payload) {
  if (!keepTag(caller, tag))
    return fail(ErrorKind::Link, "the tag is of an instance with another heap");
  caller.state().pinned = true;
  Exception *exception = makeException(caller.state(), uint32_t(payload.size()));
  if (!exception)
    return fail(ErrorKind::Limit, noRoomText(*caller.state().budget));
  exception->tag = tag->record;
  exception->instance = &caller;
  std::ranges::copy(payload, exception->payload());
  return errorOf(*exception);
}

std::shared_ptr<Tag> tagOf(const Exception &exception) {
  auto tag = std::make_shared<Tag>();
  tag->type = canonicalType(exception.tag->typeId);
  tag->record = exception.tag;
  tag->owner = static_cast<Instance *>(exception.instance)->handle();
  return tag;
}

} // namespace w2n::runtime

using namespace w2n::runtime;
using namespace w2n::artifact;

extern "C" {

/// Null to leave the guest.
Exception *w2nExceptionMake(InstanceContext *context, const TagRecord *tag, uint32_t payloadSlots) {
  Instance &instance = instanceOf(context);
  // The exception refers to the instance's tag.
  instance.state().pinned = true;
  Exception *exception = makeException(instance.state(), payloadSlots);
  if (!exception) {
    noteNoRoom(*instance.state().budget);
    return nullptr;
  }
  exception->tag = tag;
  exception->instance = &instance;
  return exception;
}

/// 1 if the activation is to be left.
uint32_t w2nExceptionThrow(Exception *exception, ThrowPoint *point) {
  Activation &activation = *w2nCurrentActivation;
  FrameRegisters registers = {point->programCounter, point->stackPointer, point->framePointer};
  std::copy(std::begin(point->saved), std::end(point->saved), registers.saved.begin());
  if (findHandler(activation, registers)) {
    *point = {{}, registers.framePointer, registers.programCounter, registers.stackPointer};
    std::copy(registers.saved.begin(), registers.saved.end(), point->saved);
    return 0;
  }
  activation.afterCall = 1;
  activation.trapProgramCounter = point->programCounter;
  activation.trapStackPointer = point->stackPointer;
  activation.trapFramePointer = point->framePointer;
  if (isInterrupted()) {
    activation.trapKind = pendingInterrupt();
    return 1;
  }
  activation.trapKind = uint32_t(TrapKind::UncaughtException);
  activation.hostError = new w2n::Error(errorOf(*exception));
  return 1;
}
}
