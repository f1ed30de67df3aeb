// The types of WebAssembly (core specification, section 2.3), shaped for recursive type groups,
// 64-bit addresses and vectors, although the validator accepts only what Features.def names.
#pragma once

#include <cstdint>
#include <optional>
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
  Index
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
  static constexpr ValueType nullexnref() { return {ValueKind::Ref, true, HeapKind::NoExn}; }
  static constexpr ValueType bottom() { return {ValueKind::Bottom}; }

  bool isRef() const { return kind == ValueKind::Ref; }
  bool isNumeric() const { return kind <= ValueKind::F64; }
  friend bool operator==(const ValueType &, const ValueType &) = default;
};

/// Whether a value of type `found` may stand where `expected` is wanted (3.3.4).
bool matches(ValueType found, ValueType expected);

/// "i32", "funcref", "(ref null 3)": the text format's words.
std::string toString(ValueType type);

struct FunctionType {
  std::vector<ValueType> params;
  std::vector<ValueType> results;
  friend bool operator==(const FunctionType &, const FunctionType &) = default;
};

/// "[i32 i64] -> [f32]", as the reference interpreter prints it.
std::string toString(const FunctionType &type);

/// One entry of the type index space. Composite types other than functions are not decoded yet;
/// `recGroup` numbers the recursive groups, so that canonical types can be compared group by group.
struct TypeDefinition {
  FunctionType function;
  uint32_t recGroup = 0;
};

/// The limits of a memory or table, in pages or elements.
struct Limits {
  uint64_t min = 0;
  std::optional<uint64_t> max;
  bool is64 = false; ///< 64-bit addresses
  bool shared = false;
};

struct TableType {
  ValueType element;
  Limits limits;
};

struct MemoryType {
  Limits limits;
  uint8_t pageSizeLog2 = 16;
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
