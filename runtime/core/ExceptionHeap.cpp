#include "runtime/core/ExceptionHeap.h"

#include "runtime/core/Pieces.h"
#include "runtime/platform/VirtualMemory.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <utility>

namespace w2n::runtime {

using artifact::Exception;

/// An exception, and what the heap has to know of it. The payload follows.
struct ExceptionHeap::Cell {
  Cell *next;
  Cell *nextPending; ///< while collecting
  HostBudget *budget;
  bool isMarked;
  Exception exception;

  uintptr_t address() const { return reinterpret_cast<uintptr_t>(&exception); }
  /// A pointer past the payload is one into it.
  bool holds(uintptr_t word) const {
    return word - address() <= sizeof(Exception) + 8ull * exception.payloadSlots;
  }
  std::span<const uint64_t> payload() { return {exception.payload(), exception.payloadSlots}; }
};

uint64_t ExceptionHeap::bytesOf(uint32_t payloadSlots) {
  // What the allocator needs, and the pointer that collecting sorts.
  constexpr uint64_t overhead = 3 * sizeof(void *);
  return sizeof(Cell) + 8ull * payloadSlots + overhead;
}

/// Small allocations may come out of the headroom without the system being asked; so it is asked
/// for many of them at a time.
bool ExceptionHeap::hasRoom(uint64_t bytes) {
  constexpr uint64_t stepBytes = 1 << 20;
  if (bytes > roomBytes) {
    if (!platform::hasRoom(std::max(bytes, stepBytes)))
      return false;
    roomBytes = std::max(bytes, stepBytes);
  }
  roomBytes -= bytes;
  return true;
}

Exception *ExceptionHeap::make(uint32_t payloadSlots, HostBudget &budget) {
  const uint64_t bytes = bytesOf(payloadSlots);
  if (!budget.take(bytes))
    return nullptr;
  void *memory = hasRoom(bytes) ? std::malloc(sizeof(Cell) + 8ull * payloadSlots) : nullptr;
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

/// One collection: the exceptions by address, and those that have been found.
class ExceptionHeap::Collection {
public:
  explicit Collection(ExceptionHeap &heap)
      : count(heap.cellCount), sorted(new (std::nothrow) Cell *[count]) {
    if (!sorted)
      return;
    size_t i = 0;
    for (Cell *cell = heap.cells; cell; cell = cell->next)
      sorted[i++] = cell;
    std::sort(&sorted[0], &sorted[count]);
  }

  /// False if it has been given up.
  bool mark(const ExceptionRoots &roots) {
    if (!sorted)
      return false;
    bool isDone = true;
    for (std::span<const uint64_t> words : roots)
      isDone = isDone && markFrom(words);
    for (size_t i = 0; i < count; ++i)
      if (sorted[i]->exception.holders != 0)
        mark(*sorted[i]);
    while (isDone && pending) {
      Cell *cell = std::exchange(pending, pending->nextPending);
      isDone = markFrom(cell->payload());
    }
    return isDone;
  }

private:
  void mark(Cell &cell) {
    if (cell.isMarked)
      return;
    cell.isMarked = true;
    cell.nextPending = pending;
    pending = &cell;
  }
  bool markFrom(std::span<const uint64_t> words) {
    if (count == 0)
      return true;
    wordsSeen += words.size() + 1;
    if (wordsSeen > pieceElements && isInterrupted())
      return false;
    wordsSeen %= pieceElements;
    return inPieces(words.size(), pieceElements, [&](uint64_t first, uint64_t pieceCount) {
      for (uint64_t word : words.subspan(first, pieceCount))
        markWord(word);
    });
  }
  void markWord(uintptr_t word) {
    if (word < sorted[0]->address())
      return;
    // Optimized code may have kept a pointer into the payload only.
    Cell **const next =
        std::upper_bound(&sorted[0], &sorted[count], word,
                         [](uintptr_t value, const Cell *cell) { return value < cell->address(); });
    if (Cell &cell = **(next - 1); cell.holds(word))
      mark(cell);
  }

  const size_t count;
  const std::unique_ptr<Cell *[]> sorted;
  Cell *pending = nullptr;
  uint64_t wordsSeen = 0;
};

void ExceptionHeap::collect(const ExceptionRoots &roots) {
  const bool isMarked = Collection(*this).mark(roots);
  for (Cell **link = &cells; *link;) {
    Cell *const cell = *link;
    if (isMarked && !cell->isMarked) {
      *link = cell->next;
      --cellCount;
      free(cell);
      continue;
    }
    cell->isMarked = false;
    link = &cell->next;
  }
  capacity = std::max(leastCapacity, 2 * cellCount);
}

void ExceptionHeap::absorb(ExceptionHeap &other) {
  Cell **end = &other.cells;
  while (*end)
    end = &(*end)->next;
  *end = std::exchange(cells, other.cells);
  other.cells = nullptr;
  cellCount += std::exchange(other.cellCount, 0);
  capacity = std::max(capacity, 2 * cellCount);
}

void ExceptionHeap::clear() {
  while (cells)
    free(std::exchange(cells, cells->next));
  cellCount = 0;
}

} // namespace w2n::runtime
