// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A decoded module (core specification, section 2.5). It refers to the bytes that it was decoded
// from, which must outlive it: function bodies, constant expressions and data are spans, not
// copies.
#pragma once

#include "lib/support/Error.h"
#include "lib/wasm/Features.h"
#include "lib/wasm/TypeTable.h"
#include "lib/wasm/Types.h"

#include <array>
#include <span>
#include <string_view>

namespace w2n::wasm {

using Bytes = std::span<const uint8_t>;

/// A constant expression, without its final `end`. `offset` is where it starts in the module.
struct ConstExpr {
  Bytes code;
  uint64_t offset = 0;
};

struct Import {
  std::string_view module, name;
  ExternKind kind = ExternKind::Function;
  /// Index in the index space of `kind` (imports come first).
  uint32_t index = 0;
};

struct Export {
  std::string_view name;
  ExternKind kind = ExternKind::Function;
  uint32_t index = 0;
};

/// A run of locals of one type.
struct LocalGroup {
  uint32_t count = 0;
  ValueType type;
};

/// A function of the function index space.
struct Function {
  uint32_t typeIndex = 0;
  /// For defined functions: the instructions, including the final `end`; empty for imported ones.
  Bytes code;
  uint64_t codeOffset = 0;
  /// The offset at which its locals are declared.
  uint64_t bodyOffset = 0;
  std::vector<LocalGroup> locals;
  /// In the set C.refs: may be the operand of ref.func in a body.
  bool declared = false;
  /// From the name section, or empty.
  std::string_view name;
};

struct Table {
  TableType type;
  std::optional<ConstExpr> init;
  std::string_view name = {}; ///< as that of a function, in all index spaces
};

struct Memory {
  MemoryType type;
  std::string_view name = {};
};

struct Global {
  GlobalType type;
  ConstExpr init; ///< empty for imported globals
  std::string_view name = {};
};

struct Tag {
  TagType type;
};

enum class SegmentMode : uint8_t { Active, Passive, Declarative };

struct ElementSegment {
  SegmentMode mode = SegmentMode::Active;
  uint32_t tableIndex = 0;
  ConstExpr offset; ///< only if active
  ValueType type = ValueType::funcref();
  /// Either function indices or expressions; the other is empty.
  std::vector<uint32_t> functions;
  std::vector<ConstExpr> expressions;
  uint64_t byteOffset = 0;
  std::string_view name = {};

  size_t size() const { return functions.size() + expressions.size(); }
};

struct DataSegment {
  SegmentMode mode = SegmentMode::Active;
  uint32_t memoryIndex = 0;
  ConstExpr offset; ///< only if active
  Bytes bytes;
  uint64_t byteOffset = 0;
  std::string_view name = {};
};

/// Whether the br_if or if at `offset` in the module takes its branch, or its first arm, as a rule.
struct BranchHint {
  uint32_t offset = 0;
  bool likely = false;
};

/// A custom section with DWARF: ".debug_info" and so on.
struct DebugSection {
  std::string_view name;
  Bytes bytes;
};

struct Module {
  Bytes bytes;
  /// The features that were allowed when it was decoded.
  FeatureSet features;
  std::vector<TypeDefinition> types;
  /// The table of `types`; filled by validation.
  TypeTable typeTable;
  std::vector<Import> imports;
  std::vector<Export> exports;
  /// The index spaces: imported entries first.
  std::vector<Function> functions;
  std::vector<Table> tables;
  std::vector<Memory> memories;
  std::vector<Global> globals;
  std::vector<Tag> tags;
  std::vector<ElementSegment> elements;
  std::vector<DataSegment> data;
  std::optional<uint32_t> dataCount;
  std::optional<uint32_t> start;
  std::string_view name;
  /// The offset of the contents of each section, by its id; 0 if there is none.
  std::array<uint64_t, 14> sectionOffsets = {};
  /// In the order of their offsets.
  std::vector<BranchHint> branchHints;
  /// Undecoded, in their order; those after the first maxDebugSections are left out.
  std::vector<DebugSection> debugSections;
  static constexpr size_t maxDebugSections = 32;

  uint32_t importedFunctions = 0, importedTables = 0, importedMemories = 0, importedGlobals = 0,
           importedTags = 0;

  const FunctionType &functionType(uint32_t functionIndex) const {
    return types[functions[functionIndex].typeIndex].function;
  }
  /// The parameters are what an exception with the tag carries.
  const FunctionType &tagType(uint32_t tagIndex) const {
    return types[tags[tagIndex].type.typeIndex].function;
  }
  bool isFunctionType(uint32_t typeIndex) const {
    return typeIndex < types.size() && types[typeIndex].kind == CompositeKind::Function;
  }
  /// Whether values of `sub` are values of `super` (core specification, section 3.3). Both must be
  /// valid.
  bool matches(ValueType sub, ValueType super) const {
    return sub == super || typeTable.matches(numbered(sub), numbered(super));
  }
  /// The top of the hierarchy that the reference type `type`, which must be valid, is in.
  HeapKind topOf(ValueType type) const { return typeTable.topOf(numbered(type)); }
  /// Whether values of `type` refer to objects of the heap: whether it is in the hierarchy of any.
  bool isHeapReference(ValueType type) const {
    return type.isRef() && topOf(type) == HeapKind::Any;
  }

private:
  /// With the number of a defined type instead of its index.
  ValueType numbered(ValueType type) const {
    if (type.isDefined())
      type.typeIndex = types[type.typeIndex].number;
    return type;
  }
};

/// Decodes a binary module (core specification, chapter 5). Section structure, types and segments
/// are decoded; of function bodies only locals and extent: their instructions are decoded by the
/// validator. The name section is read leniently: names end where it is malformed. Errors:
/// Malformed, Limit, Unsupported (also for what is not in `features`), with the offset in `bytes`.
/// Threads: any.
Result<Module> decodeModule(Bytes bytes, FeatureSet features = FeatureSet::all());

/// Validates a decoded module (core specification, chapter 3), function bodies included. Malformed
/// instructions are reported as Malformed, broken rules as Invalid, with the reference
/// interpreter's words first ("type mismatch: ..."), instructions of features that the module may
/// not use as Unsupported. Sets Function::declared. Linear in the size of the module. Threads: any.
Status validateModule(Module &module);

/// "memory 1 ($heap)", or "memory 1" if it has no name: for messages.
std::string describeItem(const char *kind, size_t index, std::string_view name);
/// "function 12 ($fib)", for messages and symbols.
std::string describeFunction(const Module &module, uint32_t functionIndex);

} // namespace w2n::wasm
