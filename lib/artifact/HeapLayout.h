// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The heap of garbage-collected objects as compiled code and runtime agree on it: references,
// objects, the fields that inline allocation and casts use. docs/gc.md tells the whole story.
//
// A reference of the `any` hierarchy is 32 bits:
//   0                       null
//   (value << 1) | 1        an i31
//   a multiple of 8         the offset of an object from the heap's base
// The first `nullGuardBytes` of a heap are never accessible, so that an access to a field of null
// whose offset is below them faults.
//
// An externref is 64 bits: 0 is null, `externTag | reference` an object or i31 of the heap that
// `extern.convert_any` made external, everything else the host's value. `any.convert_extern` boxes
// a host's value in an object of the type `externBoxTypeId`, and `extern.convert_any` takes it out.
#pragma once

#include <cstddef>
#include <cstdint>

namespace w2n::artifact {

/// The largest heap in bytes, its inaccessible beginning included: the reach of 32 bits.
inline constexpr uint64_t maxHeapBytes = uint64_t(1) << 32;
/// The inaccessible beginning of a heap. Accesses to fields from here on check for null themselves.
inline constexpr uint64_t nullGuardBytes = 64 << 10;
/// Inaccessible bytes after the 4 GiB, more than the largest offset of a field and its width.
inline constexpr uint64_t heapGuardBytes = 1 << 20;

/// Objects are aligned to 8 bytes: a node of two references and the header is 16 bytes, one of four
/// is 24. An alignment of 16 would only serve vectors, which the processors load as fast from
/// addresses that are multiples of 8.
inline constexpr uint32_t objectAlignment = 8;

/// The kind of a type's objects, in `HeapRecord::kinds`.
enum class ObjectKind : uint8_t { None, Struct, Array };

/// The beginning of every object. The fields of a structure follow in their order, each at the next
/// multiple of its width (of 8, for vectors), packed ones with their packed width; the elements of
/// an array from `objectHeaderBytes` on, without gaps. An object is as large as the next multiple
/// of objectAlignment.
struct ObjectHeader {
  /// The process-wide canonical number of its type; `externBoxTypeId` and `fillerTypeId` are none.
  uint32_t typeId;
  /// The number of elements of an array; 0 in structures.
  uint32_t length;
};
inline constexpr uint32_t objectHeaderBytes = 8;

/// The type of boxes of host values, which no module has: 8 bytes after the header are the
/// externref. It has a row among the displays, below nothing, and kind None, so that casts need not
/// know of it. `length` is 0 where `extern.convert_any` takes the value out; objects of the host
/// with a finalizer have 1 there, and become external as all objects do.
inline constexpr uint32_t externBoxTypeId = 0;
inline constexpr uint32_t externBoxBytes = 16;
/// The runtime's: space that is no object, `length` bytes of it, header included. No reference
/// leads to it.
inline constexpr uint32_t fillerTypeId = 0xffff'ffff;

/// The upper half of an externref whose lower half is a reference. User space has no such
/// addresses; embedders' values must not look like this.
inline constexpr uint64_t externTag = 0xfffe'9c00'0000'0000;
inline constexpr uint64_t externTagMask = 0xffff'ffff'0000'0000;

/// Widths in objects: of references of the `any` hierarchy, and of funcref, externref and exnref.
inline constexpr uint32_t heapReferenceBytes = 4;
inline constexpr uint32_t wideReferenceBytes = 8;

constexpr uint32_t alignObject(uint32_t bytes) {
  return (bytes + objectAlignment - 1) & ~(objectAlignment - 1);
}
/// The offset of a field of `bytes` that follows an object's first `end` bytes.
constexpr uint32_t fieldOffset(uint32_t end, uint32_t bytes) {
  const uint32_t alignment = bytes < objectAlignment ? bytes : objectAlignment;
  return (end + alignment - 1) & ~(alignment - 1);
}
/// Bytes of an array of `length` elements, each `1 << elementLog2` bytes; does not overflow.
constexpr uint64_t arrayBytes(uint32_t length, uint32_t elementLog2) {
  return (objectHeaderBytes + (uint64_t(length) << elementLog2) + objectAlignment - 1) &
         ~uint64_t(objectAlignment - 1);
}

/// Depth of types: 0 without supertype. The display of a type has its supertypes by depth, from the
/// topmost to itself; validation refuses types deeper than this.
inline constexpr uint32_t maxTypeDepth = 63;
/// Rows of the displays: `displays[typeId * displayEntries + depth]`. Rows are there for all types
/// of structures and arrays that are held.
inline constexpr uint32_t displayEntries = maxTypeDepth + 1;

/// The part of a heap that compiled code uses. One for all instances that can hand references to
/// each other; it never moves, and only `cursor` and `limit` change.
///
/// Inline allocation of N bytes (a multiple of objectAlignment), in 64 bits:
///   next = cursor + N
///   if (next > limit) call RuntimeServices::allocateObject
///   else write the whole header at cursor, then cursor = next
/// in this order, which a fence of a single thread keeps: the guest may be left at any instruction,
/// and all below the cursor must be objects. All between cursor and limit is zero but for a header
/// that was written when the guest was left.
struct HeapRecord {
  uint8_t *base;
  uint64_t cursor; ///< offset from base, as all references
  uint64_t limit;  ///< at most cursor + 32 KiB
  const uint32_t *displays;
  const ObjectKind *kinds; ///< by typeId
};

static_assert(offsetof(HeapRecord, base) == 0);
static_assert(offsetof(HeapRecord, cursor) == 8);
static_assert(offsetof(HeapRecord, limit) == 16);
static_assert(offsetof(HeapRecord, displays) == 24);
static_assert(offsetof(HeapRecord, kinds) == 32 && sizeof(ObjectKind) == 1);
static_assert(sizeof(HeapRecord) == 40);
static_assert(offsetof(ObjectHeader, typeId) == 0 && offsetof(ObjectHeader, length) == 4);
static_assert(sizeof(ObjectHeader) == objectHeaderBytes);

// Services that allocate may collect, which moves nothing that a register or the guest's stack
// refers to. What they have of a reference (in either half of a word), or of an address from an
// object's header to one past its end, keeps the object.

} // namespace w2n::artifact
