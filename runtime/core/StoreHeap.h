// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The heap of instances that hand references to each other, and the roots that they are.
//
// An instance whose module has objects joins a heap when it is linked: that of the group of what it
// imports, else the one that its options name, else a new one. A reference means an object in one
// heap only, so groups with different heaps are never merged (InstanceGroup.h).
#pragma once

#include "runtime/core/Instance.h"
#include "runtime/core/RangeRegistry.h"
#include "runtime/heap/Heap.h"

#include <memory>
#include <unordered_map>
#include <unordered_set>

namespace w2n::runtime {

/// Threads: one at a time, as its instances.
class StoreHeap final : heap::HeapClient {
public:
  /// Errors: Limit (no address space).
  static Result<std::shared_ptr<StoreHeap>> create(const heap::HeapOptions &options);
  ~StoreHeap();
  StoreHeap(const StoreHeap &) = delete;
  StoreHeap &operator=(const StoreHeap &) = delete;

  heap::Heap &objects() { return *heap; }
  /// The limit that `create` was told.
  uint64_t limit() const { return limitBytes; }
  /// The globals, tables and guests of the instance and of all others of its group are roots from
  /// now on; its module's types are held as long as the heap has objects.
  void add(Instance::State &state, std::shared_ptr<const Module> module);
  void remove(Instance::State &state) { members.erase(&state); }
  /// For the next tenant of a pool's slot, when no instance uses it. False if the system refuses.
  bool reset(uint64_t residentBytes);

private:
  StoreHeap() = default;
  void visitRoots(heap::RootVisitor &visitor) override;
  bool isInterrupted() override;
  void visitInstance(heap::RootVisitor &visitor, Instance::State &state);

  std::unordered_set<Instance::State *> members;
  /// The modules of objects that may be there. Declared before the heap, whose end may need them.
  std::unordered_map<const Module *, std::shared_ptr<const Module>> modules;
  uint64_t visits = 0;
  uint64_t limitBytes = 0;
  RangeRegistry::Entry *nullRange = nullptr;
  std::unique_ptr<heap::Heap> heap;
};

/// After the imports of `instance` were bound: gives it a heap if its module needs one. Errors:
/// Link (the options name another heap than that of what it imports), Limit.
Status joinHeap(Instance &instance, const InstanceOptions &options);

} // namespace w2n::runtime
