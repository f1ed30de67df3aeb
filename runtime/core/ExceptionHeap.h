// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The exceptions of a group of instances. References to them travel through compiled code without a
// trace, so they are collected: once their number has doubled, those that nothing refers to are
// freed. What may refer to one is looked at word by word, without knowing which words are
// references (the guest's stack, saved registers), so that some may live longer than they need to.
//
// A guest decides how many there are. Each is taken from the budget of the instance that makes it,
// and all that collecting needs is allocated with it, so that no allocation here ends the process.
#pragma once

#include "lib/artifact/Abi.h"
#include "runtime/core/InstanceLimits.h"

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <span>

namespace w2n::runtime {

class ExceptionHeap {
public:
  ExceptionHeap() = default;
  ~ExceptionHeap() { clear(); }
  ExceptionHeap(const ExceptionHeap &) = delete;
  ExceptionHeap &operator=(const ExceptionHeap &) = delete;

  /// Whether it is time to collect before the next `make`.
  bool isFull() const { return cellCount >= capacity; }
  /// A new exception with a payload of zeros, taken from `budget`, which must live as long as the
  /// exception. Null if that has not so much left, or the system no memory.
  artifact::Exception *make(uint32_t payloadSlots, HostBudget &budget);
  /// The bytes that an exception takes from a budget.
  static uint64_t bytesOf(uint32_t payloadSlots);
  /// Frees all but what `roots` lead to (Collection).
  void collect(std::initializer_list<std::span<const uint64_t>> roots);
  void absorb(ExceptionHeap &other);
  /// Frees them all.
  void clear();

  size_t count() const { return cellCount; }

  /// Calls `visit` with the words of the payload of each.
  template <typename Visit> void visitPayloads(Visit visit) const;

  class Collection;

private:
  struct Cell;
  static constexpr size_t leastCapacity = 1024;

  void free(Cell *cell);

  Cell *cells = nullptr; ///< linked
  size_t cellCount = 0;
  size_t capacity = leastCapacity;
};

/// An exception, and what the heap has to know of it. The payload follows.
struct ExceptionHeap::Cell {
  Cell *next;
  Cell *nextPending; ///< while collecting
  HostBudget *budget;
  bool isMarked;
  artifact::Exception exception;

  uintptr_t address() const { return reinterpret_cast<uintptr_t>(&exception); }
  /// A pointer past the payload is one into it.
  bool holds(uintptr_t word) const {
    return word - address() <= sizeof(artifact::Exception) + 8ull * exception.payloadSlots;
  }
  std::span<const uint64_t> payload() { return {exception.payload(), exception.payloadSlots}; }
};

template <typename Visit> void ExceptionHeap::visitPayloads(Visit visit) const {
  for (Cell *cell = cells; cell; cell = cell->next)
    visit(cell->payload());
}

/// Finds the exceptions that are still needed, and frees the others: those that neither the words
/// that it is given, nor the host's errors (Exception::holders), nor the payload of one that stays
/// refer to, somewhere into them. None, if the thread is interrupted meanwhile, or if there is no
/// memory to collect with.
class ExceptionHeap::Collection {
public:
  explicit Collection(ExceptionHeap &heap);
  Collection(const Collection &) = delete;
  Collection &operator=(const Collection &) = delete;

  void markFrom(std::span<const uint64_t> words);
  /// To be called once, at last.
  void finish();

private:
  void mark(Cell &cell);
  void markWord(uintptr_t word);

  ExceptionHeap &heap;
  const size_t count;
  const std::unique_ptr<Cell *[]> sorted; ///< by address
  Cell *pending = nullptr;                ///< marked, but not their payloads
  uint64_t wordsSeen = 0;
  bool isGivenUp;
};

} // namespace w2n::runtime
