// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Sizes of objects and the references in them, for collector and verification. Nothing here trusts
// the heap's contents: objects end with their block or their run of blocks, whatever their headers
// say.
#pragma once

#include "runtime/heap/HeapTypes.h"
#include "runtime/heap/Space.h"

#include <bit>
#include <cstring>

namespace w2n::heap {

/// The size of an object of the type by its header. Only a header's bytes if there is no such type.
inline uint64_t declaredBytes(const TypeDescriptor &type, uint32_t length) {
  switch (type.kind) {
  case ObjectKind::Struct:
    return type.bytes;
  case ObjectKind::Array:
    return artifact::arrayBytes(length, type.elementLog2);
  case ObjectKind::None:
    break;
  }
  return artifact::objectHeaderBytes;
}

/// The same, but not past the block, or the blocks of a large object.
inline uint64_t clampedBytes(const Space &space, uint32_t reference, uint64_t bytes) {
  const uint32_t block = blockOf(reference);
  if (bytes > maxSmallBytes && space.states[block] == BlockState::LargeHead)
    return std::min(bytes, offsetOf(space.runs[block]) - reference % blockBytes);
  return std::min<uint64_t>(bytes, blockBytes - reference % blockBytes);
}

template <typename T> T load(const Space &space, uint64_t offset) {
  T value;
  std::memcpy(&value, space.at(offset), sizeof value);
  return value;
}

/// The heap's reference in an externref; null if there is none.
constexpr uint32_t referenceIn(uint64_t external) {
  return (external & artifact::externTagMask) == artifact::externTag ? uint32_t(external) : 0;
}

/// Calls `visit` with each reference of a structure that has all its bytes.
template <typename Visit>
void visitStruct(const Space &space, uint32_t reference, const TypeDescriptor &type, Visit visit) {
  for (uint64_t bits = type.references; bits != 0; bits &= bits - 1)
    visit(load<uint32_t>(space, reference + artifact::objectHeaderBytes +
                                    artifact::heapReferenceBytes * std::countr_zero(bits)));
  if (!type.others) [[likely]]
    return;
  for (uint32_t i = 1; i <= type.others[0]; ++i) {
    const uint64_t field = uint64_t(reference) + (type.others[i] >> 2);
    if (FieldKind(type.others[i] & 3) == FieldKind::Reference)
      visit(load<uint32_t>(space, field));
    else
      visit(referenceIn(load<uint64_t>(space, field)));
  }
}

/// Calls `visit` with each reference of the elements [begin, end), which the array must have.
template <typename Visit>
void visitElements(const Space &space, uint32_t reference, const TypeDescriptor &type,
                   uint64_t begin, uint64_t end, Visit visit) {
  const uint64_t first = uint64_t(reference) + artifact::objectHeaderBytes;
  if (type.element == FieldKind::Reference)
    for (uint64_t i = begin; i < end; ++i)
      visit(load<uint32_t>(space, first + i * artifact::heapReferenceBytes));
  else if (type.element == FieldKind::Extern)
    for (uint64_t i = begin; i < end; ++i)
      visit(referenceIn(load<uint64_t>(space, first + i * artifact::wideReferenceBytes)));
}

} // namespace w2n::heap
