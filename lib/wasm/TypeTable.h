// Types that are equal have one number, and numbers say which type is below which: equality and
// matching of types (core specification, sections 3.3.4 and 3.3.8 to 3.3.13).
//
// Types are equal by the structure of their recursive groups, which are compared as wholes: inside
// a group types refer to each other by position, to those outside by number. So a group is a
// string, and equal groups are found by hashing, in time linear in their size. A module has a table
// of its own when it is compiled; the process has one for all that it loads.
#pragma once

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
  /// Of types whose indices are numbers already.
  TypeGroup() : begin(~uint32_t(0)) {}

  /// Empties the group, for that of the types from `first` on.
  void restart(uint32_t first) {
    begin = first;
    key.clear();
    members.clear();
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
};

class TypeTable {
public:
  /// The number of the group's first type; the others follow. A group that is new gets numbers from
  /// size() on.
  uint32_t numberOf(const TypeGroup &group);
  uint32_t size() const { return uint32_t(entries.size()); }

  CompositeKind kindOf(uint32_t number) const { return entries[number].kind; }
  /// How many supertypes, one above the other, a type has.
  uint32_t depthOf(uint32_t number) const { return entries[number].depth; }
  /// Whether `sub` is `super` or declared below it. Linear in the difference of their depths.
  bool isBelow(uint32_t sub, uint32_t super) const;
  /// Whether values of `sub` are values of `super`; the type indices of both are numbers.
  bool matches(ValueType sub, ValueType super) const;

private:
  struct Entry {
    CompositeKind kind;
    uint32_t super, depth;
  };
  bool heapMatches(ValueType sub, ValueType super) const;

  std::unordered_map<std::string, uint32_t> groups;
  std::vector<Entry> entries;
};

} // namespace w2n::wasm
