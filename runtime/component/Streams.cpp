// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/component/Streams.h"

#include "runtime/component/HostCall.h"

#include <algorithm>
#include <utility>

namespace w2n::runtime {

using component::CanonTrap;

void SharedStream::finishPending(CopyResult result) {
  std::exchange(pending, nullptr)->onDone(result);
}

void SharedStream::cancel() {
  if (pending)
    finishPending(CopyResult::Canceled);
}

void SharedStream::drop() {
  if (std::exchange(isDropped, true))
    return;
  if (pending)
    finishPending(CopyResult::Dropped);
}

Status SharedStream::copyNow(CopyParty &party, bool isWriter, const CopyElements &copy) {
  CopyBuffer &from = isWriter ? party.buffer : pending->buffer;
  CopyBuffer &to = isWriter ? pending->buffer : party.buffer;
  const uint32_t count = std::min(from.remaining(), to.remaining());
  W2N_CHECK(copy(*this, from, to, count));
  from.progress += count;
  to.progress += count;
  return {};
}

Status SharedStream::transfer(CopyParty &party, bool isWriter, const CopyElements &copy,
                              bool mayStayInInstance) {
  if (isDropped) {
    party.onDone(CopyResult::Dropped);
    return {};
  }
  const auto wait = [&] {
    pending = &party;
    isPendingWriter = isWriter;
  };
  if (!pending) {
    wait();
    return {};
  }
  // A restriction of the specification's, for now.
  if (pending->buffer.instance == party.buffer.instance && !party.buffer.isHost() &&
      !mayStayInInstance)
    return canonTrap(isFuture ? CanonTrap::CopyWithinInstance
                              : CanonTrap::CopyWithinInstanceStream);
  if (isFuture) {
    W2N_CHECK(copyNow(party, isWriter, copy));
    finishPending(CopyResult::Completed);
    party.onDone(CopyResult::Completed);
    return {};
  }
  if (pending->buffer.remaining() > 0) {
    if (party.buffer.remaining() > 0) {
      W2N_CHECK(copyNow(party, isWriter, copy));
      pending->onCopy();
    }
    party.onDone(CopyResult::Completed);
    return {};
  }
  // A write of nothing asks whether a reader is there, which one that reads nothing is.
  if (isWriter && party.buffer.length == 0 && pending->buffer.length == 0) {
    party.onDone(CopyResult::Completed);
    return {};
  }
  finishPending(CopyResult::Completed);
  wait();
  return {};
}

CopyEnd::~CopyEnd() {
  if (!shared)
    return;
  if (shared->pending == this)
    shared->pending = nullptr;
  shared->drop();
}

void CopyEnd::onCopy() {
  result = CopyResult::Completed;
  isPartial = true;
  notify();
}

void CopyEnd::onDone(CopyResult done) {
  result = done;
  isPartial = false;
  notify();
}

Event CopyEnd::deliver() {
  if (isPartial && shared->pending == this)
    shared->pending = nullptr;
  const bool isFuture = shared->isFuture;
  const bool isOver =
      result == CopyResult::Dropped || (isFuture && result == CopyResult::Completed);
  state = isOver ? State::Done : State::Idle;
  const EventCode code = isFuture ? (isWritable() ? EventCode::FutureWrite : EventCode::FutureRead)
                                  : (isWritable() ? EventCode::StreamWrite : EventCode::StreamRead);
  const uint32_t payload = isFuture ? uint32_t(result) : uint32_t(result) | buffer.progress << 4;
  return {code, handle, payload};
}

} // namespace w2n::runtime
