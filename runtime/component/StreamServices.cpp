// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// CanonicalABI.md, "canon {stream,future}.*", and the lifting and lowering of readable ends.

#include "runtime/component/ComponentInstance.h"
#include "runtime/component/TaskRuntime.h"

#include <cstring>

namespace w2n::runtime {

using component::CanonTrap;
using component::WorldBuffer;
using component::WorldElement;

namespace {

bool isFutureEnd(ObjectKind kind) {
  return kind == ObjectKind::ReadableFuture || kind == ObjectKind::WritableFuture;
}

/// Why an end that is over cannot be used.
CanonTrap reasonOfDone(ObjectKind kind) {
  switch (kind) {
  case ObjectKind::ReadableStream:
    return CanonTrap::ReadStreamEnded;
  case ObjectKind::WritableStream:
    return CanonTrap::WriteStreamEnded;
  case ObjectKind::ReadableFuture:
    return CanonTrap::ReadFutureRead;
  default:
    return CanonTrap::WriteFutureDone;
  }
}

/// A buffer of a guest that elements are converted in.
class BufferCall final : public HostCall {
public:
  BufferCall(ComponentInstance &owner, const WorldBuffer &buffer)
      : HostCall({}, buffer.encoding), owner(owner), function{.instance = buffer.instance,
                                                              .encoding = buffer.encoding,
                                                              .memory = buffer.memory,
                                                              .realloc = buffer.realloc},
        imported{owner.component().world().types, none, {}} {}

  std::span<uint8_t> memory() override { return owner.memory(function); }
  Result<uint32_t> allocate(uint32_t bytes, uint32_t alignment) override {
    return owner.allocate(function, bytes, alignment);
  }
  Result<uint32_t> lend(const HostResource &resource, uint32_t handle) override {
    return callHandles(&component::WorldHandles::lend, resource, handle);
  }
  Result<uint32_t> take(const HostResource &resource, uint32_t handle) override {
    return callHandles(&component::WorldHandles::take, resource, handle);
  }
  Result<uint32_t> give(const HostResource &resource, uint32_t representation) override {
    return callHandles(&component::WorldHandles::give, resource, representation);
  }
  Instance &instance() override { return owner.core(); }
  const ImportedFunction &import() const override { return imported; }

private:
  Result<uint32_t> callHandles(uint32_t component::WorldHandles::*function,
                               const HostResource &resource, uint32_t operand) {
    W2N_TRY(handleType, owner.handleTypeOf(resource));
    return owner.callHandles(this->function.instance, function, operand, handleType);
  }

