// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A heap of garbage-collected objects: allocation, collection, handles. docs/gc.md is the tour.
//
// Allocation bumps a cursor through a region of free lines (lib/artifact/HeapLayout.h); what is
// here finds the next region. A collection marks what the roots lead to, and makes the other lines
// and blocks free. The heap itself is followed precisely, by the descriptors of types; stacks and
// registers word by word, without knowing what is a reference. Nothing that a guest writes into its
// objects makes the collector look outside of the heap.
#pragma once

#include "lib/artifact/HeapLayout.h"
#include "runtime/heap/Handles.h"
#include "runtime/heap/HeapTypes.h"
#include "runtime/heap/Space.h"

#include <expected>
#include <span>
#include <string>

namespace w2n::heap {

/// Receives the roots of a collection.
class RootVisitor {
public:
  /// A reference, or null or an i31. What is none of these is ignored.
  virtual void reference(uint32_t reference) = 0;
  /// An externref.
  virtual void external(uint64_t value) = 0;
  /// Words either half of which may be a reference, or which may be addresses: from an object's
  /// header to one past its end.
  virtual void conservative(std::span<const uint64_t> words) = 0;

protected:
  ~RootVisitor() = default;
};

/// The functions of its owner that a heap calls.
class HeapClient {
public:
  virtual void visitRoots(RootVisitor &visitor) = 0;
  /// Whether a collection is to be given up: asked every fraction of a millisecond.
  virtual bool isInterrupted() { return false; }

protected:
  ~HeapClient() = default;
};

enum class HeapError : uint8_t {
  LimitExceeded, ///< the heap has no room below its limit, or the system no memory
  Interrupted,   ///< the collection that was necessary was given up
};

struct HeapOptions {
  /// The limit of the objects' memory; the tables beside it are 4% more.
  uint64_t maxBytes = artifact::maxHeapBytes;
  /// Allocated before the first collection, and least between two.
  uint64_t minCollectBytes = 8 << 20;
  /// The size of the mark stack; 0: one for each 512 bytes of the heap.
  uint32_t markStackEntries = 0;
  // For tests.
  bool collectAlways = false; ///< at every allocation; inline ones become calls
  bool poison = false;        ///< overwrite what becomes free
  bool verify = false;        ///< abort if a collection leaves a contradiction
};

struct HeapStats {
  uint64_t allocatedBytes = 0; ///< ever, since the last reset
  uint64_t liveBytes = 0;      ///< found by the last collection
  uint64_t usedBytes = 0;      ///< of blocks that are not free
  uint64_t pinnedObjects = 0;  ///< that stacks or registers led to, in the last collection
  uint64_t collections = 0;
  uint64_t interruptedCollections = 0;
  uint64_t totalPauseNs = 0, maxPauseNs = 0;
};

/// An object of the host that guests refer to. `finalize(data)` is called once, after a collection
/// that found no reference to it, or when the heap ends or is reset. It must not use the heap.
using Finalizer = void (*)(void *data);

/// Threads: one at a time; several heaps are independent of each other.
class Heap {
public:
  /// `types` and `client` must outlive it. Errors: Limit (no address space or memory).
  static Result<std::unique_ptr<Heap>> create(const HeapTypes &types, HeapClient &client,
                                              const HeapOptions &options = {});
  ~Heap();
  Heap(const Heap &) = delete;
  Heap &operator=(const Heap &) = delete;

  /// The record that compiled code uses; lives as long as the heap.
  artifact::HeapRecord &record() { return allocation.record; }

  /// A new object of a type that is defined, all zero but for its header; `length` is 0 for
  /// structures. May collect.
  std::expected<uint32_t, HeapError> allocate(uint32_t typeId, uint32_t length);
  /// A box for a host's value that is not null and has no externTag.
  std::expected<uint32_t, HeapError> allocateExternBox(uint64_t value);
  /// An object of the host, whose word is `data`.
  std::expected<uint32_t, HeapError> allocateHostObject(void *data, Finalizer finalize);
  /// The word of an object of the host, or null if `reference` is none.
  void *hostObject(uint32_t reference) const;

