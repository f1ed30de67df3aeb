// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/heap/Marker.h"

#include "runtime/heap/Objects.h"

namespace w2n::heap {

namespace {

/// Elements of an array that are followed at a time.
constexpr uint64_t pieceElements = 1024;
/// Objects, elements or words between two looks at the deadline: less than a millisecond.
constexpr uint64_t pollWork = 1 << 14;
/// The mark stack becomes accessible in such steps.
constexpr uint64_t stackStepBytes = 64 << 10;

LineState stateOf(uint8_t line) { return LineState(line & ~markedLine); }

} // namespace

Marker::Marker(Heap &heap)
    : heap(heap), space(*heap.space), table(heap.markStack),
      stack(reinterpret_cast<Entry *>(table.data())),
      capacity(heap.options.markStackEntries != 0 ? heap.options.markStackEntries
                                                  : table.capacityBytes() / sizeof(Entry)) {}

bool Marker::poll(uint64_t work) {
  workSincePoll += work;
  if (workSincePoll >= pollWork) {
    workSincePoll = 0;
    interrupted = interrupted || heap.client.isInterrupted();
  }
  return !interrupted;
}

void Marker::push(Entry entry) {
  if (count >= capacity || !table.growTo((count + 1) * sizeof(Entry), stackStepBytes))
      [[unlikely]] {
    space.overflowed[blockOf(entry.reference)] = true;
    hasOverflowed = true;
    return;
  }
  stack[count++] = entry;
}

void Marker::external(uint64_t value) { visit(referenceIn(value)); }

void Marker::markLines(uint32_t reference, uint64_t bytes) {
  liveBytes += bytes;
  uint8_t *const first = space.lines + reference / lineBytes;
  uint8_t *const last = space.lines + (reference + bytes - 1) / lineBytes;
  for (uint8_t *line = first; line <= last; ++line)
    *line |= markedLine;
}

void Marker::followArray(Entry entry, const TypeDescriptor &type, uint32_t length, uint64_t bytes) {
  if (entry.element == 0) {
    if (space.states[blockOf(entry.reference)] == BlockState::LargeHead)
      liveBytes += bytes;
    else
      markLines(entry.reference, bytes);
  }
  if (type.element == FieldKind::Plain)
    return;
  const uint64_t count =
      std::min<uint64_t>(length, (bytes - artifact::objectHeaderBytes) >> type.elementLog2);
  const uint64_t begin = std::min<uint64_t>(entry.element, count);
  const uint64_t end = std::min(count, begin + pieceElements);
  if (end < count)
    push({entry.reference, uint32_t(end)});
  visitElements(space, entry.reference, type, begin, end, [this](uint32_t to) { visit(to); });
  workSincePoll += end - begin;
}

void Marker::follow(Entry entry) {
  const artifact::ObjectHeader header = space.header(entry.reference);
  const TypeDescriptor &type = heap.types.descriptor(header.typeId);
  const uint64_t declared = declaredBytes(type, header.length);
  const uint64_t bytes = clampedBytes(space, entry.reference, declared);
  if (type.kind == ObjectKind::Array)
    return followArray(entry, type, header.length, bytes);
  if (space.states[blockOf(entry.reference)] == BlockState::LargeHead)
    liveBytes += bytes;
  else
    markLines(entry.reference, bytes);
  if (type.kind == ObjectKind::Struct && bytes == declared)
    visitStruct(space, entry.reference, type, [this](uint32_t to) { visit(to); });
}

/// Takes entries from the stack a few ahead of following them, so that the objects are on their way
/// into the cache.
bool Marker::drain() {
  constexpr unsigned aheadCount = 8;
  Entry ahead[aheadCount];
  unsigned first = 0, waiting = 0;
  while (count != 0 || waiting != 0) {
    while (count != 0 && waiting < aheadCount) {
      const Entry entry = stack[--count];
      __builtin_prefetch(space.at(entry.reference));
      ahead[(first + waiting++) % aheadCount] = entry;
    }
    const Entry entry = ahead[first];
    first = (first + 1) % aheadCount;
    --waiting;
    follow(entry);
    if (!poll(1))
      return false;
  }
  return true;
}

void Marker::followBlock(uint32_t block) {
  space.overflowed[block] = false;
  const uint64_t *words = space.marks.ofBlock(block);
  for (uint32_t i = 0; i < wordsPerBlock; ++i)
    for (uint64_t bits = words[i]; bits != 0; bits &= bits - 1)
      follow({uint32_t(offsetOf(block) + (i * 64 + std::countr_zero(bits)) * 8), 0});
}

bool Marker::finish() {
  // Visiting the roots may have been given up.
  interrupted = interrupted || heap.client.isInterrupted();
  bool going = !interrupted && drain();
  while (going && hasOverflowed) {
    hasOverflowed = false;
    for (uint32_t block = firstBlock; going && block < space.frontier; ++block) {
      going = poll(1);
      if (!going || !space.overflowed[block])
        continue;
      followBlock(block);
      going = poll(wordsPerBlock) && drain();
    }
  }
  interrupted |= !going;
  return going;
}

void Marker::conservative(std::span<const uint64_t> words) {
  const auto base = reinterpret_cast<uintptr_t>(space.base);
  constexpr size_t pieceWords = 4096;
  while (!words.empty() && poll(std::min(words.size(), pieceWords))) {
    for (uint64_t word : words.first(std::min(words.size(), pieceWords))) {
      pin(word - base);
      pin(uint32_t(word));
      pin(word >> 32);
    }
    words = words.subspan(std::min(words.size(), pieceWords));
  }
}

/// An object that `offset` is in, and one that ends there.
void Marker::pin(uint64_t offset) {
  if (offset - offsetOf(firstBlock) > offsetOf(space.frontier - firstBlock))
    return;
  pinObjectWith(offset);
  if (offset % artifact::objectAlignment == 0)
    pinObjectWith(offset - 1);
}

void Marker::pinObject(uint32_t reference, uint64_t offset) {
  const artifact::ObjectHeader header = space.header(reference);
  const uint64_t declared = declaredBytes(heap.types.descriptor(header.typeId), header.length);
  if (offset - reference >= clampedBytes(space, reference, declared))
    return;
  if (!space.marks.testAndSet(reference)) {
    ++pinnedObjects;
    push({reference, 0});
  }
}

void Marker::pinObjectWith(uint64_t offset) {
  uint32_t block = blockOf(offset);
  if (block < firstBlock || block >= space.frontier)
    return;
  switch (space.states[block]) {
  case BlockState::Free:
    return;
  case BlockState::LargeTail:
    block = space.runs[block];
    [[fallthrough]];
  case BlockState::LargeHead:
    return pinObject(uint32_t(offsetOf(block)), offset);
  case BlockState::Recyclable:
  case BlockState::Used:
    break;
  }
  const uint32_t line = offset % blockBytes / lineBytes;
  if (stateOf(space.linesOf(block)[line]) == LineState::Free)
    return;
  walkRegionWith(block, line);
  // The last object that begins at or before the offset.
  const uint64_t *const first = space.starts.ofBlock(block);
  const uint64_t *word = space.starts.wordOf(offset);
  uint64_t bits = *word & (~uint64_t(0) >> (63 - offset / 8 % 64));
  while (bits == 0 && word > first)
    bits = *--word;
  if (bits != 0)
    pinObject(uint32_t(offsetOf(block) +
                       (uint64_t(word - first) * 64 + 63 - unsigned(std::countl_zero(bits))) * 8),
              offset);
}

/// Notes the beginnings of all objects in the region that `line` is in, if it is one that has been
/// allocated since the last collection. Each region is walked once.
void Marker::walkRegionWith(uint32_t block, uint32_t line) {
  uint8_t *const lines = space.linesOf(block);
  while (line > 0 && stateOf(lines[line]) == LineState::Fresh)
    --line;
  if (stateOf(lines[line]) != LineState::FreshStart)
    return;
  lines[line] = uint8_t(LineState::WalkedStart) | (lines[line] & markedLine);
  uint32_t endLine = line + 1;
  while (endLine < linesPerBlock && stateOf(lines[endLine]) == LineState::Fresh)
    ++endLine;
  const uint64_t end = offsetOf(block) + endLine * lineBytes;
  for (uint64_t offset = offsetOf(block) + line * lineBytes; offset < end;) {
    const artifact::ObjectHeader header = space.header(offset);
    if (header.typeId == artifact::fillerTypeId)
      return;
    const TypeDescriptor &type = heap.types.descriptor(header.typeId);
    if (type.kind != ObjectKind::None)
      space.starts.set(offset);
    offset += declaredBytes(type, header.length);
  }
}

} // namespace w2n::heap
