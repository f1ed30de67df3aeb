// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/wasm/TypeTable.h"

#include <algorithm>

namespace w2n::wasm {

namespace {

void append(std::string &key, uint32_t word) {
  key.append(reinterpret_cast<const char *>(&word), sizeof(word));
}

/// The abstract heap types right above each, which make a tree per hierarchy; the end is itself.
HeapKind above(HeapKind heap) {
  switch (heap) {
  case HeapKind::Eq:
    return HeapKind::Any;
  case HeapKind::I31:
  case HeapKind::Struct:
  case HeapKind::Array:
    return HeapKind::Eq;
  case HeapKind::Func:
  case HeapKind::Extern:
  case HeapKind::Any:
  case HeapKind::Exn:
  case HeapKind::None:
  case HeapKind::NoFunc:
  case HeapKind::NoExtern:
  case HeapKind::NoExn:
  case HeapKind::Index:
  case HeapKind::Bottom:
    return heap;
  }
  return heap;
}

/// The abstract type that values of a defined type belong to.
HeapKind abstractOf(CompositeKind kind) {
  switch (kind) {
  case CompositeKind::Function:
    return HeapKind::Func;
  case CompositeKind::Struct:
    return HeapKind::Struct;
  case CompositeKind::Array:
    return HeapKind::Array;
  }
  return HeapKind::Func;
}

bool isBelowAbstract(HeapKind sub, HeapKind super) {
  while (sub != super) {
    const HeapKind next = above(sub);
    if (next == sub)
      return false;
    sub = next;
  }
  return true;
}

/// The top of the hierarchy whose bottom `heap` is.
std::optional<HeapKind> topAbove(HeapKind heap) {
  switch (heap) {
  case HeapKind::None:
    return HeapKind::Any;
  case HeapKind::NoFunc:
    return HeapKind::Func;
  case HeapKind::NoExtern:
    return HeapKind::Extern;
  case HeapKind::NoExn:
    return HeapKind::Exn;
  default: // Everything else is no bottom.
    return std::nullopt;
  }
}

} // namespace

void TypeGroup::beginType(CompositeKind kind, bool isFinal, std::optional<uint32_t> super) {
  members.push_back({kind, super.value_or(noSuper)});
  // The first byte of a value type is below these.
  key.push_back(char(0x80 + 2 * unsigned(kind) + (isFinal ? 1 : 0)));
  key.push_back(char(super ? 1 : 0));
  if (super)
    addIndex(*super);
}

void TypeGroup::add(ValueType type, uint32_t flags) {
  key.push_back(char(unsigned(type.kind) | (type.nullable ? 0x10 : 0) | (flags ? 0x20 : 0)));
  if (flags)
    append(key, flags);
  if (!type.isRef())
    return;
  key.push_back(char(type.heap));
  if (type.heap == HeapKind::Index)
    addIndex(type.typeIndex);
}

void TypeGroup::addIndex(uint32_t index) {
  key.push_back(char(index < begin ? 0 : 1));
  append(key, index < begin ? numberOf(index) : index - begin);
  if (index < begin)
    outside.push_back(numberOf(index));
}

uint32_t TypeTable::takeNumber() {
  if (freeNumbers.empty()) {
    entries.extendTo(end);
    return end++;
  }
  const uint32_t number = freeNumbers.back();
  freeNumbers.pop_back();
  return number;
}

uint32_t TypeTable::reserve() {
  ++reservedCount;
  return takeNumber();
}

std::vector<uint32_t> TypeTable::displayOf(uint32_t number) const {
  std::vector<uint32_t> display(entries[number].depth + 1);
  for (size_t i = display.size(); i-- > 0; number = entries[number].super)
    display[i] = number;
  return display;
}

void TypeTable::addMembers(const TypeGroup &group, Groups::value_type &added) {
  std::vector<uint32_t> taken(group.members.size());
  std::ranges::generate(taken, [this] { return takeNumber(); });
  for (size_t i = 0; i < taken.size(); ++i) {
    const TypeGroup::Member &member = group.members[i];
    Entry entry{member.kind, TypeGroup::noSuper, 0, 0, &added};
    if (member.super != TypeGroup::noSuper) {
      entry.super = member.super < group.begin ? group.numberOf(member.super)
                                               : taken[member.super - group.begin];
      entry.depth = entries[entry.super].depth + 1;
    }
    if (i + 1 < taken.size())
      entry.next = taken[i + 1];
    entries[taken[i]] = entry;
  }
  added.second.first = taken.empty() ? 0 : taken[0];
  added.second.memberCount = uint32_t(taken.size());
}

bool TypeTable::add(const TypeGroup &group, std::vector<uint32_t> &numbers) {
  const auto [found, isNew] = groups.try_emplace(group.key);
  Group &record = found->second;
  if (isNew) {
    addMembers(group, *found);
    record.outside = group.outside;
    std::ranges::sort(record.outside);
    const auto repeated = std::ranges::unique(record.outside);
    record.outside.erase(repeated.begin(), repeated.end());
    record.outside.shrink_to_fit();
    for (uint32_t number : record.outside)
      hold(number);
  }
  record.holds += record.memberCount;
  uint32_t number = record.first;
  for (uint32_t i = 0; i < record.memberCount; ++i, number = entries[number].next)
    numbers.push_back(number);
  return isNew;
}

void TypeTable::remove(Groups::value_type &group, std::vector<uint32_t> &removed) {
  uint32_t number = group.second.first;
  for (uint32_t i = 0; i < group.second.memberCount; ++i) {
    removed.push_back(number);
    freeNumbers.push_back(number);
    number = entries[number].next;
  }
  groups.erase(groups.find(group.first));
}

void TypeTable::release(std::span<const uint32_t> numbers, std::vector<uint32_t> &removed) {
  // Groups refer to groups in chains of any length, hence a list and no recursion.
  std::vector<uint32_t> pending;
  auto drop = [&](uint32_t number) {
    Groups::value_type &group = *entries[number].group;
    if (--group.second.holds > 0)
      return;
    pending.insert(pending.end(), group.second.outside.begin(), group.second.outside.end());
    remove(group, removed);
  };
  for (uint32_t number : numbers) {
    drop(number);
    while (!pending.empty()) {
      const uint32_t next = pending.back();
      pending.pop_back();
      drop(next);
    }
  }
}

bool TypeTable::isBelow(uint32_t sub, uint32_t super) const {
  while (entries[sub].depth > entries[super].depth)
    sub = entries[sub].super;
  return sub == super;
}

bool TypeTable::heapMatches(ValueType sub, ValueType super) const {
  if (sub.heap == super.heap && sub.heap != HeapKind::Index)
    return true;
  if (sub.heap == HeapKind::Bottom)
    return true;
  const HeapKind superAbstract =
      super.heap == HeapKind::Index ? abstractOf(kindOf(super.typeIndex)) : super.heap;
  if (const auto top = topAbove(sub.heap))
    return super.heap != HeapKind::Bottom && isBelowAbstract(superAbstract, *top);
  if (sub.heap != HeapKind::Index)
    return super.heap != HeapKind::Index && isBelowAbstract(sub.heap, super.heap);
  if (super.heap == HeapKind::Index)
    return isBelow(sub.typeIndex, super.typeIndex);
  return isBelowAbstract(abstractOf(kindOf(sub.typeIndex)), super.heap);
}

HeapKind TypeTable::topOf(ValueType type) const {
  HeapKind heap = type.heap == HeapKind::Index ? abstractOf(kindOf(type.typeIndex)) : type.heap;
  if (const auto top = topAbove(heap))
    return *top;
  while (heap != above(heap))
    heap = above(heap);
  return heap;
}

bool TypeTable::matches(ValueType sub, ValueType super) const {
  if (sub.kind == ValueKind::Bottom)
    return true;
  if (!sub.isRef() || !super.isRef())
    return sub.kind == super.kind;
  return (!sub.nullable || super.nullable) && heapMatches(sub, super);
}

} // namespace w2n::wasm
