// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/wasm/RewriteCode.h"

#include "lib/wasm/EncodeTypes.h"

namespace w2n::wasm {

namespace {

/// Bytes of the opcode at the beginning of an instruction.
size_t opcodeBytes(Bytes instruction) {
  constexpr uint8_t firstPrefix = 0xfb, lastPrefix = 0xfe;
  if (instruction[0] < firstPrefix || instruction[0] > lastPrefix)
    return 1;
  size_t count = 2;
  while (instruction[count - 1] & 0x80)
    ++count;
  return count;
}

class Rewriter {
public:
  Rewriter(const IndexMap &map, ByteWriter &out) : map(map), out(out) {}

  void rewrite(const Instruction &instruction, Bytes bytes) {
    if (map.memorySize && replaceMemorySize(instruction.opcode))
      return;
    const size_t opcode = opcodeBytes(bytes);
    const size_t before = out.written().size();
    out.writeBytes(bytes.first(opcode));
    if (!writeImmediates(instruction, bytes.subspan(opcode)))
      out.writeBytes(bytes.subspan(out.written().size() - before));
  }

private:
  /// False if they mean the same in every module: they are copied then.
  bool writeImmediates(const Instruction &instruction, Bytes bytes);
  bool replaceMemorySize(Opcode opcode);
  void writeBlockType(const BlockType &type);
  void writeMemarg(const Instruction &instruction);
  void writeTryTable(const Instruction &instruction);
  void writeBranchCast(const Instruction &instruction);
  void write(uint32_t index) { out.writeUnsigned(index); }

  const IndexMap &map;
  ByteWriter &out;
};

bool Rewriter::replaceMemorySize(Opcode opcode) {
  constexpr uint8_t globalGet = 0x23, call = 0x10;
  const bool isSize = opcode == Opcode::MemorySize;
  if (!isSize && opcode != Opcode::MemoryGrow)
    return false;
  out.writeByte(isSize ? globalGet : call);
  write(isSize ? map.memorySize->global : map.memorySize->growFunction);
  return true;
}

void Rewriter::writeBlockType(const BlockType &type) {
  constexpr uint8_t empty = 0x40;
  switch (type.kind) {
  case BlockType::Kind::Empty:
    return out.writeByte(empty);
  case BlockType::Kind::Value:
    return encodeValueType(out, map(type.value));
  case BlockType::Kind::Index:
    return out.writeSigned(int64_t(map.firstType) + type.typeIndex);
  }
}

void Rewriter::writeMemarg(const Instruction &instruction) {
  constexpr uint32_t hasMemoryIndex = 0x40;
  const uint32_t memory = map.memories[instruction.index];
  write(instruction.alignLog2 | (memory != 0 ? hasMemoryIndex : 0));
  if (memory != 0)
    write(memory);
  out.writeUnsigned(instruction.memoryOffset);
}

void Rewriter::writeTryTable(const Instruction &instruction) {
  writeBlockType(instruction.block);
  write(uint32_t(instruction.catches.size()));
  for (const CatchClause &clause : instruction.catches) {
    out.writeByte(uint8_t(clause.kind));
    if (clause.hasTag())
      write(map.tags[clause.tag]);
    write(clause.label);
  }
}

void Rewriter::writeBranchCast(const Instruction &instruction) {
  const ValueType source = instruction.sourceType, target = instruction.type;
  out.writeByte(uint8_t(source.nullable | target.nullable << 1));
  write(instruction.index);
  encodeHeapType(out, map(source));
  encodeHeapType(out, map(target));
}

bool Rewriter::writeImmediates(const Instruction &instruction, Bytes bytes) {
  const uint32_t index = instruction.index, index2 = instruction.index2;
  switch (infoOf(instruction.opcode).immediates) {
  case Immediates::None:
  case Immediates::Label:
  case Immediates::LabelTable:
  case Immediates::Local:
  case Immediates::I32:
  case Immediates::I64:
  case Immediates::F32:
  case Immediates::F64:
  case Immediates::V128:
  case Immediates::Lane:
  case Immediates::Shuffle:
  case Immediates::ZeroByte:
    return false;
  case Immediates::BlockType:
    writeBlockType(instruction.block);
    return true;
  case Immediates::Function:
    write(map.functions[index]);
    return true;
  case Immediates::TypeAndTable:
    write(map.firstType + index);
    write(map.tables[index2]);
    return true;
  case Immediates::ValueTypes:
    write(uint32_t(instruction.valueTypes.size()));
    for (const ValueType type : instruction.valueTypes)
      encodeValueType(out, map(type));
    return true;
  case Immediates::Global:
    write(map.globals[index]);
    return true;
  case Immediates::Table:
    write(map.tables[index]);
    return true;
  case Immediates::Memarg:
  case Immediates::AtomicMemarg:
    writeMemarg(instruction);
    return true;
  case Immediates::MemargLane:
    writeMemarg(instruction);
    out.writeByte(bytes.back());
    return true;
  case Immediates::Memory:
    write(map.memories[index]);
    return true;
  case Immediates::HeapType:
    encodeHeapType(out, map(instruction.type));
    return true;
  case Immediates::Data:
    write(map.firstData + index);
    return true;
  case Immediates::Element:
    write(map.firstElement + index);
    return true;
  case Immediates::DataAndMemory:
    write(map.firstData + index);
    write(map.memories[index2]);
    return true;
  case Immediates::MemoryAndMemory:
    write(map.memories[index]);
    write(map.memories[index2]);
    return true;
  case Immediates::ElementAndTable:
    write(map.firstElement + index);
    write(map.tables[index2]);
    return true;
  case Immediates::TableAndTable:
    write(map.tables[index]);
    write(map.tables[index2]);
    return true;
  case Immediates::Type:
    write(map.firstType + index);
    return true;
  case Immediates::TypeAndField:
  case Immediates::TypeAndCount:
    write(map.firstType + index);
    write(index2);
    return true;
  case Immediates::TypeAndData:
    write(map.firstType + index);
    write(map.firstData + index2);
    return true;
  case Immediates::TypeAndElement:
    write(map.firstType + index);
    write(map.firstElement + index2);
    return true;
  case Immediates::TypeAndType:
    write(map.firstType + index);
    write(map.firstType + index2);
    return true;
  case Immediates::BranchCast:
    writeBranchCast(instruction);
    return true;
  case Immediates::Tag:
    write(map.tags[index]);
    return true;
  case Immediates::TryTable:
    writeTryTable(instruction);
    return true;
  }
  return false;
}

} // namespace

Status rewriteCode(Bytes code, uint64_t offset, const IndexMap &map, ByteWriter &out) {
  ByteReader reader(code, offset);
  Rewriter rewriter(map, out);
  Instruction instruction;
  while (!reader.atEnd()) {
    const size_t begin = code.size() - reader.remaining();
    W2N_CHECK(decodeInstruction(reader, instruction));
    rewriter.rewrite(instruction, code.subspan(begin, code.size() - reader.remaining() - begin));
  }
  return {};
}

Status rewriteBody(const Function &function, const IndexMap &map, ByteWriter &out) {
  out.writeUnsigned(function.locals.size());
  for (const LocalGroup &group : function.locals) {
    out.writeUnsigned(group.count);
    encodeValueType(out, map(group.type));
  }
  return rewriteCode(function.code, function.codeOffset, map, out);
}

} // namespace w2n::wasm