  ComponentInstance &owner;
  const component::WorldFunction function;
  const component::TypeBody none = {};
  const ImportedFunction imported;
};

} // namespace

Result<std::shared_ptr<CopyEnd>> TaskRuntime::findEnd(const Service &service, uint32_t handle,
                                                      ObjectKind kind) {
  W2N_TRY(instance, instanceOf(service.instance));
  W2N_TRY(end, instance->objects.find<CopyEnd>(handle, kind));
  if (end->shared->element != service.subject)
    return canonTrap(CanonTrap::WrongHandleKind, handle);
  return end;
}

Status TaskRuntime::makeEnds(const Service &service, std::span<Slot> slots, bool isFuture) {
  W2N_TRY(instance, instanceOf(service.instance));
  const auto &budget = scheduler.hostBudget();
  W2N_TRY(shared, makeCharged<SharedStream>(budget, isFuture, service.subject));
  const auto add = [&](ObjectKind kind) -> Result<uint32_t> {
    W2N_TRY(end, makeCharged<CopyEnd>(budget, kind, shared));
    return instance->objects.add(std::move(end));
  };
  W2N_TRY(readable, add(isFuture ? ObjectKind::ReadableFuture : ObjectKind::ReadableStream));
  W2N_TRY(writable, add(isFuture ? ObjectKind::WritableFuture : ObjectKind::WritableStream));
  slots[0] = readable | uint64_t(writable) << 32;
  return {};
}

/// Checks where a buffer is.
Status TaskRuntime::openBuffer(const Service &service, CopyBuffer &buffer) {
  const WorldElement *const element = elementAt(service.subject);
  if (!element || service.buffer >= world.buffers.size())
    return fail(ErrorKind::Malformed, "the component's metadata lack a stream");
  buffer.options = service.buffer;
  buffer.instance = service.instance;
  if (buffer.length > CopyBuffer::maxElements)
    return canonTrap(CanonTrap::BufferTooLong);
  if (element->bytes == 0 || buffer.length == 0)
    return {};
  if (buffer.address % element->alignment != 0)
    return canonTrap(CanonTrap::UnalignedPointer);
  W2N_TRY(memory, owner.memoryAt(world.buffers[service.buffer].memory));
  if (buffer.address + uint64_t(buffer.length) * element->bytes > memory->bytes().size())
    return canonTrap(CanonTrap::BufferOutOfBounds);
  return {};
}

Status TaskRuntime::copyElements(const SharedStream &stream, CopyBuffer &from, CopyBuffer &to,
                                 uint32_t count) {
  const WorldElement &element = world.elements[stream.element];
  if (element.bytes == 0)
    return {};
  // Memories of guests only grow, so that what was in bounds still is.
  const auto addressOf = [&](const CopyBuffer &buffer) {
    return buffer.address + buffer.progress * element.bytes;
  };
  if (element.isNumber) {
    const auto bytesOf = [&](const CopyBuffer &buffer) -> Result<uint8_t *> {
      if (buffer.isHost())
        return buffer.bytes + size_t(buffer.progress) * element.bytes;
      W2N_TRY(memory, owner.memoryAt(world.buffers[buffer.options].memory));
      return memory->bytes().data() + addressOf(buffer);
    };
    W2N_TRY(source, bytesOf(from));
    W2N_TRY(target, bytesOf(to));
    std::memmove(target, source, size_t(count) * element.bytes);
    return {};
  }
  if (from.isHost() && to.isHost()) {
    if (&from.elements->type != &to.elements->type)
      return fail(ErrorKind::Trap, "the host has different types for both ends of a stream");
    for (uint32_t i = 0; i < count; ++i)
      from.elements->move(from.progress + i, *to.elements, to.progress + i);
    return {};
  }
  if (from.isHost() || to.isHost()) {
    const CopyBuffer &host = from.isHost() ? from : to;
    const CopyBuffer &guest = from.isHost() ? to : from;
    BufferCall call(owner, world.buffers[guest.options]);
    for (uint32_t i = 0; i < count; ++i) {
      const uint32_t index = host.progress + i, address = addressOf(guest) + i * element.bytes;
      W2N_CHECK(from.isHost() ? host.elements->store(call, index, address)
                              : host.elements->load(call, index, address));
    }
    return {};
  }
  const auto copy = copies.find({from.options, to.options});
  if (copy == copies.end())
    return fail(ErrorKind::Malformed, "the component's metadata lack how elements are copied");
  std::vector<Slot> slots = {addressOf(from), addressOf(to), count};
  return owner.callCore(copy->second, slots);
}

Status TaskRuntime::copy(const Service &service, std::span<Slot> slots, ObjectKind kind) {
  if (!service.isAsync)
    W2N_CHECK(checkMayBlock());
  W2N_TRY(end, findEnd(service, uint32_t(slots[0]), kind));
  if (end->isCopying())
    return canonTrap(CanonTrap::ConcurrentCopies);
  if (end->state == CopyEnd::State::Done)
    return canonTrap(reasonOfDone(kind));
  if (end->set && !service.isAsync)
    return canonTrap(CanonTrap::SyncInSet);
  CopyBuffer buffer;
  buffer.address = uint32_t(slots[1]);
  buffer.length = isFutureEnd(kind) ? 1 : uint32_t(slots[2]);
  W2N_CHECK(openBuffer(service, buffer));
  end->buffer = std::move(buffer);
  end->state = CopyEnd::State::Copying;
  W2N_CHECK(transfer(*end->shared, *end, end->isWritable()));
  return answerCopy(service, end, slots);
}

Status TaskRuntime::transfer(SharedStream &stream, CopyParty &party, bool isWriter) {
  const WorldElement *const element = elementAt(stream.element);
  const CopyElements copyThem = [this](const SharedStream &stream, CopyBuffer &from, CopyBuffer &to,
                                       uint32_t count) {
    return copyElements(stream, from, to, count);
  };
  return stream.transfer(party, isWriter, copyThem,
                         element && (element->bytes == 0 || element->isNumber));
}

Result<std::shared_ptr<SharedStream>> TaskRuntime::makeStream(bool isFuture) {
  return makeCharged<SharedStream>(hostBudget(), isFuture, SharedStream::noElement);
}

Status TaskRuntime::answerCopy(const Service &service, const std::shared_ptr<CopyEnd> &end,
                               std::span<Slot> slots) {
  if (!end->hasEvent) {
    if (service.isAsync) {
      slots[0] = blocked;
      return {};
    }
    W2N_CHECK(waitFor(*end, end));
  }
  slots[0] = end->takeEvent().payload;
  return {};
}

Status TaskRuntime::cancelCopy(const Service &service, std::span<Slot> slots, ObjectKind kind) {
  if (!service.isAsync)
    W2N_CHECK(checkMayBlock());
  W2N_TRY(end, findEnd(service, uint32_t(slots[0]), kind));
  if (end->state != CopyEnd::State::Copying || end->hasSyncWaiter)
    return canonTrap(CanonTrap::NothingToCancel);
  if (end->set && !service.isAsync)
    return canonTrap(CanonTrap::SyncInSet);
  end->state = CopyEnd::State::Canceling;
  // The number of elements that were copied so far is told with the cancellation.
  if (!end->hasFinalEvent())
    end->shared->cancel();
  return answerCopy(service, end, slots);
}

Status TaskRuntime::dropEnd(const Service &service, std::span<Slot> slots, ObjectKind kind) {
  W2N_TRY(end, findEnd(service, uint32_t(slots[0]), kind));
  if (end->isCopying())
    return canonTrap(end->isWritable() ? CanonTrap::DropBusyStream : CanonTrap::RemoveBusyStream);
  if (kind == ObjectKind::WritableFuture && end->state != CopyEnd::State::Done)
    return canonTrap(CanonTrap::DropUnwrittenFuture);
  W2N_TRY(instance, instanceOf(service.instance));
  end->join(nullptr);
  end->release()->drop();
  return instance->objects.remove(*end);
}

/// (from, to, handle, type): the end that `handle` is of goes to the table of `to`.
Status TaskRuntime::serveMoveEnd(const Service &, std::span<Slot> slots) {
  W2N_TRY(from, instanceOf(uint32_t(slots[0])));
  W2N_TRY(to, instanceOf(uint32_t(slots[1])));
  const bool isFuture = slots[3] & 1;
  const auto handle = uint32_t(slots[2]), element = uint32_t(slots[3]) >> 1;
  W2N_TRY(shared, takeReadable(*from, handle, isFuture, element));
  W2N_TRY(moved, giveReadable(*to, std::move(shared)));
  slots[0] = moved;
  return {};
}

Result<std::shared_ptr<SharedStream>> TaskRuntime::takeReadable(TaskInstance &from, uint32_t handle,
                                                                bool isFuture, uint32_t element) {
  const ObjectKind kind = isFuture ? ObjectKind::ReadableFuture : ObjectKind::ReadableStream;
  W2N_TRY(end, from.objects.find<CopyEnd>(handle, kind));
  if (end->shared->element != element)
    return canonTrap(CanonTrap::WrongHandleKind, handle);
  if (end->isCopying())
    return canonTrap(CanonTrap::RemoveBusyStream);
  if (end->state == CopyEnd::State::Done)
    return canonTrap(isFuture ? CanonTrap::LiftFutureRead : CanonTrap::LiftStreamEnded);
  if (end->set)
    return canonTrap(isFuture ? CanonTrap::LiftFutureInSet : CanonTrap::LiftStreamInSet);
  auto shared = end->release();
  W2N_CHECK(from.objects.remove(*end));
  return shared;
}

Result<uint32_t> TaskRuntime::giveReadable(TaskInstance &to, std::shared_ptr<SharedStream> shared) {
  const ObjectKind kind =
      shared->isFuture ? ObjectKind::ReadableFuture : ObjectKind::ReadableStream;
  W2N_TRY(end, makeCharged<CopyEnd>(scheduler.hostBudget(), kind, std::move(shared)));
  return to.objects.add(std::move(end));
}

#define W2N_END_SERVICES(End, isFuture)                                                            \
  Status TaskRuntime::serve##End##New(const Service &service, std::span<Slot> slots) {             \
    return makeEnds(service, slots, isFuture);                                                     \
  }                                                                                                \
  Status TaskRuntime::serve##End##Read(const Service &service, std::span<Slot> slots) {            \
    return copy(service, slots, ObjectKind::Readable##End);                                        \
  }                                                                                                \
  Status TaskRuntime::serve##End##Write(const Service &service, std::span<Slot> slots) {           \
    return copy(service, slots, ObjectKind::Writable##End);                                        \
  }                                                                                                \
  Status TaskRuntime::serve##End##CancelRead(const Service &service, std::span<Slot> slots) {      \
    return cancelCopy(service, slots, ObjectKind::Readable##End);                                  \
  }                                                                                                \
  Status TaskRuntime::serve##End##CancelWrite(const Service &service, std::span<Slot> slots) {     \
    return cancelCopy(service, slots, ObjectKind::Writable##End);                                  \
  }                                                                                                \
  Status TaskRuntime::serve##End##DropReadable(const Service &service, std::span<Slot> slots) {    \
    return dropEnd(service, slots, ObjectKind::Readable##End);                                     \
  }                                                                                                \
  Status TaskRuntime::serve##End##DropWritable(const Service &service, std::span<Slot> slots) {    \
    return dropEnd(service, slots, ObjectKind::Writable##End);                                     \
  }
W2N_END_SERVICES(Stream, false)
W2N_END_SERVICES(Future, true)
#undef W2N_END_SERVICES

} // namespace w2n::runtime
