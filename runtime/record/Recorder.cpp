// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/record/Recorder.h"

#include "runtime/core/Activation.h"
#include "runtime/core/Memory.h"
#include "runtime/core/StateHash.h"

#include <algorithm>

namespace w2n::record {

using runtime::Caller;
using runtime::Function;
using runtime::Instance;
using runtime::MemoryRange;
using runtime::Slot;

namespace {

/// The time between two hashes of the state, in times of what one takes: at most 2% of the run.
constexpr int stateInterval = 50;

/// Before one was measured: at 4 GB/s.
std::chrono::nanoseconds expectedStateCost(Instance &instance) {
  uint64_t bytes = 0;
  for (uint32_t index = 0; index < runtime::memoryCount(instance); ++index)
    bytes += instance.memoryAt(index).bytes().size();
  return std::chrono::nanoseconds(1000 + bytes / 4);
}

Status checkImports(const runtime::Module &module) {
  const artifact::Metadata &metadata = module.metadata();
  for (const artifact::ImportRecord &import : metadata.imports())
    if (import.kind != uint32_t(artifact::ExternKindCode::Function))
      return fail(ErrorKind::Unsupported,
                  "a run cannot be recorded whose module imports more than functions: \"" +
                      std::string(metadata.string(import.module)) + "\".\"" +
                      std::string(metadata.string(import.name)) + "\"");
  for (const artifact::MemoryRecordInfo &memory : metadata.memories())
    if (memory.flags & artifact::limitShared)
      return fail(ErrorKind::Unsupported,
                  "a run with threads cannot be recorded: the order in which "
                  "they reach a shared memory would be missing");
  return {};
}

} // namespace

Result<std::shared_ptr<Recorder>> Recorder::create(const runtime::Module &module, Header header,
                                                   const RecorderOptions &options) {
  W2N_CHECK(checkImports(module));
  setArtifact(header, module);
  W2N_TRY(log, LogWriter::create(options.path, options.maxBytes));
  std::shared_ptr<Recorder> recorder(new Recorder(std::move(log), options.hostWritesUnseen));
  const std::vector<uint8_t> bytes = encodeHeader(header);
  recorder->event = {.kind = EventKind::Header, .text = bytes};
  W2N_CHECK(recorder->append());
  return recorder;
}

Status Recorder::append() {
  if (!state)
    return state;
  encode(event, payload);
  state = log->append(payload);
  return state;
}

Status Recorder::finish() {
  event = {.kind = EventKind::Ends};
  W2N_CHECK(append());
  state = fail(ErrorKind::Invalid, "the record has ended");
  return log->finish();
}

Result<std::shared_ptr<Function>> Recorder::imported(Instance &instance, uint32_t index,
                                                     const std::shared_ptr<Function> &function) {
  if (recorded && recorded != &instance)
    return fail(ErrorKind::Unsupported, "a record is of one instance");
  recorded = &instance;
  W2N_TRY(import, imports.add(instance, index, function));
  // The function lives as long as the instance, which keeps this.
  return runtime::makeHostFunction(function->type,
                                   [this, index, import](Caller caller, std::span<Slot> slots) {
                                     return callHost(index, *import, caller, slots);
                                   });
}

void Recorder::exported(Instance &, uint32_t index, Function &function) {
  if (!function.entry)
    return;
  if (index == artifact::noIndex || hasReferences(function.type.params)) {
    function.entry = nullptr;
    function.host = [](Caller, std::span<Slot>) -> Status {
      return fail(ErrorKind::Unsupported, "a call of a recorded instance through a reference, or "
                                          "with references, cannot be recorded");
    };
    return;
  }
  // Without the owner, which owns the function.
  auto shape = std::make_shared<Function>();
  shape->type = function.type;
  shape->reference = function.reference;
  shape->entry = std::exchange(function.entry, nullptr);
  function.host = [this, index, shape](Caller caller, std::span<Slot> slots) {
    return enterGuest(index, *shape, caller, slots);
  };
}

void Recorder::instantiated(Instance &instance, const Status &status) {
  recorded = &instance;
  event = {.kind = EventKind::Instantiated, .outcome = outcomeOf(status)};
  // The initial state of an artifact needs no hash, which would read all of a memory that is not
  // touched yet. The first is due as if one had taken so long.
  lastState = Clock::now();
  stateCost = expectedStateCost(instance);
  (void)append();
  if (hostWritesUnseen)
    base.copies.take(instance);
}

void Recorder::wrote(const MemoryRange &range) { top->ranges.push_back(range); }

/// Puts into the event what the host has written since the guest gave way.
void Recorder::collectWrites(Instance &instance, Frame &frame) {
  event.writes.clear();
  if (frame.copies.isTaken())
    frame.copies.addChanges(instance, event.writes);
  for (const MemoryRange &range : frame.ranges) {
    if (range.memory >= runtime::memoryCount(instance) || range.bytes == 0)
      continue;
    const std::span<const uint8_t> bytes = instance.memoryAt(range.memory).bytes();
    if (range.address <= bytes.size() && range.bytes <= bytes.size() - range.address)
      event.writes.push_back(
          {range.memory, false, range.address, bytes.subspan(range.address, range.bytes)});
  }
  frame.ranges.clear();
}

uint64_t Recorder::measuredState(Instance &instance) {
  const Clock::time_point begin = Clock::now();
  const uint64_t hash = runtime::stateHash(instance);
  lastState = Clock::now();
  stateCost = lastState - begin;
  return hash;
}

bool Recorder::isStateDue() const { return Clock::now() - lastState >= stateInterval * stateCost; }

Status Recorder::appendStateIfDue(Instance &instance) {
  if (!isStateDue())
    return {};
  event = {.kind = EventKind::Memory};
  event.state = measuredState(instance);
  return append();
}

Status Recorder::callHost(uint32_t index, const Import &import, Caller caller,
                          std::span<Slot> slots) {
  W2N_CHECK(state);
  ++callCount;
  Frame frame{.below = top, .function = index};
  std::vector<Slot> arguments;
  copyMasked(slots, import.params, arguments);
  frame.arguments = hashOf(arguments);
  const runtime::HostWrites *writes = import.function->writes.get();
  if (writes)
    writes->add(caller, arguments, frame.ranges);
  else
    frame.copies.take(*caller.instance);
  top = &frame;
  Status status = import.function->host(caller, slots);
  top = frame.below;
  if (writes)
    writes->trim(caller, arguments, slots, frame.ranges);

  event.kind = frame.isBegun ? EventKind::CallEnds : EventKind::Call;
  event.function = index;
  event.arguments = frame.arguments;
  event.outcome = outcomeOf(status);
  event.outcome.isInner = !status && !lastInner && status.error().exception &&
                          status.error().exception == lastInner.error().exception;
  copyMasked(slots, import.results, event.slots);
  collectWrites(*caller.instance, frame);
  W2N_CHECK(append());
  W2N_CHECK(appendStateIfDue(*caller.instance));
  return status;
}

Status Recorder::enterGuest(uint32_t index, const Function &shape, Caller caller,
                            std::span<Slot> slots) {
  W2N_CHECK(state);
  Instance &instance = *caller.instance;
  Frame &frame = *top;
  if (&frame != &base && !frame.isBegun) {
    frame.isBegun = true;
    event = {
        .kind = EventKind::CallBegins, .function = frame.function, .arguments = frame.arguments};
    W2N_CHECK(append());
  }
  event = {.kind = EventKind::Enters, .function = index, .fuel = instance.fuel()};
  copyMasked(slots, masksOf(shape.type.params), event.slots);
  collectWrites(instance, frame);
  W2N_CHECK(append());
  Status status =
      runtime::runGuest(shape.entry, shape.reference->context, shape.reference->code, slots.data());
  event = {.kind = EventKind::Leaves, .outcome = outcomeOf(status)};
  if (status)
    copyMasked(slots, masksOf(shape.type.results), event.slots);
  // An embedder may call often; where the program is all that is called, its end is looked at.
  if (&frame == &base && (!hostWritesUnseen || !status || isStateDue()))
    event.state = measuredState(instance);
  lastInner = status;
  W2N_CHECK(append());
  if (frame.copies.isTaken())
    frame.copies.take(instance);
  return status;
}

} // namespace w2n::record
