// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/ExceptionHeap.h"

#include "runtime/core/Pieces.h"
#include "runtime/platform/VirtualMemory.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

namespace w2n::runtime {

using artifact::Exception;

uint64_t ExceptionHeap::bytesOf(uint32_t payloadSlots) {
  // The allocator's own bytes, and the pointer that collecting sorts.
  constexpr uint64_t overhead = 3 * sizeof(void *);
  return sizeof(Cell) + 8ull * payloadSlots + overhead;
}

Exception *ExceptionHeap::make(uint32_t payloadSlots, HostBudget &budget) {
  const uint64_t bytes = bytesOf(payloadSlots);
  if (!budget.take(bytes))
    return nullptr;
  void *memory =
      platform::hasRoom(bytes) ? std::malloc(sizeof(Cell) + 8ull * payloadSlots) : nullptr;
  if (!memory) {
    budget.giveBack(bytes);
    return nullptr;
  }
  cells = new (memory) Cell{cells, nullptr, &budget, false, {nullptr, nullptr, payloadSlots, 0}};
  ++cellCount;
  std::fill_n(cells->exception.payload(), payloadSlots, 0);
  return &cells->exception;
}

void ExceptionHeap::free(Cell *cell) {
  const uint32_t payloadSlots = cell->exception.payloadSlots;
  cell->budget->giveBack(bytesOf(payloadSlots));
  explicit_bzero(cell->exception.payload(), 8ull * payloadSlots);
  std::free(cell);
}

ExceptionHeap::Collection::Collection(ExceptionHeap &heap)
    : heap(heap), count(heap.cellCount), sorted(new (std::nothrow) Cell *[count]),
      isGivenUp(!sorted) {
  if (isGivenUp)
    return;
  size_t i = 0;
  for (Cell *cell = heap.cells; cell; cell = cell->next)
    sorted[i++] = cell;
  std::sort(&sorted[0], &sorted[count]);
}

void ExceptionHeap::Collection::mark(Cell &cell) {
  if (cell.isMarked)
    return;
  cell.isMarked = true;
  cell.nextPending = pending;
  pending = &cell;
}

void ExceptionHeap::Collection::markFrom(std::span<const uint64_t> words) {
  if (isGivenUp || count == 0)
    return;
  // Counts short lists together, so that many of them ask for interrupts as a long one does.
  wordsSeen += words.size() + 1;
  if (wordsSeen > pieceElements)
    isGivenUp = isInterrupted();
  wordsSeen %= pieceElements;
  isGivenUp |= !inPieces(words.size(), pieceElements, [&](uint64_t first, uint64_t pieceCount) {
    for (uint64_t word : words.subspan(first, pieceCount))
      markWord(word);
  });
}

void ExceptionHeap::Collection::markWord(uintptr_t word) {
  if (word < sorted[0]->address())
    return;
  // Optimized code may have kept a pointer into the payload only.
  Cell **const next =
      std::upper_bound(&sorted[0], &sorted[count], word,
                       [](uintptr_t value, const Cell *cell) { return value < cell->address(); });
  if (Cell &cell = **(next - 1); cell.holds(word))
    mark(cell);
}

void ExceptionHeap::Collection::finish() {
  for (Cell *cell = heap.cells; cell; cell = cell->next)
    if (cell->exception.holders != 0)
      mark(*cell);
  while (pending && !isGivenUp)
    markFrom(std::exchange(pending, pending->nextPending)->payload());
  for (Cell **link = &heap.cells; *link;) {
    Cell *const cell = *link;
    if (!isGivenUp && !cell->isMarked) {
      *link = cell->next;
      --heap.cellCount;
      heap.free(cell);
      continue;
    }
    cell->isMarked = false;
    link = &cell->next;
  }
  heap.capacity = std::max(leastCapacity, 2 * heap.cellCount);
}

void ExceptionHeap::collect(std::initializer_list<std::span<const uint64_t>> roots) {
  Collection collection(*this);
  for (std::span<const uint64_t> words : roots)
    collection.markFrom(words);
  collection.finish();
}

void ExceptionHeap::absorb(ExceptionHeap &other) {
  Cell **end = &other.cells;
  while (*end)
    end = &(*end)->next;
  *end = cells;
  cells = std::exchange(other.cells, nullptr);
  cellCount += std::exchange(other.cellCount, 0);
  capacity = std::max(capacity, 2 * cellCount);
}

void ExceptionHeap::clear() {
  while (cells)
    free(std::exchange(cells, cells->next));
  cellCount = 0;
}

} // namespace w2n::runtime
