// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The state that an instance owns: for the files of runtime/core only.
#pragma once

#include "runtime/core/Boundary.h"
#include "runtime/core/FixedEntries.h"
#include "runtime/core/Instance.h"
#include "runtime/core/InstanceGroup.h"
#include "runtime/core/InstancePool.h"
#include "runtime/core/Memory.h"
#include "runtime/core/StoreHeap.h"

#include <map>
#include <memory_resource>
#include <optional>

namespace w2n::runtime {

/// The context of a host function that a module imports: made for each import, so that it knows its
/// caller.
struct HostRecord {
  artifact::HostFunction abi; ///< first: compiled code passes a pointer to it
  Instance *importer;
  std::shared_ptr<Function> function;
  PlainHostCallback plain; ///< that of `function`, and its `user`
  void *user;
  size_t slots; ///< the greater of the numbers that parameters and results take
};

/// A host function that an instance was given as a reference, rather than as an import.
struct GivenHostFunction {
  HostRecord record;
  artifact::FunctionReference reference;
};

// Whoever has the context of either knows an instance.
static_assert(offsetof(HostRecord, importer) == offsetof(artifact::InstanceContext, instance));

struct Instance::State {
  InstanceGroup *group = nullptr;
  /// Others have plain pointers to it, so it lives as long as its group.
  bool pinned = false;
  /// Null if the module has no objects.
  std::shared_ptr<StoreHeap> heap;

  /// Clears what the guest has written, so that nothing of it waits for the next tenant.
  ~State();

  /// Takes `bytes` of the budget until the instance ends. Errors: Limit.
  Status takeHostBytes(uint64_t bytes);
  /// Fills `record` for `function`, and the reference to it, with `thunk` of this module for the
  /// type with the canonical number `typeId`.
  artifact::FunctionReference bindHost(HostRecord &record, std::shared_ptr<Function> function,
                                       Instance &importer, const void *thunk, uint32_t typeId);
  /// A reference to a function that the host has made, the same at each call. Errors: Unsupported.
  Result<Slot> referenceToHostFunction(const std::shared_ptr<Function> &function);

  // First, so that they end last.
  std::shared_ptr<AddressPlan> addresses;
  InstanceQuota::Share share;
  std::shared_ptr<HostBudget> budget;
  uint64_t takenBytes = 0; ///< by takeHostBytes
  std::shared_ptr<Boundary> boundary;
  PoolSlot slot;
  /// The block of the context, if it is not the slot's.
  ContextBlock ownContext;
  /// The runtime as code at fixed addresses sees it; nothing if any addresses do.
  std::optional<FixedEntries> entries;
  /// The context, and after it the argument buffer.
  uint8_t *contextBase = nullptr;
  uint64_t *argumentBuffer = nullptr;
  uint64_t argumentBytes = 0;
  /// Nothing if the module does not count.
  ProfileCounters::Block counters;

  // The index spaces, and what of them is owned here.
  std::vector<Memory *> memories;
  std::vector<Table *> tables;
  std::vector<std::unique_ptr<Memory>> definedMemories;
  std::vector<std::unique_ptr<Table>> definedTables;
  /// Memories without an owner, by index: the host's and shared ones; null where an instance of the
  /// group owns it.
  std::vector<std::shared_ptr<Memory>> unownedMemories;
  /// Imported from the host, by import index; null where an instance of the group defines it.
  std::vector<std::shared_ptr<Global>> hostGlobals;
  /// The room of hostFunctions, if they have a place.
  std::unique_ptr<std::pmr::memory_resource> recordRoom;
  /// The same for functions, with null functions.
  std::pmr::vector<HostRecord> hostFunctions;
  /// Tags of the host that it imports, in any order.
  std::vector<std::shared_ptr<Tag>> hostTags;
  /// By the host's function; std::map, because addresses of its values stay.
  std::map<const Function *, GivenHostFunction> givenFunctions;
  /// Objects that live as long as the instance, ended last first.
  std::vector<std::shared_ptr<void>> attached;

  std::vector<bool> droppedElements, droppedData;
  /// Elements that `initialize` has set, by segment; empty where metadata says it all.
  std::vector<std::vector<uint64_t>> elementValues;

  const artifact::Metadata *metadata = nullptr;
  artifact::ContextLayout layout;

  // A segment that metadata does not have is like a dropped one, so that damage there, which the
  // code does not know of, reads nothing.
  /// The bytes of a data segment; empty once it is dropped.
  std::span<const uint8_t> dataOf(uint32_t segment) const;
  /// The number of elements of a segment; 0 once it is dropped.
  uint64_t segmentElements(uint32_t segment) const;
  /// The value of an element of a segment that has it: what `initialize` set, else the function
  /// that metadata names.
  uint64_t elementOf(uint32_t segment, uint64_t element);

  template <typename T> T *at(uint64_t offset) {
    return reinterpret_cast<T *>(contextBase + offset);
  }
  artifact::FunctionReference *importReferences() {
    return at<artifact::FunctionReference>(layout.importReferences());
  }
  artifact::FunctionReference *functionReferences() {
    return at<artifact::FunctionReference>(layout.functionReferences());
  }
  artifact::GlobalCell *&importedGlobal(uint32_t index) {
    return at<artifact::GlobalCell *>(layout.globalPointers())[index];
  }
  artifact::GlobalCell *globalCell(uint32_t index) {
    return index < layout.importedGlobals
               ? importedGlobal(index)
               : at<artifact::GlobalCell>(layout.globalCells()) + (index - layout.importedGlobals);
  }
  const artifact::TagRecord *tagRecord(uint32_t index) {
    return index < layout.importedTags
               ? at<const artifact::TagRecord *>(layout.tagPointers())[index]
               : at<artifact::TagRecord>(layout.tagRecords()) + (index - layout.importedTags);
  }
  /// The reference to function `index`; null if the artifact says that it has none.
  const artifact::FunctionReference *referenceOf(uint32_t index) {
    if (index < layout.importedFunctions)
      return importReferences() + index;
    const uint32_t reference = metadata->functions()[index].reference;
    if (reference >= layout.referencedFunctions || metadata->references()[reference] != index)
      return nullptr;
    return functionReferences() + reference;
  }
};

/// Set in FunctionReference::reserved when the context is a HostRecord.
inline constexpr uint32_t referenceToHost = 1;

inline Instance &instanceOf(artifact::InstanceContext *context) {
  return *static_cast<Instance *>(context->instance);
}

} // namespace w2n::runtime
