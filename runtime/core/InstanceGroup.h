// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Ownership among instances. References to functions travel through tables, globals and calls, so
// that two instances may come to hold each other: instances that are linked, and the host's tables
// and globals of references that they use, form a group that owns them all. Whoever holds an
// instance or one of its externs from outside holds the group. Inside, plain pointers do.
#pragma once

#include "runtime/core/ExceptionHeap.h"
#include "runtime/core/Extern.h"
#include "runtime/core/Table.h"

#include <vector>

namespace w2n::runtime {

class StoreHeap;

/// Threads: a group belongs to one thread at a time, as its instances do.
class InstanceGroup : public std::enable_shared_from_this<InstanceGroup> {
public:
  InstanceGroup() = default;
  ~InstanceGroup();
  InstanceGroup(const InstanceGroup &) = delete;
  InstanceGroup &operator=(const InstanceGroup &) = delete;

  /// Takes over `instance` and returns the first handle to it.
  std::shared_ptr<Instance> add(std::unique_ptr<Instance> instance);
  Table *add(std::unique_ptr<Table> table);
  Global *add(std::unique_ptr<Global> global);

  /// A new handle to `instance`, which must be in this group.
  std::shared_ptr<Instance> handleOf(Instance &instance);

  /// Makes one group of two; handles to either keep both alive. Null and equal groups are allowed.
  /// False, and nothing has changed, if each has a heap of its own: references of one mean nothing
  /// in the other.
  [[nodiscard]] static bool merge(InstanceGroup *first, InstanceGroup *second);

  /// Marks what the group's instances, tables and globals hold.
  void markExceptions(ExceptionHeap::Collection &collection);
  /// Calls `visit` with each instance, those that use no heap themselves included.
  template <typename Visit> void visitInstances(Visit visit) const {
    for (Instance *instance : instances)
      visit(*instance);
  }
  ExceptionHeap exceptions;
  /// The heap of the objects of all its instances; null if none has any.
  std::shared_ptr<StoreHeap> heap;
  /// The last visit of its exceptions by that heap.
  uint64_t heapVisit = 0;

private:
  struct ReleaseHandle;
  void release(Instance &instance);
  void absorb(InstanceGroup &other);

  std::vector<Instance *> instances;
  std::vector<std::unique_ptr<Table>> tables;
  std::vector<std::unique_ptr<Global>> globals;
  /// The group into which all was moved, so that handles made before keep it alive.
  std::shared_ptr<InstanceGroup> mergedInto;
};

/// The group of the instance that a funcref points into, or null.
InstanceGroup *groupOfReference(Slot reference);

} // namespace w2n::runtime
