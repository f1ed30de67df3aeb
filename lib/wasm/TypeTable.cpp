#include "lib/wasm/TypeTable.h"

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
}

uint32_t TypeTable::numberOf(const TypeGroup &group) {
  const auto first = uint32_t(entries.size());
  const auto [found, isNew] = groups.try_emplace(group.key, first);
  if (!isNew)
    return found->second;
  for (const TypeGroup::Member &member : group.members) {
    Entry entry{member.kind, TypeGroup::noSuper, 0};
    if (member.super != TypeGroup::noSuper) {
      entry.super = member.super < group.begin ? group.numberOf(member.super)
                                               : first + (member.super - group.begin);
      entry.depth = entries[entry.super].depth + 1;
    }
    entries.push_back(entry);
  }
  return first;
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

bool TypeTable::matches(ValueType sub, ValueType super) const {
  if (sub.kind == ValueKind::Bottom)
    return true;
  if (!sub.isRef() || !super.isRef())
    return sub.kind == super.kind;
  return (!sub.nullable || super.nullable) && heapMatches(sub, super);
}

} // namespace w2n::wasm
