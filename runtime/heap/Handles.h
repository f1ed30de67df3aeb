// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// References that the host holds.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <type_traits>

namespace w2n::heap {

/// A vector that says if there is no memory.
template <typename T> class GrowingArray {
  static_assert(std::is_trivially_copyable_v<T>);

public:
  bool append(const T &value) {
    if (count == capacity) {
      const size_t newCapacity = std::max<size_t>(16, 2 * capacity);
      std::unique_ptr<T[]> grown(new (std::nothrow) T[newCapacity]);
      if (!grown)
        return false;
      std::copy_n(items.get(), count, grown.get());
      items = std::move(grown);
      capacity = newCapacity;
    }
    items[count++] = value;
    return true;
  }
  void truncate(size_t newCount) { count = newCount; }
  T &operator[](size_t index) { return items[index]; }
  const T &operator[](size_t index) const { return items[index]; }
  size_t size() const { return count; }
  std::span<T> all() { return {items.get(), count}; }
  std::span<const T> all() const { return {items.get(), count}; }

private:
  std::unique_ptr<T[]> items;
  size_t count = 0, capacity = 0;
};

/// The slots of handles. A handle is the index of a slot; slots are used again.
class Handles {
public:
  /// A handle to `reference`, which it keeps. Nothing if there is no memory.
  std::optional<uint32_t> add(uint32_t reference) {
    if (firstFree != none) {
      const uint32_t handle = firstFree;
      firstFree = slots[handle].next;
      slots[handle] = {reference, inUse};
      return handle;
    }
    if (slots.size() == none || !slots.append({reference, inUse}))
      return std::nullopt;
    return uint32_t(slots.size() - 1);
  }
  void remove(uint32_t handle) {
    slots[handle] = {0, firstFree};
    firstFree = handle;
  }
  uint32_t get(uint32_t handle) const { return slots[handle].reference; }
  void set(uint32_t handle, uint32_t reference) { slots[handle].reference = reference; }

  /// Forgets all handles.
  void clear() {
    slots.truncate(0);
    firstFree = none;
  }
  template <typename Visit> void forEach(Visit visit) const {
    for (const Slot &slot : slots.all())
      if (slot.next == inUse)
        visit(slot.reference);
  }

private:
  static constexpr uint32_t none = ~uint32_t(0), inUse = none - 1;
  struct Slot {
    uint32_t reference;
    uint32_t next; ///< of the free ones
  };
  GrowingArray<Slot> slots;
  uint32_t firstFree = none;
};

} // namespace w2n::heap
