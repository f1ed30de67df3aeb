// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/InstanceImage.h"

#include "runtime/core/InstanceState.h"
#include "runtime/core/Thread.h"
#include "runtime/platform/VirtualMemory.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace w2n::runtime {

using artifact::InstanceContext;

namespace {

std::unexpected<Error> damagedImage(const char *what) {
  return fail(ErrorKind::Malformed, std::string("the checkpoint is damaged: ") + what);
}

size_t contextBytes(const Instance::State &state) {
  return state.layout.bytes() + state.argumentBytes;
}

/// The parts of a context that change while it runs, as offsets and sizes.
struct ContextPart {
  uint64_t offset, bytes;
};
std::array<ContextPart, 3> changingParts(const Instance::State &state) {
  return {{{offsetof(InstanceContext, fuel), sizeof(InstanceContext::fuel)},
           {state.layout.globalCells(), sizeof(artifact::GlobalCell) * state.layout.definedGlobals},
           {state.layout.bytes(), state.argumentBytes}}};
}

Status restoreMemories(Instance::State &state, const InstanceImage &image) {
  if (image.memoryBytes.size() != state.memories.size())
    return damagedImage("its number of memories");
  for (size_t i = 0; i < state.memories.size(); ++i) {
    Memory &memory = *state.memories[i];
    const uint64_t bytes = memory.bytes().size(), wanted = image.memoryBytes[i];
    const unsigned shift = memory.type.pageSizeLog2;
    if (wanted < bytes || (wanted - bytes) >> shift << shift != wanted - bytes)
      return damagedImage("the size of a memory");
    if (memory.grow((wanted - bytes) >> shift) < 0)
      return fail(ErrorKind::Limit,
                  "the system has no room for a memory of " + std::to_string(wanted) + " bytes");
  }
  return {};
}

Status restoreTables(Instance::State &state, const InstanceImage &image) {
  if (image.tables.size() != state.tables.size())
    return damagedImage("its number of tables");
  for (size_t i = 0; i < state.tables.size(); ++i) {
    Table &table = *state.tables[i];
    const std::vector<uint64_t> &elements = image.tables[i];
    if (elements.size() < table.size() || table.grow(elements.size() - table.size(), 0) < 0)
      return damagedImage("the size of a table");
    std::copy(elements.begin(), elements.end(), table.record->elements);
  }
  return {};
}

/// The context is as this process has made it, and so must be what was saved but for what changes:
/// this compares every address and every number of a type.
Status restoreContext(Instance::State &state, const InstanceImage &image) {
  if (image.context.size() != contextBytes(state))
    return damagedImage("the size of its context");
  for (const ContextPart &part : changingParts(state))
    std::memcpy(state.contextBase + part.offset, image.context.data() + part.offset, part.bytes);
  constexpr size_t instanceEnd = offsetof(InstanceContext, instance) + sizeof(void *);
  if (std::memcmp(state.contextBase, image.context.data(), offsetof(InstanceContext, instance)) ||
      std::memcmp(state.contextBase + instanceEnd, image.context.data() + instanceEnd,
                  image.context.size() - instanceEnd))
    return fail(ErrorKind::Unsupported,
                "the checkpoint is of another artifact, or of another version of wasm2native");
  return {};
}

Status restoreStack(const GuestStack &stack, const InstanceImage &image) {
  const GuestPosition &position = image.position;
  if (position.stackTop > stack.top || position.stackPointer < stack.limit ||
      position.stackPointer >= position.stackTop || position.stackTop % 16 != 0 ||
      position.stackPointer % sizeof(uint64_t) != 0 ||
      image.stack.size() != position.stackTop - position.stackPointer)
    return damagedImage("the place of its stack");
  std::memcpy(reinterpret_cast<void *>(position.stackPointer), image.stack.data(),
              image.stack.size());
  return {};
}

Status restoreSegments(Instance::State &state, const InstanceImage &image) {
  if (image.droppedData.size() != state.droppedData.size() ||
      image.droppedElements.size() != state.droppedElements.size())
    return damagedImage("its number of segments");
  if (!image.elementValues.empty() && image.elementValues.size() != state.droppedElements.size())
    return damagedImage("the values of its segments");
  for (size_t i = 0; i < image.elementValues.size(); ++i) {
    const artifact::ElementRecord &segment = state.metadata->elements()[i];
    if (!image.elementValues[i].empty() &&
        image.elementValues[i].size() != state.metadata->indices(segment.functions).size())
      return damagedImage("the values of a segment");
  }
  state.droppedData = image.droppedData;
  state.droppedElements = image.droppedElements;
  state.elementValues = image.elementValues;
  return {};
}

Status checkCall(const Instance::State &state, const InstanceImage &image) {
  if (image.import >= state.hostFunctions.size() || !state.hostFunctions[image.import].function)
    return damagedImage("the call that it is in");
  const uint64_t bytes = state.hostFunctions[image.import].slots * sizeof(Slot);
  const GuestPosition &position = image.position;
  // A call without parameters and results has no slots.
  if (bytes != 0 && (image.slots < position.stackPointer || image.slots % sizeof(Slot) != 0 ||
                     image.slots > position.stackTop || bytes > position.stackTop - image.slots))
    return damagedImage("the arguments of the call that it is in");
  return {};
}

std::unexpected<Error> cannotCarry(const std::string &what) {
  return fail(ErrorKind::Unsupported, "a checkpoint cannot be taken of " + what);
}

} // namespace

