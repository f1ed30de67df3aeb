// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The types of WebAssembly (core specification, section 2.3).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace w2n::wasm {

/// The abstract heap types, and `Index` for a defined type.
enum class HeapKind : uint8_t {
  Func,
  Extern,
  Any,
  Eq,
  I31,
  Struct,
  Array,
  Exn,
  None,
  NoFunc,
  NoExtern,
  NoExn,
  Index,
  /// Only in validation: below every other, where unreachable code makes a reference of what it
  /// pops.
  Bottom,
};

enum class ValueKind : uint8_t {
  I32,
  I64,
  F32,
  F64,
  V128,
  Ref,
  /// Only in validation: the type of an operand that unreachable code pops from the polymorphic
  /// stack.
  Bottom,
};

struct ValueType {
  ValueKind kind = ValueKind::I32;
  bool nullable = true;           ///< only for Ref
  HeapKind heap = HeapKind::Func; ///< only for Ref
  uint32_t typeIndex = 0;         ///< only for Ref to HeapKind::Index

  static constexpr ValueType i32() { return {ValueKind::I32}; }
  static constexpr ValueType i64() { return {ValueKind::I64}; }
  static constexpr ValueType f32() { return {ValueKind::F32}; }
  static constexpr ValueType f64() { return {ValueKind::F64}; }
  static constexpr ValueType v128() { return {ValueKind::V128}; }
  static constexpr ValueType funcref() { return {ValueKind::Ref, true, HeapKind::Func}; }
  static constexpr ValueType externref() { return {ValueKind::Ref, true, HeapKind::Extern}; }
  static constexpr ValueType exnref() { return {ValueKind::Ref, true, HeapKind::Exn}; }
  static constexpr ValueType reference(HeapKind heap, bool nullable = true) {
    return {ValueKind::Ref, nullable, heap};
  }
  static constexpr ValueType referenceTo(uint32_t typeIndex, bool nullable) {
    return {ValueKind::Ref, nullable, HeapKind::Index, typeIndex};
  }
  static constexpr ValueType bottom() { return {ValueKind::Bottom}; }

  constexpr ValueType withNull(bool allowed) const {
    ValueType type = *this;
    type.nullable = allowed;
    return type;
  }
  /// Whether a local of this type has a value before it is set.
  constexpr bool isDefaultable() const { return kind != ValueKind::Ref || nullable; }
  constexpr bool isDefined() const { return isRef() && heap == HeapKind::Index; }

  constexpr bool isRef() const { return kind == ValueKind::Ref; }
  /// 64-bit slots that a value takes where values are kept in memory.
  unsigned slots() const { return kind == ValueKind::V128 ? 2 : 1; }
  constexpr bool isNumeric() const { return kind <= ValueKind::F64; }
  friend bool operator==(const ValueType &, const ValueType &) = default;
};

/// Slots of all of `types`.
size_t slotsOf(std::span<const ValueType> types);

/// "i32", "funcref", "(ref null 3)": the text format's words.
std::string toString(ValueType type);

struct FunctionType {
  std::vector<ValueType> params;
  std::vector<ValueType> results;
  friend bool operator==(const FunctionType &, const FunctionType &) = default;
};

/// "[i32 i64] -> [f32]", as the reference interpreter prints it.
std::string toString(const FunctionType &type);

/// A field of a structure, or the elements of an array.
struct FieldType {
  ValueType type;
  /// 8 or 16 for a packed integer, whose `type` is i32; else 0.
  uint8_t packedBits = 0;
  bool isMutable = false;

  constexpr bool isPacked() const { return packedBits != 0; }
  friend bool operator==(const FieldType &, const FieldType &) = default;
};

enum class CompositeKind : uint8_t { Function, Struct, Array };

/// One entry of the type index space.
struct TypeDefinition {
  CompositeKind kind = CompositeKind::Function;
  bool isFinal = true;
  /// Index of the declared supertype.
  std::optional<uint32_t> super;
  /// The index of the first type, and after the last, of its recursive group.
  uint32_t groupBegin = 0, groupEnd = 0;
  /// Two types are equal exactly if their numbers in the module's TypeTable are; set by validation.
  uint32_t number = 0;
  FunctionType function;
  /// The fields of a structure; an array has one.
  std::vector<FieldType> fields;
  /// Whether every field has a default; set by validation.
  bool isDefaultable = false;
};

/// The limits of a memory or table, in pages or elements.
struct Limits {
  uint64_t min = 0;
  std::optional<uint64_t> max;
  bool is64 = false; ///< 64-bit addresses
  bool shared = false;

  /// The type of the memory's or table's indices, counts and sizes.
  ValueType addressType() const { return is64 ? ValueType::i64() : ValueType::i32(); }
};

struct TableType {
  ValueType element;
  Limits limits;
};

struct MemoryType {
  Limits limits;
  uint8_t pageSizeLog2 = 16;

  /// Whether inaccessible pages can begin exactly where the memory ends, on every system.
  bool hasGuardPages() const { return pageSizeLog2 == 16; }

  /// Whether a memory that is made with this type ends before the last 64 KiB that 32-bit addresses
  /// reach, however it grows. The runtime sees to it: growth may fail at any time (core
  /// specification, "memory.grow"). Only a memory that begins with them has them.
  bool neverHasLastPage() const {
    return !limits.is64 && hasGuardPages() && limits.min < maxPages32;
  }
  /// The same for whatever memory an import of this type may be bound to.
  bool importNeverHasLastPage() const {
    return neverHasLastPage() && limits.max && *limits.max < maxPages32;
  }

  /// The most pages of 64 KiB that a memory of 32-bit addresses can have.
  static constexpr uint64_t maxPages32 = 65536;
};

struct GlobalType {
  ValueType type;
  bool isMutable = false;
  friend bool operator==(const GlobalType &, const GlobalType &) = default;
};

struct TagType {
  uint32_t typeIndex = 0;
};

enum class ExternKind : uint8_t { Function, Table, Memory, Global, Tag };

} // namespace w2n::wasm
