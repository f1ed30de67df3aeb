// The exceptions of a group of instances. References to them travel through compiled code without a
// trace, so they are collected: once their number has doubled, those that nothing refers to are
// freed. What may refer to one is looked at word by word, without knowing which words are
// references (the guest's stack, saved registers), so that some may live longer than they need to.
#pragma once

#include "lib/artifact/Abi.h"

#include <cstddef>
#include <span>
#include <vector>

namespace w2n::runtime {

/// Words that may refer to exceptions, somewhere into them.
using ExceptionRoots = std::vector<std::span<const uint64_t>>;

class ExceptionHeap {
public:
  ExceptionHeap() = default;
  ~ExceptionHeap();
  ExceptionHeap(const ExceptionHeap &) = delete;
  ExceptionHeap &operator=(const ExceptionHeap &) = delete;

  /// Whether it is time to collect before the next `make`.
  bool isFull() const { return exceptions.size() >= capacity; }
  /// A new exception with a payload of zeros.
  artifact::Exception *make(uint32_t payloadSlots);
  /// Frees what neither `roots` nor the host's errors (Exception::holders) refer to, nor the
  /// payload of one that stays.
  void collect(const ExceptionRoots &roots);
  void absorb(ExceptionHeap &other);

  size_t count() const { return exceptions.size(); }

private:
  static constexpr size_t leastCapacity = 1024;

  std::vector<artifact::Exception *> exceptions;
  size_t capacity = leastCapacity;
};

} // namespace w2n::runtime
