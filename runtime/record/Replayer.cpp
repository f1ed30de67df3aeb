// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/record/Replayer.h"

#include "runtime/core/Activation.h"
#include "runtime/core/Backtrace.h"
#include "runtime/core/InstanceState.h"
#include "runtime/core/StateHash.h"

#include <algorithm>
#include <cstring>

namespace w2n::record {

using runtime::Caller;
using runtime::Function;
using runtime::Instance;
using runtime::Slot;

namespace {

Status statusOf(const Outcome &outcome) {
  if (!outcome.error)
    return {};
  Error error;
  error.kind = *outcome.error;
  error.code = outcome.code;
  error.text = outcome.text;
  return std::unexpected(std::move(error));
}

/// The backtrace of the guest, which has called the host.
std::string backtraceOf(Instance &instance) {
  std::string text;
  if (runtime::Activation *activation = runtime::w2nCurrentActivation) {
    runtime::noteCrossing(*activation);
    runtime::appendBacktrace(*activation, text, nullptr, &instance);
  }
  return text;
}

} // namespace

Result<std::shared_ptr<Replayer>> Replayer::open(std::vector<uint8_t> log) {
  std::shared_ptr<Replayer> replayer(new Replayer(std::move(log)));
  W2N_CHECK(replayer->readHeader());
  return replayer;
}

Status Replayer::readHeader() {
  W2N_TRY(opened, LogReader::open(log));
  reader.emplace(opened);
  const Event *event = peek();
  if (!event || event->kind != EventKind::Header)
    return fail(ErrorKind::Malformed,
                result.text.empty() ? "the record of a run has no beginning" : result.text,
                reader->offset());
  W2N_TRY(header, decodeHeader(event->text, logStartBytes));
  recordHeader = std::move(header);
  consume();
  return {};
}

const Event *Replayer::peek() {
  if (ahead || hasEnded)
    return ahead ? &*ahead : nullptr;
  const uint64_t offset = reader->offset();
  const auto damaged = [&](const Error &error) {
    (void)end(ReplayEnd::Damaged, error.text + ", at byte " + std::to_string(error.offset));
    return nullptr;
  };
  auto payload = reader->next();
  if (!payload)
    return damaged(payload.error());
  if (!*payload)
    return nullptr;
  auto event = decode(**payload, offset + recordHeadBytes);
  if (!event)
    return damaged(event.error());
  ahead = std::move(*event);
  return &*ahead;
}

std::string Replayer::position() const {
  return result.calls == 0 ? "before the first host call"
                           : "at host call " + std::to_string(result.calls);
}

std::unexpected<Error> Replayer::end(ReplayEnd how, std::string text) {
  if (!hasEnded) {
    hasEnded = true;
    result.end = how;
    result.text = std::move(text);
  }
  return fail(ErrorKind::Trap, "the replay has ended");
}

std::unexpected<Error> Replayer::diverge(const std::string &found, const std::string &wanted) {
  return end(ReplayEnd::Diverged,
             "the run differs " + position() + ": " + found + ", but the record has " + wanted);
}

std::unexpected<Error> Replayer::endOfRecord() {
  return end(ReplayEnd::RecordEnds, "the record ends here, " + position());
}

namespace {

std::string describe(const Event &event, const Imports &imports) {
  const Import *import = imports.find(event.function);
  switch (event.kind) {
  case EventKind::Call:
  case EventKind::CallBegins:
    return "a call of " + (import ? import->name : "function " + std::to_string(event.function));
  case EventKind::Enters:
    return "a call of the guest's function " + std::to_string(event.function);
  case EventKind::Leaves:
    return "the end of a call of the guest: " + describe(event.outcome);
  case EventKind::Instantiated:
    return "the end of instantiation: " + describe(event.outcome);
  case EventKind::CallEnds:
    return "the end of a host call";
  case EventKind::Ends:
    return "the end of the run";
  case EventKind::Nothing:
  case EventKind::Header:
  case EventKind::Memory:
    break;
  }
  return "something else";
}

} // namespace

Result<ReplayResult> Replayer::run(std::shared_ptr<const runtime::Module> module,
                                   ReplayOptions replayOptions) {
  W2N_CHECK(checkArtifact(recordHeader, *module));
  options = std::move(replayOptions);
  // Nothing is there to be called: every function is unknown, and what is imported in its place
  // reads the record.
  runtime::InstanceOptions instanceOptions;
  instanceOptions.trapOnUnknownImports = true;
  instanceOptions.limits = recordHeader.limits;
  instanceOptions.fuel = recordHeader.fuel;
  instanceOptions.boundary = std::shared_ptr<Boundary>(std::shared_ptr<void>(), this);
  auto made = Instance::instantiate(std::move(module), nullptr, instanceOptions);
  if (!instance && !hasEnded && !made)
    return std::unexpected(std::move(made).error());
  if (made && !hasEnded)
    (void)runEntries(**made);
  return result;
}

void Replayer::instantiated(Instance &made, const Status &status) {
  instance = &made;
  if (hasEnded)
    return;
  const Event *event = peek();
  if (hasEnded)
    return;
  if (!event)
    return (void)endOfRecord();
  const Outcome outcome = outcomeOf(status);
  if (event->kind != EventKind::Instantiated || outcome != event->outcome)
    return (void)diverge("instantiation ends: " + describe(outcome), describe(*event, imports));
  if (!checkState(made, *event))
    return;
  result.outcome = event->outcome;
  consume();
  if (status)
    return;
  if (!(event = peek()))
    (void)endOfRecord();
  else if (event->kind != EventKind::Ends)
    (void)diverge("the run ends", describe(*event, imports));
  else
    (void)checkEnd();
}

/// To be asked at the event that ends the run.
Status Replayer::checkEnd() {
  if (reader->hasMore())
    return end(ReplayEnd::Damaged,
               "the record goes on after its end, at byte " + std::to_string(reader->offset()));
  return {};
}

/// The host's calls of the guest, one after the other.
Status Replayer::runEntries(Instance &running) {
  while (true) {
    W2N_CHECK(checkStates(running));
    const Event *event = peek();
    if (!event)
      return hasEnded ? end(ReplayEnd::Damaged, "") : endOfRecord();
    if (event->kind == EventKind::Ends)
      return checkEnd();
    // A host function that the host has called through the instance.
    if (event->kind == EventKind::Call) {
      W2N_CHECK(applyWrites(running, event->writes));
      consume();
      continue;
    }
    if (event->kind != EventKind::Enters)
      return diverge("the guest has returned", describe(*event, imports));
    const Event entry = std::move(*ahead);
    consume();
    W2N_CHECK(enterGuest(running, entry));
    if (hasEnded)
      return {};
  }
}

/// The error is that of the replay alone; that of the guest is `lastInner`.
Status Replayer::enterGuest(Instance &running, const Event &entry) {
  W2N_CHECK(applyWrites(running, entry.writes));
  W2N_CHECK(stopBeforeInterrupt());
  const artifact::Metadata &metadata = running.module().metadata();
  const auto *reference = entry.function >= metadata.header().importedFunctions &&
                                  entry.function < metadata.functions().size()
                              ? running.state().referenceOf(entry.function)
                              : nullptr;
  const uint32_t type = reference ? metadata.functions()[entry.function].typeIndex : 0;
  const artifact::EntryThunk thunk = reference ? running.module().entryThunkAt(type) : nullptr;
  if (!thunk)
    return end(ReplayEnd::Damaged, "the record calls function " + std::to_string(entry.function) +
                                       ", which the host cannot call");
  Function shape;
  shape.type = runtime::canonicalType(running.module().typeIds()[type]);
  // References are addresses, which a record must not bring into compiled code.
  if (hasReferences(shape.type.params))
    return end(ReplayEnd::Damaged, "the record calls function " + std::to_string(entry.function) +
                                       ", which takes references");
  const size_t params = wasm::slotsOf(shape.type.params);
  if (entry.slots.size() != params)
    return end(ReplayEnd::Damaged, "the record calls function " + std::to_string(entry.function) +
                                       " with a wrong number of arguments");
  if (entry.fuel && running.fuel())
    W2N_CHECK(running.setFuel(*entry.fuel));
  std::vector<Slot> slots = entry.slots;
  slots.resize(std::max(params, wasm::slotsOf(shape.type.results)));
  const Status status = runtime::runGuest(thunk, reference->context, reference->code, slots.data());
  if (hasEnded)
    return end(result.end, "");
  if (!status && status.error().kind == ErrorKind::Trap && options.stopAt &&
      options.stopAt({running, result.calls, "", {}, status.error().notes, &status.error()}))
    return end(ReplayEnd::Stopped, "stopped at a trap, " + position() + ": " + status.error().text);
  const Event *leaving = peek();
  if (!leaving)
    return hasEnded ? end(result.end, "") : endOfRecord();
  W2N_CHECK(checkLeaving(*leaving, status, shape, slots));
  W2N_CHECK(checkState(running, *leaving));
  result.outcome = leaving->outcome;
  lastInner = status;
  consume();
  return {};
}

Status Replayer::checkLeaving(const Event &leaving, const Status &status, const Function &shape,
                              std::span<const Slot> slots) {
  const Outcome outcome = outcomeOf(status);
  if (leaving.kind != EventKind::Leaves || outcome != leaving.outcome)
    return diverge("the guest's function ends: " + describe(outcome), describe(leaving, imports));
  std::vector<uint64_t> results;
  if (status)
    copyMasked(slots, masksOf(shape.type.results), results);
  if (results != leaving.slots)
    return diverge("the guest's function returns other results", "those of another run");
  return {};
}

Status Replayer::applyWrites(Instance &running, const std::vector<MemoryWrite> &writes) {
  for (const MemoryWrite &write : writes) {
    if (write.memory >= runtime::memoryCount(running))
      return end(ReplayEnd::Damaged, "the record writes to a memory that there is not");
    runtime::Memory &memory = running.memoryAt(write.memory);
    if (write.isGrowth) {
      if (write.address < memory.pages() || memory.grow(write.address - memory.pages()) < 0)
        return end(ReplayEnd::Damaged, "a memory cannot grow as in the record");
      continue;
    }
    const std::span<uint8_t> bytes = memory.bytes();
    if (write.address > bytes.size() || write.bytes.size() > bytes.size() - write.address)
      return end(ReplayEnd::Damaged, "the record writes outside of a memory");
    std::ranges::copy(write.bytes, bytes.data() + write.address);
  }
  return {};
}

Status Replayer::checkState(Instance &running, const Event &event) {
  if (!event.state)
    return {};
  if (runtime::stateHash(running) != *event.state)
    return end(ReplayEnd::Diverged, "the run differs: memories or globals have other contents " +
                                        position() + " than in the record");
  ++result.states;
  return {};
}

/// Checks the states that the record has here.
Status Replayer::checkStates(Instance &running) {
  for (const Event *event = peek(); event && event->kind == EventKind::Memory; event = peek()) {
    W2N_CHECK(checkState(running, *event));
    consume();
  }
  return {};
}

/// To be asked where the guest goes on: whether it was interrupted before it came back. Where it
/// was then nothing knows, so it does not go on.
Status Replayer::stopBeforeInterrupt() {
  const Event *event = peek();
  if (!event)
    return hasEnded ? end(result.end, "") : endOfRecord();
  if (event->kind != EventKind::Leaves || event->outcome.error != ErrorKind::Interrupted)
    return {};
  result.outcome = event->outcome;
  return end(ReplayEnd::Interrupted, "the run was ended from outside after this point, " +
                                         position() + ": " + describe(event->outcome));
}

Result<std::shared_ptr<Function>> Replayer::imported(Instance &running, uint32_t index,
                                                     const std::shared_ptr<Function> &function) {
  instance = &running;
  W2N_TRY(import, imports.add(running, index, function));
  return runtime::makeHostFunction(function->type,
                                   [this, index, import](Caller caller, std::span<Slot> slots) {
                                     return callHost(index, *import, caller, slots);
                                   });
}

Status Replayer::takeResults(const Import &import, const Event &event, std::span<Slot> slots) {
  if (event.slots.size() != import.results.size())
    return end(ReplayEnd::Damaged, "the record has a wrong number of results of " + import.name);
  std::ranges::copy(event.slots, slots.begin());
  return {};
}

Status Replayer::callHost(uint32_t index, const Import &import, Caller caller,
                          std::span<Slot> slots) {
  if (hasEnded)
    return end(result.end, "");
  ++result.calls;
  std::vector<uint64_t> arguments;
  copyMasked(slots, import.params, arguments);
  Instance &running = *caller.instance;
  if (options.stopAt && options.stopAt({running, result.calls, import.name, arguments,
                                        backtraceOf(running), nullptr}))
    return end(ReplayEnd::Stopped, "stopped " + position() + ", " + import.name);
  const Event *event = peek();
  if (!event)
    return hasEnded ? end(result.end, "") : endOfRecord();
  const bool isCall = event->kind == EventKind::Call || event->kind == EventKind::CallBegins;
  if (!isCall || event->function != index)
    return diverge("the program calls " + import.name, describe(*event, imports));
  if (event->arguments != hashOf(arguments))
    return diverge("the program calls " + import.name + " with other arguments",
                   "those of another run");
  if (event->kind == EventKind::CallBegins) {
    consume();
    for (event = peek(); event && event->kind == EventKind::Enters; event = peek()) {
      const Event entry = std::move(*ahead);
      consume();
      W2N_CHECK(enterGuest(running, entry));
    }
    if (!event)
      return hasEnded ? end(result.end, "") : endOfRecord();
    if (event->kind != EventKind::CallEnds)
      return diverge("a call of " + import.name + " returns", describe(*event, imports));
  }
  W2N_CHECK(takeResults(import, *event, slots));
  W2N_CHECK(applyWrites(running, event->writes));
  const Outcome outcome = event->outcome;
  consume();
  W2N_CHECK(checkStates(running));
  if (outcome.isInner && !lastInner)
    return lastInner;
  W2N_CHECK(statusOf(outcome));
  if (options.returned)
    tellReturned(import, running, arguments, slots);
  return stopBeforeInterrupt();
}

void Replayer::tellReturned(const Import &import, Instance &running,
                            std::span<const uint64_t> arguments, std::span<const Slot> slots) {
  options.returned({running, result.calls, import.name, arguments, "", nullptr},
                   slots.first(import.results.size()));
}

} // namespace w2n::record
