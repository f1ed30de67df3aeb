// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Places for instances that are reserved once and used again and again. An instance in a slot needs
// no system calls to be made, if the slot ran the same module before: its memory has been put back
// into its initial state, its context is filled in.
//
// A slot is ranges of addresses: 8 GiB for the first memory of 32-bit addresses, whose guards it
// shares with its neighbors, and, out of reach of all memories, the elements of tables and what has
// no guards: memories of small pages, in which compiled code compares every address, as those of
// components' handles. Further memories with guards have reservations of their own, which the slot
// keeps while it is set up for their module. Memories of 64-bit addresses and shared ones, and
// tables and memories that do not fit, are made and freed as without a pool.
//
// Putting back comes when the instance ends, so that no bytes of one tenant wait for the next: the
// pages that it wrote are found (platform/PrivatePages.h) and written over with the module's image
// or zeros, which is many times cheaper than giving them back and taking page faults for them
// again; those past `residentBytes`, or all where the system cannot find them, are given back.
#pragma once

#include "lib/support/Error.h"
#include "runtime/core/GuardedPlaces.h"
#include "runtime/core/Module.h"

#include <condition_variable>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <span>
#include <unordered_map>
#include <vector>

namespace w2n::runtime {

class InstancePool;
class StoreHeap;

struct FreeMemory {
  void operator()(void *block) const { std::free(block); }
};
using ContextBlock = std::unique_ptr<uint8_t, FreeMemory>;

/// A memory of the module that a slot is set up for, and where it lives.
struct PooledMemory {
  enum class Kind {
    First, ///< in the slot's range for one
    Small, ///< in its share of the slot's room for those without guards, all of it accessible
    Other  ///< in a reservation of its own
  };
  Kind kind;
  uint32_t index; ///< among the module's
  uint8_t *base;
  uint64_t room;            ///< It cannot grow past so many bytes.
  uint64_t initialBytes;    ///< in use when an instance begins, in whole pages of the system
  uint64_t accessibleBytes; ///< now
  GuardedPlaces addresses;  ///< of Other
};

/// A slot in use. Its end puts it back; all that lives in it must have ended before.
class PoolSlot {
public:
  PoolSlot() = default;
  PoolSlot(PoolSlot &&other) noexcept { *this = std::move(other); }
  PoolSlot &operator=(PoolSlot &&other) noexcept {
    std::swap(pool, other.pool);
    std::swap(module, other.module);
    std::swap(index, other.index);
    return *this;
  }
  ~PoolSlot();

  explicit operator bool() const { return pool != nullptr; }
  const InstancePool &owner() const { return *pool; }
  /// The module's memories that live here, by index.
  std::span<PooledMemory> memories() const;
  /// The memory with `index`, or null if it does not live here.
  const PooledMemory *findMemory(uint32_t index) const;
  /// Room for `count` elements, all null, or null if there is not so much left.
  uint64_t *takeElements(uint64_t count);
  /// The block of the instance's context, kept from one instance of the module to the next; null
  /// before the first.
  ContextBlock &context();
  /// The heap that the slot's instances have, one after the other; null before the first. An
  /// instance that ends and leaves others with the heap leaves it to them.
  std::shared_ptr<StoreHeap> &heap();

private:
  friend class InstancePool;
  PoolSlot(std::shared_ptr<InstancePool> pool, std::shared_ptr<const Module> module, uint32_t index)
      : pool(std::move(pool)), module(std::move(module)), index(index) {}

  std::shared_ptr<InstancePool> pool;
  std::shared_ptr<const Module> module;
  uint32_t index = 0;
};

/// Threads: any. Slots keep their pool alive.
class InstancePool : public std::enable_shared_from_this<InstancePool> {
public:
  struct Options {
    /// Instances alive at once.
    uint32_t slots = 100;
    /// The limits of a memory, at most 4 GiB, and of all tables of a slot together.
    uint64_t maxMemoryBytes = uint64_t(4) << 30;
    uint64_t maxTableElements = 65536;
    /// The room of all memories with small pages together; each has an equal share.
    uint64_t smallMemoryBytes = 2 << 20;
    /// Memory that a free slot keeps, so that the next instance finds it without page faults.
    uint64_t residentBytes = 1 << 20;
  };

  /// Reserves the addresses of all slots. Errors: Limit, Invalid.
  static Result<std::shared_ptr<InstancePool>> create(const Options &options);
  InstancePool(const InstancePool &) = delete;
  InstancePool &operator=(const InstancePool &) = delete;

  /// A free slot with the initial memory of `module`, by preference one that ran it before. `wait`:
  /// until there is one. Errors: Limit (no free slot, or no room for the memory), Io.
  Result<PoolSlot> acquire(std::shared_ptr<const Module> module, bool wait);

  const Options &options() const { return config; }

private:
  friend class PoolSlot;
  struct Slot {
    /// The serial of the module that it was last set up for; 0 if none.
    uint64_t moduleSerial = 0;
    std::vector<PooledMemory> memories;
    uint64_t usedElements = 0;
    ContextBlock context;
    std::shared_ptr<StoreHeap> heap;
  };

  explicit InstancePool(const Options &options) : config(options) {}
  uint64_t tableBytes() const;
  uint8_t *tablesOf(uint32_t index) const { return tables.at(index); }
  uint64_t smallBytes() const;

  Result<uint32_t> takeFree(uint64_t moduleSerial, bool wait);
  /// A slot that could not be cleared is not used again.
  void giveBack(uint32_t index, bool isUsable);
  /// The places of the memories of `module` in a slot.
  std::vector<PooledMemory> placesFor(uint32_t index, const Module &module) const;
  Status setUp(uint32_t index, const Module &module);
  /// Back to reserved addresses without contents. False if the system refuses.
  bool clear(uint32_t index);
  void release(uint32_t index, const Module &module);
  bool reset(uint32_t index, const Module &module);
  void resetHeap(uint32_t index);
  bool resetTables(uint32_t index, uint64_t &pagesLeft);

  const Options config;
  GuardedPlaces memories, tables, smallMemories;
  std::vector<Slot> slots;

  std::mutex lock;
  std::condition_variable freed;
  // Free slots, most recently used last: by the module that they are set up for, and those for
  // none.
  std::unordered_map<uint64_t, std::vector<uint32_t>> warm;
  std::vector<uint32_t> cold;
  uint32_t usableSlots = 0; ///< all but those that could not be cleared
};

} // namespace w2n::runtime
