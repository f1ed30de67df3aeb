// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Instructions as the validator and the lowering see them: an opcode and its decoded immediates.
#pragma once

#include "lib/support/ByteReader.h"
#include "lib/wasm/Module.h"

#include <array>
#include <iterator>

namespace w2n::wasm {

enum class Opcode : uint16_t {
#define WASM_OP(name, ...) name,
#include "lib/wasm/Opcodes.def"
};
inline constexpr size_t opcodeCount = 0
#define WASM_OP(...) +1
#include "lib/wasm/Opcodes.def"
    ;

/// The kinds of immediates; each is decoded by one function in DecodeInstruction.cpp.
enum class Immediates : uint8_t {
  None,
  BlockType,       ///< block
  Label,           ///< index
  LabelTable,      ///< labels (the default last)
  Function,        ///< index
  TypeAndTable,    ///< index (type), index2 (table)
  ValueTypes,      ///< valueTypes
  Local,           ///< index
  Global,          ///< index
  Table,           ///< index
  Memarg,          ///< index (memory), alignLog2, offset
  Memory,          ///< index
  I32,             ///< bits
  I64,             ///< bits
  F32,             ///< bits
  F64,             ///< bits
  HeapType,        ///< type
  Data,            ///< index
  Element,         ///< index
  DataAndMemory,   ///< index (data), index2 (memory)
  MemoryAndMemory, ///< index (destination), index2 (source)
  ElementAndTable, ///< index (element), index2 (table)
  TableAndTable,   ///< index (destination), index2 (source)
  V128,            ///< bytes
  Lane,            ///< lane
  Shuffle,         ///< bytes (lanes)
  MemargLane,      ///< Memarg, lane
  AtomicMemarg,    ///< as Memarg; the alignment must be the natural one
  ZeroByte,        ///< none; a byte that is 0
  Type,            ///< index
  Tag,             ///< index
  TryTable,        ///< block, catches
  TypeAndField,    ///< index (type), index2 (field)
  TypeAndCount,    ///< index (type), index2 (number of operands)
  TypeAndData,     ///< index (type), index2 (data)
  TypeAndElement,  ///< index (type), index2 (element)
  TypeAndType,     ///< index (destination), index2 (source)
  BranchCast,      ///< index (label), sourceType, type (target)
};

/// The class of an instruction for analyses of code and for --meter=fuel.
enum class OpcodeClass : uint8_t {
  Plain,       ///< does none of the following
  Nothing,     ///< neither computes nor moves control
  Constant,    ///< has its value as its immediate
  Store,       ///< writes to a memory what it pops, and nothing else
  Block,       ///< begins a block whose label is at its end
  Loop,        ///< begins a block whose label is at its beginning
  If,          ///< begins a block if a condition holds
  Try,         ///< begins a block that catches exceptions
  Clause,      ///< begins another part of a block
  End,         ///< ends a block
  Branch,      ///< may continue at a label
  Return,      ///< ends the function
  Unreachable, ///< traps
  Call,        ///< calls, and comes back
  TailCall,    ///< calls in place of the function, which it ends
  Throw,       ///< throws an exception
  TableWrite,  ///< writes an element of a table
  TableBulk,   ///< writes as many elements of a table as its top operand says
  ArrayBulk,   ///< writes as many elements of an array as its top operand says
  MemoryBulk,  ///< writes as many bytes of a memory as its top operand says
  MemoryGrow,  ///< adds as many pages to a memory as its top operand says
};

/// A row of Opcodes.def.
struct OpcodeInfo {
  std::string_view text;
  Immediates immediates;
  std::string_view signature;
  OpcodeClass opcodeClass;
  /// Log2 of the bytes of a load or store (its natural alignment) or of a lane, else 0.
  uint8_t alignLog2;
  Feature feature;
};
const OpcodeInfo &infoOf(Opcode opcode);

inline OpcodeClass classOf(Opcode opcode) { return infoOf(opcode).opcodeClass; }

/// Whether a block of any kind begins with such an instruction; an End belongs to each.
constexpr bool beginsBlock(OpcodeClass opcodeClass) {
  return opcodeClass >= OpcodeClass::Block && opcodeClass <= OpcodeClass::Try;
}

/// The type of a block: no value, one value, or a type index.
struct BlockType {
  enum class Kind : uint8_t { Empty, Value, Index } kind = Kind::Empty;
  ValueType value;
  uint32_t typeIndex = 0;
};

/// A clause of try_table.
struct CatchClause {
  /// As encoded (5.4.1): bit 0, whether the exception itself is passed too; bit 1, whether every
  /// tag is caught.
  enum class Kind : uint8_t { Tag, TagRef, All, AllRef } kind = Kind::Tag;
  uint32_t tag = 0; ///< only if hasTag
  uint32_t label = 0;

  bool hasTag() const { return kind == Kind::Tag || kind == Kind::TagRef; }
  bool hasReference() const { return kind == Kind::TagRef || kind == Kind::AllRef; }
};

struct Instruction {
  Opcode opcode = Opcode::Nop;
  /// Offset of the opcode in the module.
  uint64_t offset = 0;
  uint32_t index = 0, index2 = 0;
  uint32_t alignLog2 = 0;
  /// Static offset of a load or store.
  uint64_t memoryOffset = 0;
  /// The bits of a constant; i32 is sign-extended.
  uint64_t bits = 0;
  /// A vector constant, or the lanes that a shuffle takes.
  std::array<uint8_t, 16> bytes = {};
  uint8_t lane = 0;
  BlockType block;
  ValueType type;
  /// The type that a cast that branches is made from.
  ValueType sourceType;
  /// Features that its immediates need, by their encoding, beyond the opcode's own.
  FeatureSet needs;
  /// Reused from one instruction to the next, so that br_table does not allocate each time.
  std::vector<uint32_t> labels;
  std::vector<ValueType> valueTypes;
  std::vector<CatchClause> catches;
};

/// Decodes the instruction at `reader` into `instruction`. Errors: Malformed, Unsupported. Linear
/// in the bytes read: br_table's count is checked against what is left before anything is
/// allocated.
Status decodeInstruction(ByteReader &reader, Instruction &instruction);

/// The instructions of a valid body or expression, one after the other, each valid until the next:
///
///   for (const Instruction &instruction : Instructions(function.code))
///
/// `offset` is that of `code` in the module, and only needed where offsets of instructions are.
class Instructions {
public:
  explicit Instructions(Bytes code, uint64_t offset = 0) : reader(code, offset) {}

  class Iterator {
  public:
    explicit Iterator(Instructions &all) : all(&all) { ++*this; }
    const Instruction &operator*() const { return all->instruction; }
    Iterator &operator++() {
      // Decoding cannot fail: validation has decoded the same bytes.
      isAtEnd = all->reader.atEnd() || !decodeInstruction(all->reader, all->instruction);
      return *this;
    }
    bool operator==(std::default_sentinel_t) const { return isAtEnd; }

  private:
    Instructions *all;
    bool isAtEnd;
  };
  Iterator begin() { return Iterator(*this); }
  static std::default_sentinel_t end() { return {}; }

private:
  ByteReader reader;
  Instruction instruction;
};

} // namespace w2n::wasm
