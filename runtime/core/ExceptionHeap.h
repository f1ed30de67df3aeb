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
#include <span>
#include <vector>

namespace w2n::runtime {

/// Words that may refer to exceptions, somewhere into them.
using ExceptionRoots = std::vector<std::span<const uint64_t>>;

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
  /// What an exception takes from a budget.
  static uint64_t bytesOf(uint32_t payloadSlots);
  /// Frees what neither `roots` nor the host's errors (Exception::holders) refer to, nor the
  /// payload of one that stays. Nothing, if the thread is interrupted meanwhile, or if there is no
  /// memory to collect with.
  void collect(const ExceptionRoots &roots);
  void absorb(ExceptionHeap &other);
  /// Frees them all.
  void clear();

  size_t count() const { return cellCount; }

private:
  struct Cell;
  class Collection;
  static constexpr size_t leastCapacity = 1024;

  bool hasRoom(uint64_t bytes);
  void free(Cell *cell);

  Cell *cells = nullptr; ///< linked
  size_t cellCount = 0;
  size_t capacity = leastCapacity;
  /// What may be allocated before the system is asked again.
  uint64_t roomBytes = 0;
};

} // namespace w2n::runtime
