// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Linear memories. A wasm32 address is a 32-bit index plus a 32-bit offset, so a reservation of 8
// GiB takes every address that compiled code can form: only the pages in use are accessible, and
// the fault is the bounds check. Guards on both sides (lib/artifact/MemoryGuards.h) take what the
// width of an access adds, and what optimized code is off by. Code with explicit checks needs no
// more than the memory's own size; it also gets the full reservation where there is room for it, so
// that other modules can import the memory. If its pages are small, no code relies on guards.
//
// Memories of 64-bit addresses reserve what they can grow to (64 GiB if their type does not say,
// less where there is no room) and the guards.
#pragma once

#include "lib/artifact/Metadata.h"
#include "lib/wasm/Types.h"
#include "runtime/core/GuardedPlaces.h"
#include "runtime/platform/VirtualMemory.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <span>

namespace w2n::runtime {

class Instance;

struct Memory {
  enum class Reserve {
    Full,      ///< 8 GiB for a memory of 32-bit addresses, and fullGuards, or fail
    IfPossible ///< less if the address space is limited; the memory then cannot grow past it
  };

  /// Reserves and commits a memory of type.limits.min pages that never has more than `maxBytes`.
  /// `record` is where compiled code looks at it; null lets the memory keep the record itself.
  /// `plan` says where it is; null is anywhere.
  /// Errors: Limit, when there is not so much address space or memory, or when the memory begins
  /// above `maxBytes`.
  static Result<std::unique_ptr<Memory>> create(const wasm::MemoryType &type, Reserve reserve,
                                                uint64_t maxBytes = UINT64_MAX,
                                                artifact::MemoryRecord *record = nullptr,
                                                AddressPlan *plan = nullptr);
  /// The same for a memory of 32-bit addresses at `base`, which a pool has reserved (guarded if
  /// its pages are large), and where it has made the initial pages. They stay the pool's.
  static Result<std::unique_ptr<Memory>> place(const wasm::MemoryType &type, uint8_t *base,
                                               uint64_t maxBytes, artifact::MemoryRecord *record);
  Memory(const Memory &) = delete;
  Memory &operator=(const Memory &) = delete;

  /// Maps `image` of the artifact in `file` copy-on-write into the memory at `base`, and copies
  /// what does not fill pages of `pageBytes`. The artifact's reader has checked its extent. Errors:
  /// Io.
  static Status mapImage(uint8_t *base, platform::FilePart file, const artifact::ImageRecord &image,
                         uint64_t pageBytes = platform::pageBytes());
  /// Does the latter alone, where the memory was made as it is without (platform::discard).
  static Status copyImageEnds(uint8_t *base, platform::FilePart file,
                              const artifact::ImageRecord &image,
                              uint64_t pageBytes = platform::pageBytes());

  /// Grows by `deltaPages`; returns the old size in pages, or -1 if it cannot grow. The base never
  /// moves. Threads: any if the memory is shared, else the thread of the instance. Source: core
  /// specification, "memory.grow".
  int64_t grow(uint64_t deltaPages);

  uint64_t pages() const { return size() >> type.pageSizeLog2; }
  /// Valid until the memory grows; then still, but no longer all of it. Other threads may write to
  /// a shared memory at any time.
  std::span<uint8_t> bytes() const { return {record->base, size()}; }
  /// Whether code that relies on guard pages may use it.
  bool isGuarded() const { return hasFullGuards; }
  /// Largest size in bytes that it can grow to.
  uint64_t maxBytes() const { return growthLimit; }

  wasm::MemoryType type;
  artifact::MemoryRecord *record;
  /// The instance that defines it; null if the host made it, or if it is shared: threads own it
  /// together.
  Instance *owner = nullptr;

private:
  explicit Memory(const wasm::MemoryType &type) : type(type) {}
  Status reserveAddresses(Reserve reserve, uint64_t maxBytes);
  Status reserveIn(AddressPlan &plan, uint64_t maxBytes);
  /// Bytes that are accessible to whoever sees this number.
  uint64_t size() const { return std::atomic_ref(record->bytes).load(std::memory_order_acquire); }

  std::mutex growing;
  artifact::MemoryRecord ownRecord = {};
  GuardedPlaces addresses; ///< empty if they are a pool's
  bool hasFullGuards = false;
  uint64_t growthLimit = 0;
};

} // namespace w2n::runtime
