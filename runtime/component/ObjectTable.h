// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The objects of the runtime in a component instance's table of handles. The table is a memory that
// no guest has (compiler/component/Handles.h): an entry says that it is the runtime's, and which of
// the objects here it stands for.
#pragma once

#include "runtime/component/Waitables.h"
#include "runtime/core/Memory.h"

#include <optional>

namespace w2n::runtime {

class ObjectTable {
public:
  static constexpr size_t maxObjects = 1 << 20;

  /// The functions and the memory of the table, and what its list of objects is charged to.
  void open(Function *add, Function *remove, Memory *memory, std::shared_ptr<HostBudget> budget) {
    addEntry = add;
    removeEntry = remove;
    entries = memory;
    charge = HostCharge(std::move(budget));
  }
  bool isOpen() const { return addEntry && removeEntry && entries; }

  /// Its handle. Errors: Trap (too many, resource limit).
  Result<uint32_t> add(std::shared_ptr<TableObject> object);
  /// Errors: Trap (there is no such handle, or it is of a resource).
  Result<std::shared_ptr<TableObject>> find(uint32_t handle) const;
  /// The same for an object of one kind.
  template <typename T> Result<std::shared_ptr<T>> find(uint32_t handle, ObjectKind kind) const {
    W2N_TRY(object, find(handle));
    W2N_CHECK(checkKind(*object, kind, handle));
    return std::static_pointer_cast<T>(std::move(object));
  }
  Result<std::shared_ptr<Waitable>> findWaitable(uint32_t handle) const;
  Status remove(const TableObject &object);
  struct Lent {
    uint32_t representation = 0;
    std::optional<uint32_t> loan; ///< the address of an entry that owns, for endLoan
  };
  /// Lends a handle of a resource, which `handleType` is the number of, to the host. Errors: Trap.
  Result<Lent> lend(uint32_t handle, uint32_t handleType);
  /// Takes from the loans of an entry at an address of the memory.
  void endLoan(uint32_t address);

private:
  static Status checkKind(const TableObject &object, ObjectKind kind, uint32_t handle);
  std::span<uint8_t> entryAt(uint32_t handle) const;

  Function *addEntry = nullptr, *removeEntry = nullptr;
  Memory *entries = nullptr;
  std::vector<std::shared_ptr<TableObject>> objects;
  std::vector<uint32_t> freeObjects;
  /// The charge of both lists, which do not shrink.
  HostCharge charge;
};

} // namespace w2n::runtime
