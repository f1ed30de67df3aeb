// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// From the slots of a call to typed, checked arguments: what generated code uses
// (GeneratedCalls.cpp).
#pragma once

#include "runtime/core/Extern.h"
#include "runtime/wasi/GuestPath.h"
#include "runtime/wasi/IoVectors.h"

namespace w2n::wasi {

/// The arguments of one call. Each is read by the index of its first slot. The first one that is
/// wrong makes the call fail before the function is called: it has no effect then.
class Arguments {
public:
  Arguments(GuestMemory memory, std::span<runtime::Slot> slots) : guest(memory), slots(slots) {}

  template <typename T> T number(size_t index) const { return T(slots[index]); }

  template <typename Pointer> Pointer pointer(size_t index) const { return {address(index)}; }
  template <typename View> View out(size_t index) {
    return View(bytesAt(index, sizeof(typename View::Value)).data());
  }
  /// With as many elements as the slot `countIndex` says.
  template <typename Array> Array array(size_t index, size_t countIndex) {
    const uint64_t count = address(countIndex);
    return Array(bytesAt(index, count * sizeof(typename Array::Value)).data());
  }
  // A buffer takes two slots: an address, and a number of bytes or elements.
  std::span<uint8_t> buffer(size_t index) { return bytesAt(index, address(index + 1)); }
  GuestPath path(size_t index) { return GuestPath(buffer(index), failure); }
  IoVectors vectors(size_t index) {
    return IoVectors(guest, {address(index)}, address(index + 1), failure);
  }

  bool failed() const { return failure != Errno::Success; }
  // Stores the errno of the call in its slot, or returns the error that ends the guest.
  Status refuse() { return finish(Outcome(std::unexpected(failure))); }
  Status finish(Outcome outcome) {
    slots[0] = uint16_t(outcome ? Errno::Success : outcome.error());
    return {};
  }
  Status finish(Status leavesGuest) { return leavesGuest; }
  Status finish(const Result<Errno> &outcome) {
    W2N_CHECK(outcome);
    slots[0] = uint16_t(*outcome);
    return {};
  }

private:
  uint32_t address(size_t index) const { return uint32_t(slots[index]); }
  std::span<uint8_t> bytesAt(size_t index, uint64_t bytes) {
    auto checked = guest.buffer(address(index), bytes);
    if (checked) [[likely]]
      return *checked;
    if (!failed())
      failure = checked.error();
    return {};
  }

  GuestMemory guest;
  std::span<runtime::Slot> slots;
  Errno failure = Errno::Success;
};

} // namespace w2n::wasi
