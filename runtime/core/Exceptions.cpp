#include "runtime/core/Exceptions.h"

#include "runtime/core/Activation.h"
#include "runtime/core/InstanceState.h"
#include "runtime/core/Interrupt.h"
#include "runtime/core/RangeRegistry.h"
#include "runtime/core/Thread.h"

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

std::span<const uint64_t> wordsBetween(uintptr_t begin, uintptr_t end) {
  begin &= ~uintptr_t(7);
  return {reinterpret_cast<const uint64_t *>(begin), (end - begin) / sizeof(uint64_t)};
}

// The guest's stack is one, whatever host functions are in between.
void collectExceptions(InstanceGroup &group) {
  ExceptionRoots roots;
  roots.push_back(wordsBetween(w2nCurrentActivation->guestStackPointer, currentGuestStack->top));
  for (const Activation *activation = w2nCurrentActivation; activation;
       activation = activation->previous)
    roots.push_back(activation->savedRegisters);
  group.addExceptionRoots(roots);
  group.exceptions.collect(roots);
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

Exception *exceptionOf(const Error &error, Instance &caller) {
  if (!error.exception)
    return nullptr;
  Exception &exception = static_cast<HeldException *>(error.exception.get())->exception;
  InstanceGroup::merge(caller.state().group, &groupOf(exception));
  return &exception;
}

} // namespace w2n::runtime

using namespace w2n::runtime;
using namespace w2n::artifact;

extern "C" {

Exception *w2nExceptionMake(InstanceContext *context, const TagRecord *tag, uint32_t payloadSlots) {
  Instance &instance = instanceOf(context);
  // The exception refers to the instance's tag.
  instance.state().pinned = true;
  InstanceGroup &group = *instance.state().group;
  if (group.exceptions.isFull())
    collectExceptions(group);
  Exception *exception = group.exceptions.make(payloadSlots);
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
  activation.hostError = new w2n::Error(trapError(TrapKind::UncaughtException));
  activation.hostError->exception = std::make_shared<HeldException>(*exception);
  return 1;
}
}