  /// Frees what nothing refers to. False if it was interrupted: then nothing was freed.
  bool collect();
  /// Empties the heap for the next tenant: calls all finalizers, drops handles, makes all memory
  /// zero, and keeps at most `residentBytes` of it. False if the system refuses; the heap is then
  /// of no use.
  bool reset(uint64_t residentBytes);

  /// Roots of the host.
  Handles handles;

  HeapStats stats() const;
  uint64_t maxBytes() const;
  /// Whether `reference` is an object: for a checking build and tests. Not for untrusted numbers
  /// while objects are new.
  const artifact::ObjectHeader *object(uint32_t reference) const {
    return reference != 0 && space->holds(reference) ? &space->header(reference) : nullptr;
  }
  /// log2 of the bytes of an element of an array of the type.
  unsigned elementLog2(uint32_t typeId) const { return types.descriptor(typeId).elementLog2; }
  /// Calls `visit` with all memory that objects may be in, as words.
  template <typename Visit> void visitMemory(Visit visit) const {
    for (uint32_t block = firstBlock; block < space->frontier; ++block)
      if (space->states[block] != BlockState::Free)
        visit(std::span(reinterpret_cast<const uint64_t *>(space->at(offsetOf(block))),
                        blockBytes / sizeof(uint64_t)));
  }
  /// Bytes of the object, header included; at most what its blocks have.
  uint64_t objectBytes(uint32_t reference) const;
  /// Looks for contradictions after a collection; a description of the first one, or nothing.
  std::string verify() const;

private:
  friend class Marker;
  Heap(const HeapTypes &types, HeapClient &client, const HeapOptions &options)
      : types(types), client(client), options(options) {}

  /// The free range in which objects are put next.
  struct Region {
    uint64_t cursor = 0, end = 0;
  };
  struct Allocation {
    artifact::HeapRecord record = {};
    uint64_t regionEnd = 0; ///< record.limit, unless each allocation is to be a call
    Region overflow;        ///< for what is larger than a line and does not fit into the region
    // The places where to look for the next hole and blocks.
    uint32_t holeBlock = 0, holeLine = 0;
    uint32_t nextRecyclable = 0, nextFree = 0, nextForMedium = 0;
    uint64_t allocatedBytes = 0; ///< since the last collection, whole regions
    uint64_t regionBegin = 0;
  };
  struct HostObject {
    uint32_t reference;
    Finalizer finalize;
    void *data;
  };

  // Allocate.cpp
  std::expected<uint64_t, HeapError> allocateBytes(uint64_t bytes);
  std::expected<uint64_t, HeapError> findRoom(uint64_t bytes);
  uint64_t bump(uint64_t bytes);
  uint64_t allocateSmall(uint64_t bytes);
  uint64_t allocateMedium(uint64_t bytes);
  std::expected<uint64_t, HeapError> allocateLarge(uint64_t bytes);
  bool takeHole(Region &region);
  bool findHole(Region &region, uint32_t block, uint32_t &line, uint64_t leastBytes);
  bool takeMediumHole(Region &region, uint64_t bytes);
  uint32_t takeFreeBlocks(uint32_t count);
  bool takeFreeBlock(Region &region);
  void openRegion(const Region &region, bool isZero);
  bool makeZero(uint32_t block, uint32_t count);
  void useRegion(const Region &region);
  void closeRegion(uint64_t begin, uint64_t end);
  void closeRegions();
  void startAllocation();

  // Collect.cpp
  bool mark(class Marker &marker);
  bool clearMarks();
  void giveUpMarking();
  size_t sortHostObjects();
  void finalizeFrom(size_t first);
  void sweep(uint64_t followedBytes);
  uint32_t sweepBlock(uint32_t block);
  void sweepLarge(uint32_t block);
  void freeBlock(uint32_t block);
  void trim();
  void notePause(uint64_t ns);

  const HeapTypes &types;
  HeapClient &client;
  const HeapOptions options;
  std::unique_ptr<Space> space;
  GrowingTable markStack;
  Allocation allocation;
  HeapStats counts;
  uint64_t collectAtBytes = 0;
  uint32_t freeBlocks = 0; ///< before the frontier
  uint64_t freeBytes = 0;  ///< after the last collection, up to the limit
  bool isCollecting = false;
  GrowingArray<HostObject> hostObjects;
};

} // namespace w2n::heap
