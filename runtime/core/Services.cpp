// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Services that compiled code calls: bulk operations, growth, segments. Each runs on the host's
// stack (Arch.h). Those that can trap check everything before any effect and return 1 after noting
// the trap, else 0.
#include "runtime/core/Services.h"
#include "lib/artifact/Metadata.h"
#include "lib/support/Range.h"
#include "runtime/core/Activation.h"
#include "runtime/core/CanonicalTypes.h"
#include "runtime/core/InstanceState.h"
#include "runtime/core/Pieces.h"
#include "runtime/platform/VirtualMemory.h"

#include <algorithm>
#include <cstring>

namespace w2n::runtime {

const artifact::RuntimeServices runtimeServices = {
    .trap = w2nTrapEntry,
    .memoryGrow = w2nMemoryGrowEntry,
    .memoryCopy = w2nMemoryCopyEntry,
    .memoryFill = w2nMemoryFillEntry,
    .memoryInit = w2nMemoryInitEntry,
    .dataDrop = w2nDataDropEntry,
    .tableGrow = w2nTableGrowEntry,
    .tableFill = w2nTableFillEntry,
    .tableCopy = w2nTableCopyEntry,
    .tableInit = w2nTableInitEntry,
    .elementDrop = w2nElementDropEntry,
    .elementSet = w2nElementSetEntry,
    .memoryWait32 = w2nMemoryWait32Entry,
    .memoryWait64 = w2nMemoryWait64Entry,
    .memoryNotify = w2nMemoryNotifyEntry,
    .isSubtype = w2nIsSubtypeEntry,
    .exceptionMake = w2nExceptionMakeEntry,
    .exceptionThrow = w2nExceptionThrowEntry,
    .allocateObject = w2nAllocateObjectEntry,
    .allocateExternBox = w2nAllocateExternBoxEntry,
    .arrayCopy = w2nArrayCopyEntry,
    .arrayFill = w2nArrayFillEntry,
    .arrayNewData = w2nArrayNewDataEntry,
    .arrayNewElement = w2nArrayNewElementEntry,
    .arrayInitData = w2nArrayInitDataEntry,
    .arrayInitElement = w2nArrayInitElementEntry,
};

namespace {

using artifact::InstanceContext;
using artifact::TrapKind;

Instance::State &stateOf(InstanceContext *context) { return instanceOf(context).state(); }

/// The direction in which a move of overlapping ranges goes piece by piece.
template <typename T> Direction directionOf(const T *to, const T *from) {
  return std::less<const T *>()(from, to) ? Direction::Down : Direction::Up;
}

void drop(std::vector<bool> &dropped, uint32_t segment) {
  if (segment < dropped.size())
    dropped[segment] = true;
}

/// False after noting the trap.
bool takeHostBytes(Instance::State &state, uint64_t bytes) {
  auto taken = state.takeHostBytes(bytes);
  if (!taken)
    noteHostError(limitError(std::move(taken).error().text));
  return taken.has_value();
}

} // namespace
} // namespace w2n::runtime

using namespace w2n::runtime;
using namespace w2n::artifact;
using w2n::isInside;

