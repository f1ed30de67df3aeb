// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Types that are equal have one number, and numbers say which type is below which: equality and
// matching of types (core specification, sections 3.3.4 and 3.3.8 to 3.3.13).
//
// Types are equal by the structure of their recursive groups, which are compared as wholes: inside
// a group types refer to each other by position, to those outside by number. So a group is a
// string, and equal groups are found by hashing, in time linear in their size. A module has a table
// of its own when it is compiled; the process has one for all that it loads.
//
// Groups are counted: by the modules and functions that have their types, and by the groups that
// refer to them. A group that nothing holds is removed, and its numbers are given out again. So a
// number means a type only as long as its reader knows that something holds it.
#pragma once

#include "lib/support/StableArray.h"
#include "lib/wasm/Types.h"

#include <unordered_map>

namespace w2n::wasm {

/// One recursive group, as a string.
class TypeGroup {
public:
  /// The types from index `begin` on; `numbers`, which is borrowed, are those of all types below
  /// it.
  TypeGroup(uint32_t begin, const std::vector<uint32_t> &numbers)
      : begin(begin), numbers(&numbers) {}
  /// The group of types whose indices are numbers already.
  TypeGroup() : begin(~uint32_t(0)) {}

  /// Empties the group, for that of the types from `first` on.
  void restart(uint32_t first) {
    begin = first;
    key.clear();
    members.clear();
    outside.clear();
  }
  /// Starts the group's next type. `super` must be below that type's index.
  void beginType(CompositeKind kind, bool isFinal, std::optional<uint32_t> super);
  /// A parameter, result or field; `flags` tells apart fields of equal types.
  void add(ValueType type, uint32_t flags = 0);
  /// Between parameters and results.
  void endParameters() { key.push_back(char(-1)); }

private:
  friend class TypeTable;
  void addIndex(uint32_t index);

  static constexpr uint32_t noSuper = ~uint32_t(0);
  struct Member {
    CompositeKind kind;
    uint32_t super; ///< an index, or noSuper
  };
  uint32_t numberOf(uint32_t index) const { return numbers ? (*numbers)[index] : index; }
  uint32_t begin;
  const std::vector<uint32_t> *numbers = nullptr;
  std::string key;
  std::vector<Member> members;
  std::vector<uint32_t> outside; ///< numbers of the types of other groups that it refers to
};

/// Threads: kindOf, depthOf, isBelow and matches may be asked on any thread while another changes
/// the table, about types that are held; everything else on one thread at a time.
class TypeTable {
public:
  /// Appends the numbers of the group's types to `numbers`, and holds each of them once more.
  /// Returns whether the group is new. In a table from which nothing is released, new groups get
  /// numbers from size() on, one after the other.
  bool add(const TypeGroup &group, std::vector<uint32_t> &numbers);
  /// Holds a type that is held already once more.
  void hold(uint32_t number) { ++entries[number].group->second.holds; }
  /// Undoes one `add` or `hold` of each of `numbers`. Appends the numbers of types that are gone
  /// now, which may be more, to `removed`.
  void release(std::span<const uint32_t> numbers, std::vector<uint32_t> &removed);

  /// Takes a number that no type is to have.
  uint32_t reserve();

  /// All numbers are below this.
  uint32_t size() const { return end; }
  /// The number of types.
  uint32_t typeCount() const { return end - uint32_t(freeNumbers.size()) - reservedCount; }

  CompositeKind kindOf(uint32_t number) const { return entries[number].kind; }
  /// The number of supertypes, one above the other, of a type.
  uint32_t depthOf(uint32_t number) const { return entries[number].depth; }
  /// The supertypes of a type from the topmost on, and the type itself.
  std::vector<uint32_t> displayOf(uint32_t number) const;
  /// Whether `sub` is `super` or declared below it. Linear in the difference of their depths.
  bool isBelow(uint32_t sub, uint32_t super) const;
  /// The top of the hierarchy that the reference type `type` is in; its type index is a number.
  HeapKind topOf(ValueType type) const;
  /// Whether values of `sub` are values of `super`; the type indices of both are numbers.
  bool matches(ValueType sub, ValueType super) const;

private:
  struct Group {
    uint64_t holds = 0;
    uint32_t first = 0, memberCount = 0;
    std::vector<uint32_t> outside; ///< what it holds, each once
  };
  using Groups = std::unordered_map<std::string, Group>;
  struct Entry {
    CompositeKind kind;
    uint32_t super, depth;
    uint32_t next; ///< the next type of the group
    Groups::value_type *group;
  };
  uint32_t takeNumber();
  void addMembers(const TypeGroup &group, Groups::value_type &added);
  void remove(Groups::value_type &group, std::vector<uint32_t> &removed);
  bool heapMatches(ValueType sub, ValueType super) const;

  Groups groups;
  StableArray<Entry> entries;
  uint32_t end = 0;
  std::vector<uint32_t> freeNumbers;
  uint32_t reservedCount = 0;
};

} // namespace w2n::wasm
