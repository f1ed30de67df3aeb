// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A queue of objects that hold their own links: however many there are, any of them comes and goes
// in the same time, and nothing is allocated for it.
#pragma once

#include <cstddef>

namespace w2n::runtime {

/// An object's place in a queue; objects in several queues have several.
template <typename T> struct QueueLink {
  T *next = nullptr, *previous = nullptr;
};

template <typename T, QueueLink<T> T::*link> class Queue {
public:
  bool isEmpty() const { return count == 0; }
  size_t size() const { return count; }
  /// Null if it is empty.
  T *front() const { return first; }
  /// Null after the last.
  T *after(const T &item) const { return (item.*link).next; }
  /// Walks to it. Null if there are not so many.
  T *at(size_t index) const {
    T *item = first;
    for (; item && index > 0; --index)
      item = after(*item);
    return item;
  }

  /// `item` is not in it.
  void append(T &item) {
    item.*link = {nullptr, last};
    (last ? (last->*link).next : first) = &item;
    last = &item;
    ++count;
  }
  /// `item` is in it.
  void remove(T &item) {
    const QueueLink<T> place = item.*link;
    (place.previous ? (place.previous->*link).next : first) = place.next;
    (place.next ? (place.next->*link).previous : last) = place.previous;
    item.*link = {};
    --count;
  }

private:
  T *first = nullptr, *last = nullptr;
  size_t count = 0;
};

} // namespace w2n::runtime
