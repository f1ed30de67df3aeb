// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Tables of handles (CanonicalABI.md, "Table State", "Resource State"): a memory for each component
// instance that has some, which only adapters see.
//
// An entry has 16 bytes: the representation; the resource type, counted from 1, or 0 if the entry
// is free; whether it owns; and how often it is lent, or the next free entry. Entry 0 is never
// used. Freed entries are used again last in, first out: handles are numbers that a guest sees.
#pragma once

#include "compiler/component/CodeEmitter.h"

#include <map>
#include <optional>

namespace w2n::compiler {

class Adapters;

class Handles {
public:
  explicit Handles(Adapters &adapters) : adapters(adapters) {}

  // Each takes its operands from the stack, and leaves its result there.

  /// (representation) -> (handle)
  void addOwn(CodeEmitter &e, uint32_t instance, uint32_t resource);
  /// The same for a handle that must be gone when the call ends.
  void addBorrow(CodeEmitter &e, uint32_t instance, uint32_t resource);
  /// The same for a task of the runtime, the number in a local.
  void addBorrow(CodeEmitter &e, uint32_t instance, uint32_t resource, uint32_t task);
  /// (handle) -> (representation)
  void representation(CodeEmitter &e, uint32_t instance, uint32_t resource);
  /// (handle) -> (representation): the handle is gone.
  void takeOwn(CodeEmitter &e, uint32_t instance, uint32_t resource);
  /// (handle) -> (representation): an own handle stays, and cannot be given away until endLoans.
  void lend(CodeEmitter &e, uint32_t instance, uint32_t resource);
  /// resource.drop: (handle) -> ().
  void drop(CodeEmitter &e, uint32_t instance, uint32_t resource);

  /// For the host, which says the resource in a second parameter, counted from 1: the functions of
  /// component::WorldHandles.
  struct HostFunctions {
    uint32_t lend = 0, take = 0, give = 0, giveBorrow = 0;
  };
  HostFunctions hostFunctions(uint32_t instance);
  /// For the runtime, which has handles of its own in the table.
  struct TableFunctions {
    uint32_t memory = 0, add = 0, remove = 0;
  };
  TableFunctions tableFunctions(uint32_t instance) {
    const Table &table = tableOf(instance);
    return {table.memory, table.add, table.remove};
  }

  /// Before a call: a local that endLoans needs.
  uint32_t beginLoans(CodeEmitter &e);
  void endLoans(CodeEmitter &e, uint32_t instance, uint32_t saved);
  /// Gives the loans to the runtime, which ends them when the call that starts is over.
  void giveLoans(CodeEmitter &e, uint32_t saved);
  /// Around a call of `instance` that is given borrows: they must be dropped in between.
  uint32_t beginBorrows(CodeEmitter &e, uint32_t instance);
  void endBorrows(CodeEmitter &e, uint32_t instance, uint32_t saved);
  void checkNoBorrows(CodeEmitter &e, uint32_t instance);

private:
  /// Begins a loop over the loans since `saved`, the last first, with the address of its handle on
  /// the stack; ends with two `end`.
  void beginLoansSince(CodeEmitter &e, uint32_t saved);
  // The same, with the resource, counted from 1, on the stack as well.
  void addOwn(CodeEmitter &e, uint32_t instance);
  void addBorrow(CodeEmitter &e, uint32_t instance);
  void takeOwn(CodeEmitter &e, uint32_t instance);
  void lend(CodeEmitter &e, uint32_t instance);
  struct Table {
    uint32_t memory = 0;
    /// Globals: the first free entry, how many entries there are, borrows of the current call.
    uint32_t firstFree = 0, count = 0, borrows = 0;
    /// Functions: (representation, type, owns) -> handle; (handle, type) -> address; (handle).
    uint32_t add = 0, find = 0, remove = 0;
    uint32_t grow = 0; ///< a function () -> () that doubles the memory
  };
  struct Entry {
    uint32_t representation, type, owns; ///< locals
  };
  // The functions of a table, written where they are used: where the handle is not valid, or there
  // is no free entry, they call them.
  void add(CodeEmitter &e, const Table &table);
  void find(CodeEmitter &e, const Table &table);
  void remove(CodeEmitter &e, const Table &table, uint32_t handle);
  void store(CodeEmitter &e, const Table &table, uint32_t address, const Entry &entry);
  void reuse(CodeEmitter &e, const Table &table, uint32_t handle, uint32_t address);
  const Table &tableOf(uint32_t instance);
  void countBorrow(CodeEmitter &e, uint32_t task, uint32_t delta);
  uint32_t makeGrow(uint32_t memory);
  uint32_t makeAdd(const Table &table);
  uint32_t makeFind(const Table &table);
  uint32_t makeRemove(const Table &table);
  uint32_t loanMemory();

  Adapters &adapters;
  std::map<uint32_t, Table> tables;
  std::optional<uint32_t> loans, loanTop, growLoans;
};

} // namespace w2n::compiler