Status checkCanBeCarried(const Module &module) {
  const artifact::Metadata &metadata = module.metadata();
  if (!metadata.component().empty())
    return cannotCarry("a component");
  for (const artifact::MemoryRecordInfo &memory : metadata.memories())
    if (memory.flags & artifact::limitShared)
      return cannotCarry("a program with threads: it has a shared memory");
  if (module.usesHeap())
    return cannotCarry("a program with garbage-collected objects");
  if (!metadata.tags().empty())
    return cannotCarry("a program with exceptions: it has tags");
  // The next process signs with other keys.
  if (metadata.header().flags & artifact::flagSignsReturnAddresses)
    return cannotCarry("a program that was compiled with --sign-return-addresses");
  if (module.profileCounters())
    return cannotCarry("a program that was compiled with --profile-generate");
  for (const artifact::ImportRecord &import : metadata.imports())
    if (import.kind != uint32_t(artifact::ExternKindCode::Function))
      return cannotCarry("a program that imports more than functions: \"" +
                         std::string(metadata.string(import.module)) + "\".\"" +
                         std::string(metadata.string(import.name)) + "\"");
  return {};
}

std::optional<InstanceImage> takeImage(Instance &instance, uint32_t import,
                                       std::span<const Slot> slots) {
  const auto position = guestPosition();
  Instance::State &state = instance.state();
  if (!position || !state.entries)
    return std::nullopt;
  InstanceImage image;
  image.import = import;
  image.slots = reinterpret_cast<uint64_t>(slots.data());
  image.position = *position;
  image.stack.assign(reinterpret_cast<const uint8_t *>(position->stackPointer),
                     reinterpret_cast<const uint8_t *>(position->stackTop));
  image.context.assign(state.contextBase, state.contextBase + contextBytes(state));
  // The one address of the host's own.
  std::fill_n(image.context.begin() + offsetof(InstanceContext, instance), sizeof(void *), 0);
  for (const Memory *memory : state.memories)
    image.memoryBytes.push_back(memory->bytes().size());
  for (const Table *table : state.tables)
    image.tables.emplace_back(table->record->elements, table->record->elements + table->size());
  image.droppedData = state.droppedData;
  image.droppedElements = state.droppedElements;
  image.elementValues = state.elementValues;
  return image;
}

Status restoreImage(Instance &instance, GuestStack &stack, const InstanceImage &image) {
  Instance::State &state = instance.state();
  W2N_CHECK(checkCall(state, image));
  W2N_CHECK(restoreMemories(state, image));
  W2N_CHECK(restoreTables(state, image));
  W2N_CHECK(restoreContext(state, image));
  W2N_CHECK(restoreSegments(state, image));
  return restoreStack(stack, image);
}

Status resumeImage(Instance &instance, const InstanceImage &image) {
  return resumeGuest(instance, image.position, &instance.state().hostFunctions[image.import].abi,
                     reinterpret_cast<uint64_t *>(image.slots));
}

Status callFixed(Instance &instance, const Function &function) {
  const Instance::State &state = instance.state();
  if (!function.entry || !state.entries)
    return fail(ErrorKind::Unsupported, "the function has no entry for the host");
  const auto thunk = reinterpret_cast<uintptr_t>(function.entry);
  return runGuest(state.entries->stub(), function.reference->context, function.reference->code,
                  reinterpret_cast<uint64_t *>(thunk));
}

} // namespace w2n::runtime