extern "C" {

uint64_t w2nMemoryGrow(InstanceContext *context, uint32_t memory, uint64_t deltaPages) {
  return uint64_t(stateOf(context).memories[memory]->grow(deltaPages));
}

uint32_t w2nMemoryCopy(InstanceContext *context, uint32_t destinationMemory, uint32_t sourceMemory,
                       uint64_t destination, uint64_t source, uint64_t count) {
  auto &memories = stateOf(context).memories;
  const auto to = memories[destinationMemory]->bytes();
  const auto from = memories[sourceMemory]->bytes();
  if (!isInside(destination, count, to.size()) || !isInside(source, count, from.size()))
    return trapWith(TrapKind::MemoryOutOfBounds);
  uint8_t *const target = to.data() + destination;
  const uint8_t *const origin = from.data() + source;
  inPieces(
      count, pieceBytes,
      [&](uint64_t first, uint64_t bytes) { std::memmove(target + first, origin + first, bytes); },
      directionOf<uint8_t>(target, origin));
  return 0;
}

uint32_t w2nMemoryFill(InstanceContext *context, uint32_t memory, uint64_t destination,
                       uint32_t value, uint64_t count) {
  const auto to = stateOf(context).memories[memory]->bytes();
  if (!isInside(destination, count, to.size()))
    return trapWith(TrapKind::MemoryOutOfBounds);
  inPieces(count, pieceBytes, [&](uint64_t first, uint64_t bytes) {
    std::memset(to.data() + destination + first, int(value & 0xff), bytes);
  });
  return 0;
}

uint32_t w2nMemoryInit(InstanceContext *context, uint32_t memory, uint32_t segment,
                       uint64_t destination, uint64_t source, uint64_t count) {
  auto &state = stateOf(context);
  const auto to = state.memories[memory]->bytes();
  const auto from = state.dataOf(segment);
  if (!isInside(destination, count, to.size()) || !isInside(source, count, from.size()))
    return trapWith(TrapKind::MemoryOutOfBounds);
  // A dropped segment is null, of which memcpy wants not even no bytes.
  if (count == 0)
    return 0;
  inPieces(count, pieceBytes, [&](uint64_t first, uint64_t bytes) {
    std::memcpy(to.data() + destination + first, from.data() + source + first, bytes);
  });
  return 0;
}

uint32_t w2nDataDrop(InstanceContext *context, uint32_t segment) {
  drop(stateOf(context).droppedData, segment);
  return 0;
}

uint64_t w2nTableGrow(InstanceContext *context, uint32_t table, uint64_t value, uint64_t delta) {
  return uint64_t(stateOf(context).tables[table]->grow(delta, value));
}

uint32_t w2nTableFill(InstanceContext *context, uint32_t table, uint64_t destination,
                      uint64_t value, uint64_t count) {
  const TableRecord &to = *stateOf(context).tables[table]->record;
  if (!isInside(destination, count, to.count))
    return trapWith(TrapKind::TableOutOfBounds);
  inPieces(count, pieceElements, [&](uint64_t first, uint64_t elements) {
    std::fill_n(to.elements + destination + first, elements, value);
  });
  return 0;
}

uint32_t w2nTableCopy(InstanceContext *context, uint32_t destinationTable, uint32_t sourceTable,
                      uint64_t destination, uint64_t source, uint64_t count) {
  auto &tables = stateOf(context).tables;
  const TableRecord &to = *tables[destinationTable]->record;
  const TableRecord &from = *tables[sourceTable]->record;
  if (!isInside(destination, count, to.count) || !isInside(source, count, from.count))
    return trapWith(TrapKind::TableOutOfBounds);
  uint64_t *const target = to.elements + destination;
  const uint64_t *const origin = from.elements + source;
  inPieces(
      count, pieceElements,
      [&](uint64_t first, uint64_t elements) {
        std::memmove(target + first, origin + first, elements * sizeof(uint64_t));
      },
      directionOf(target, origin));
  return 0;
}

uint32_t w2nTableInit(InstanceContext *context, uint32_t table, uint32_t segment,
                      uint64_t destination, uint64_t source, uint64_t count) {
  auto &state = stateOf(context);
  const TableRecord &to = *state.tables[table]->record;
  if (!isInside(destination, count, to.count) ||
      !isInside(source, count, state.segmentElements(segment)))
    return trapWith(TrapKind::TableOutOfBounds);
  inPieces(count, pieceElements, [&](uint64_t first, uint64_t elements) {
    for (uint64_t i = first; i < first + elements; ++i)
      to.elements[destination + i] = state.elementOf(segment, source + i);
  });
  return 0;
}

uint32_t w2nElementDrop(InstanceContext *context, uint32_t segment) {
  drop(stateOf(context).droppedElements, segment);
  return 0;
}

uint32_t w2nElementSet(InstanceContext *context, uint32_t segment, uint32_t element,
                       uint64_t value) {
  auto &state = stateOf(context);
  if (segment >= state.metadata->elements().size())
    return 0;
  const size_t count =
      state.metadata->indices(state.metadata->elements()[segment].functions).size();
  if (state.elementValues.empty()) {
    const size_t segments = state.metadata->elements().size();
    if (!takeHostBytes(state, segments * sizeof(std::vector<uint64_t>)))
      return 1;
    state.elementValues.resize(segments);
  }
  auto &values = state.elementValues[segment];
  if (values.empty()) {
    if (!takeHostBytes(state, count * sizeof(uint64_t)))
      return 1;
    // The others keep what metadata says.
    std::vector<uint64_t> all(count);
    for (size_t i = 0; i < count; ++i)
      all[i] = state.elementOf(segment, i);
    values = std::move(all);
  }
  if (element < values.size())
    values[element] = value;
  return 0;
}

uint64_t w2nIsSubtype(InstanceContext *, uint32_t sub, uint32_t super) {
  return isSubtype(sub, super) ? 1 : 0;
}
}
