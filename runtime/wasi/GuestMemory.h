// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Guest memory as WASI calls see it. A pointer from the guest is a number until one check has
// turned it into a view; every call's views are made before it has any effect.
#pragma once

#include "runtime/wasi/Errno.h"
#include "runtime/wasi/Witx.h"

#include <atomic>
#include <cstring>
#include <span>
#include <type_traits>

namespace w2n::wasi {

/// An address in guest memory, not checked.
template <typename T> struct GuestPointer {
  uint32_t address;
};

/// `T`s in guest memory, checked. Accesses copy: guests need not align, and what a guest can change
/// is read once.
template <typename T> class GuestArray {
  static_assert(std::is_trivially_copyable_v<T>);

public:
  using Value = T;

  explicit GuestArray(uint8_t *bytes) : bytes(bytes) {}

  T load(size_t index) const {
    T value;
    std::memcpy(&value, bytes + index * sizeof(T), sizeof(T));
    // Another thread of the guest may change it now: what was checked must not be read again.
    std::atomic_signal_fence(std::memory_order_seq_cst);
    return value;
  }
  void store(const T &value, size_t index) const {
    // Padding would carry bytes of the host to the guest.
    static_assert(std::has_unique_object_representations_v<T>);
    std::memcpy(bytes + index * sizeof(T), &value, sizeof(T));
  }

private:
  uint8_t *bytes;
};

/// One of them.
template <typename T> class GuestView {
public:
  using Value = T;

  explicit GuestView(uint8_t *bytes) : array(bytes) {}

  T load() const { return array.load(0); }
  void store(const T &value) const { array.store(value, 0); }

private:
  GuestArray<T> array;
};

class GuestMemory {
public:
  explicit GuestMemory(std::span<uint8_t> bytes) : bytes(bytes) {}

  /// The `count` bytes at `address`. Errors: Fault.
  WasiResult<std::span<uint8_t>> buffer(uint32_t address, uint64_t count) const {
    if (address > bytes.size() || count > bytes.size() - address)
      return std::unexpected(Errno::Fault);
    return bytes.subspan(address, count);
  }

  /// The `count` `T`s at `pointer`. Errors: Fault.
  template <typename T>
  WasiResult<GuestArray<T>> array(GuestPointer<T> pointer, uint32_t count) const {
    auto checked = buffer(pointer.address, uint64_t(count) * sizeof(T));
    if (!checked)
      return std::unexpected(checked.error());
    return GuestArray<T>(checked->data());
  }
  /// The `T` at `pointer`. Errors: Fault.
  template <typename T> WasiResult<GuestView<T>> view(GuestPointer<T> pointer) const {
    auto checked = buffer(pointer.address, sizeof(T));
    if (!checked)
      return std::unexpected(checked.error());
    return GuestView<T>(checked->data());
  }

private:
  std::span<uint8_t> bytes;
};

} // namespace w2n::wasi
