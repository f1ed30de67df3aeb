// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Facts about types for collector and casts, by canonical number: where references are, and
// the display of supertypes. One for all heaps of a process.
//
// Tables are reserved ranges that never move, so that compiled code and collectors of any thread
// read them without a lock. A number is read only while something holds its type.
#pragma once

#include "lib/artifact/HeapLayout.h"
#include "lib/support/Error.h"
#include "runtime/heap/GrowingTable.h"

#include <atomic>
#include <memory>
#include <span>

namespace w2n::heap {

using artifact::ObjectKind;

enum class FieldKind : uint8_t {
  Plain,     ///< numbers, and references that the heap does not follow
  Reference, ///< 32 bits: null, an i31 or an object
  Extern,    ///< 64 bits: an object if tagged
};

/// A field of a structure, or the elements of an array.
struct Field {
  uint32_t bytes; ///< 1, 2, 4, 8 or 16
  FieldKind kind;
};

struct TypeDescriptor {
  ObjectKind kind = ObjectKind::None;
  FieldKind element = FieldKind::Plain; ///< of an array
  uint8_t elementLog2 = 0;              ///< of an array
  uint8_t reserved = 0;
  /// The size of a structure, header included.
  uint32_t bytes = 0;
  /// Bit i: the structure has a reference at objectHeaderBytes + 4 * i.
  uint64_t references = 0;
  /// References further on, and externs: a count, and as many times `offset << 2 | FieldKind`.
  /// Null if there are none.
  const uint32_t *others = nullptr;
};
static_assert(sizeof(TypeDescriptor) == 24);

/// Threads: define and remove on one thread at a time; everything else on any.
class HeapTypes {
public:
  static constexpr uint32_t defaultMaxTypes = 1 << 20;

  /// Errors: Limit (no address space).
  static Result<std::unique_ptr<HeapTypes>> create(uint32_t maxTypes = defaultMaxTypes);
  ~HeapTypes();
  HeapTypes(const HeapTypes &) = delete;
  HeapTypes &operator=(const HeapTypes &) = delete;

  /// `display`: numbers of the supertypes from the topmost on, last the type's own. Errors: Limit
  /// (the number is too large, or there is no memory).
  Status defineStruct(uint32_t number, std::span<const Field> fields,
                      std::span<const uint32_t> display);
  Status defineArray(uint32_t number, Field element, std::span<const uint32_t> display);
  void remove(uint32_t number);

  /// The descriptor of a type; of kind None for numbers that are not defined, whatever they are.
  const TypeDescriptor &descriptor(uint32_t number) const {
    return number < definedEnd.load(std::memory_order_relaxed) ? descriptors()[number] : none;
  }
  const uint32_t *displays() const {
    return reinterpret_cast<const uint32_t *>(displayTable.data());
  }
  const ObjectKind *kinds() const { return reinterpret_cast<const ObjectKind *>(kindTable.data()); }

private:
  HeapTypes() = default;
  TypeDescriptor *descriptors() const {
    return reinterpret_cast<TypeDescriptor *>(descriptorTable.data());
  }
  Status makeRow(uint32_t number, std::span<const uint32_t> display);
  void publish(uint32_t number, const TypeDescriptor &descriptor);

  static const TypeDescriptor none;
  GrowingTable descriptorTable, displayTable, kindTable;
  uint32_t maxTypes = 0;
  /// Rows of all tables below this are accessible.
  std::atomic<uint32_t> definedEnd = 0;
};

} // namespace w2n::heap
