// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Instructions (core specification, section 5.4): a table look-up for the opcode, one function for
// each kind of immediates.

#include "lib/wasm/DecodeTypes.h"
#include "lib/wasm/Limits.h"
#include "lib/wasm/Opcodes.h"

#include <algorithm>
#include <array>

namespace w2n::wasm {

namespace {

using Decoder = Status (*)(ByteReader &, Instruction &);

Status decodeNone(ByteReader &, Instruction &) { return {}; }

Status decodeIndex(ByteReader &reader, Instruction &instruction) {
  W2N_TRY(index, reader.readU32());
  instruction.index = index;
  return {};
}

// Memories and tables were not numbered at first.

template <Feature feature> Status decodeLater(ByteReader &reader, Instruction &instruction) {
  W2N_TRY(index, decodeLaterIndex(reader, feature, instruction.needs));
  instruction.index = index;
  return {};
}

template <Feature feature> Status decodeLaterSecond(ByteReader &reader, Instruction &instruction) {
  W2N_TRY(first, reader.readU32());
  W2N_TRY(second, decodeLaterIndex(reader, feature, instruction.needs));
  instruction.index = first;
  instruction.index2 = second;
  return {};
}

template <Feature feature> Status decodeLaterPair(ByteReader &reader, Instruction &instruction) {
  W2N_TRY(first, decodeLaterIndex(reader, feature, instruction.needs));
  W2N_TRY(second, decodeLaterIndex(reader, feature, instruction.needs));
  instruction.index = first;
  instruction.index2 = second;
  return {};
}

Status decodeBlockType(ByteReader &reader, Instruction &instruction) {
  // A type index is a number that is not negative. The others are single bytes, which as numbers
  // are negative: no longer form of the same number stands for them (5.4.1).
  ByteReader ahead = reader;
  W2N_TRY(code, ahead.readS33());
  if (code >= 0) {
    reader = ahead;
    instruction.block = {BlockType::Kind::Index, {}, uint32_t(code)};
    instruction.needs.add(Feature::MultiValue);
    return {};
  }
  constexpr uint8_t empty = 0x40;
  ahead = reader;
  W2N_TRY(byte, ahead.readByte());
  if (byte == empty) {
    reader = ahead;
    instruction.block = {};
    return {};
  }
  W2N_TRY(type, decodeValueType(reader, instruction.needs));
  instruction.block = {BlockType::Kind::Value, type, 0};
  return {};
}

Status decodeLabelTable(ByteReader &reader, Instruction &instruction) {
  W2N_TRY(count, reader.readU32());
  if (count >= reader.remaining())
    return reader.malformed("unexpected end of section or function");
  if (count > limits::branchTableLabels)
    return fail(ErrorKind::Limit,
                "br_table has " + std::to_string(count) + " labels, most is " +
                    std::to_string(limits::branchTableLabels),
                reader.offset());
  instruction.labels.clear();
  for (uint32_t i = 0; i <= count; ++i) {
    W2N_TRY(label, reader.readU32());
    instruction.labels.push_back(label);
  }
  return {};
}

Status decodeValueTypes(ByteReader &reader, Instruction &instruction) {
  W2N_TRY(count, reader.readU32());
  if (count > reader.remaining())
    return reader.malformed("unexpected end of section or function");
  instruction.valueTypes.clear();
  for (uint32_t i = 0; i < count; ++i) {
    W2N_TRY(type, decodeValueType(reader, instruction.needs));
    instruction.valueTypes.push_back(type);
  }
  return {};
}

Status decodeMemarg(ByteReader &reader, Instruction &instruction) {
  // Bit 6 says that a memory index follows (5.4.6).
  constexpr uint32_t hasMemoryIndex = 1 << 6;
  W2N_TRY(flags, reader.readU32());
  if (flags >= hasMemoryIndex << 1)
    return reader.malformed("malformed memop flags");
  instruction.index = 0;
  if (flags & hasMemoryIndex) {
    instruction.needs.add(Feature::MultiMemory);
    W2N_CHECK(decodeIndex(reader, instruction));
  }
  instruction.alignLog2 = flags & ~hasMemoryIndex;
  W2N_TRY(offset, decodeAddressNumber(reader, instruction.needs));
  instruction.memoryOffset = offset;
  return {};
}

Status decodeI32(ByteReader &reader, Instruction &instruction) {
  W2N_TRY(value, reader.readS32());
  instruction.bits = uint64_t(int64_t(value));
  return {};
}

Status decodeI64(ByteReader &reader, Instruction &instruction) {
  W2N_TRY(value, reader.readS64());
  instruction.bits = uint64_t(value);
  return {};
}

Status decodeF32(ByteReader &reader, Instruction &instruction) {
  W2N_TRY(bits, reader.readFixed32());
  instruction.bits = bits;
  return {};
}

Status decodeF64(ByteReader &reader, Instruction &instruction) {
  W2N_TRY(bits, reader.readFixed64());
  instruction.bits = bits;
  return {};
}

Status decodeRefNullType(ByteReader &reader, Instruction &instruction) {
  W2N_TRY(type, decodeHeapType(reader, instruction.needs));
  instruction.type = type;
  return {};
}

Status decodeLane(ByteReader &reader, Instruction &instruction) {
  W2N_TRY(lane, reader.readByte());
  instruction.lane = lane;
  return {};
}

Status decodeVector(ByteReader &reader, Instruction &instruction) {
  W2N_TRY(bytes, reader.readBytes(instruction.bytes.size()));
  std::ranges::copy(bytes, instruction.bytes.begin());
  return {};
}

Status decodeMemargLane(ByteReader &reader, Instruction &instruction) {
  W2N_CHECK(decodeMemarg(reader, instruction));
  return decodeLane(reader, instruction);
}

Status decodeZeroByte(ByteReader &reader, Instruction &) {
  W2N_TRY(byte, reader.readByte());
  if (byte != 0)
    return reader.malformed("zero byte expected");
  return {};
}

Status decodeTryTable(ByteReader &reader, Instruction &instruction) {
  W2N_CHECK(decodeBlockType(reader, instruction));
  W2N_TRY(count, reader.readU32());
  if (count > reader.remaining())
    return reader.malformed("unexpected end of section or function");
  if (count > limits::catchClauses)
    return fail(ErrorKind::Limit,
                "try_table has " + std::to_string(count) + " catch clauses, most is " +
                    std::to_string(limits::catchClauses),
                reader.offset());
  instruction.catches.clear();
  for (uint32_t i = 0; i < count; ++i) {
    W2N_TRY(kind, reader.readByte());
    if (kind > uint8_t(CatchClause::Kind::AllRef))
      return reader.malformed("malformed catch clause " + std::to_string(kind));
    CatchClause clause;
    clause.kind = CatchClause::Kind(kind);
    if (clause.hasTag()) {
      W2N_TRY(tag, reader.readU32());
      clause.tag = tag;
    }
    W2N_TRY(label, reader.readU32());
    clause.label = label;
    instruction.catches.push_back(clause);
  }
  return {};
}

Status decodeIndexPair(ByteReader &reader, Instruction &instruction) {
  W2N_TRY(first, reader.readU32());
  W2N_TRY(second, reader.readU32());
  instruction.index = first;
  instruction.index2 = second;
  return {};
}

// Section 5.4.1: bit 0 says that the source may be null, bit 1 that the target may be.
Status decodeBranchCast(ByteReader &reader, Instruction &instruction) {
  W2N_TRY(flags, reader.readByte());
  if (flags > 3)
    return reader.malformed("malformed br_on_cast flags " + std::to_string(flags));
  W2N_TRY(label, reader.readU32());
  W2N_TRY(source, decodeHeapType(reader, instruction.needs));
  W2N_TRY(target, decodeHeapType(reader, instruction.needs));
  instruction.index = label;
  instruction.sourceType = source.withNull(flags & 1);
  instruction.type = target.withNull(flags & 2);
  return {};
}

// In the order of Immediates.
constexpr std::array<Decoder, size_t(Immediates::BranchCast) + 1> decoders = {
    decodeNone,
    decodeBlockType,
    decodeIndex,
    decodeLabelTable,
    decodeIndex,
    decodeLaterSecond<Feature::ReferenceTypes>, // TypeAndTable
    decodeValueTypes,
    decodeIndex,
    decodeIndex,
    decodeIndex,
    decodeMemarg,
    decodeLater<Feature::MultiMemory>, // Memory
    decodeI32,
    decodeI64,
    decodeF32,
    decodeF64,
    decodeRefNullType,
    decodeIndex,
    decodeIndex,
    decodeLaterSecond<Feature::MultiMemory>,    // DataAndMemory
    decodeLaterPair<Feature::MultiMemory>,      // MemoryAndMemory
    decodeLaterSecond<Feature::ReferenceTypes>, // ElementAndTable
    decodeLaterPair<Feature::ReferenceTypes>,   // TableAndTable
    decodeVector,
    decodeLane,
    decodeVector,
    decodeMemargLane,
    decodeMemarg,
    decodeZeroByte,
    decodeIndex,
    decodeIndex,
    decodeTryTable,
    decodeIndexPair,
    decodeIndexPair,
    decodeIndexPair,
    decodeIndexPair,
    decodeIndexPair,
    decodeBranchCast,
};

/// At least two digits.
std::string hex(uint32_t code) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text = code > 0xff ? hex(code >> 8) : "";
  return text + digits[(code >> 4) & 15] + digits[code & 15];
}

} // namespace

Status decodeInstruction(ByteReader &reader, Instruction &instruction) {
  instruction.offset = reader.offset();
  instruction.needs = {};
  if (reader.atEnd())
    return reader.malformed("unexpected end of section or function");
  W2N_TRY(byte, reader.readByte());
  std::optional<Opcode> opcode = findOpcode(0, byte);
  if (byte >= 0xfb && byte <= 0xfe) {
    W2N_TRY(code, reader.readU32());
    opcode = findOpcode(byte, code);
    if (!opcode)
      return fail(ErrorKind::Malformed, "illegal opcode " + hex(byte) + " " + hex(code),
                  instruction.offset);
  }
  if (!opcode)
    return fail(ErrorKind::Malformed, "illegal opcode " + hex(byte), instruction.offset);
  instruction.opcode = *opcode;
  return decoders[size_t(infoOf(*opcode).immediates)](reader, instruction);
}

} // namespace w2n::wasm
