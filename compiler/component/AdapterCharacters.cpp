// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/component/AdapterCharacters.h"

namespace w2n::compiler {

void compareWith(CodeEmitter &e, uint32_t local, uint32_t value, Op comparison) {
  e.get(local);
  e.i32(value);
  e.op(comparison);
}

void addTo(CodeEmitter &e, uint32_t local, uint32_t value) {
  e.get(local);
  e.i32(value);
  e.op(Op::I32Add);
  e.set(local);
}

void CharacterReader::read(uint32_t at, uint32_t end, uint32_t character) {
  switch (units) {
  case Units::Latin1:
    e.get(at);
    e.access(Op::I32Load8U, memory, 0);
    e.set(character);
    return addTo(e, at, 1);
  case Units::Utf16:
    return readUtf16(at, end, character);
  case Units::Utf8:
    return readUtf8(at, end, character);
  }
}

void CharacterReader::readUtf16(uint32_t at, uint32_t end, uint32_t character) {
  e.get(at);
  e.access(Op::I32Load16U, memory, 0);
  e.set(character);
  addTo(e, at, 2);
  // 0xD800 to 0xDFFF are halves: 0xD800 to 0xDBFF must come first, 0xDC00 to 0xDFFF second.
  e.get(character);
  e.i32(0xf800);
  e.op(Op::I32And);
  e.i32(0xd800);
  e.op(Op::I32Eq);
  e.iff();
  compareWith(e, character, 0xdc00, Op::I32GeU);
  adapters.trapIf(e, CanonTrap::InvalidUtf16);
  e.get(at);
  e.get(end);
  e.op(Op::I32GeU);
  adapters.trapIf(e, CanonTrap::InvalidUtf16);
  const uint32_t second = e.newLocal();
  e.get(at);
  e.access(Op::I32Load16U, memory, 0);
  e.set(second);
  addTo(e, at, 2);
  e.get(second);
  e.i32(0xfc00);
  e.op(Op::I32And);
  e.i32(0xdc00);
  e.op(Op::I32Ne);
  adapters.trapIf(e, CanonTrap::InvalidUtf16);
  // ((first - 0xD800) << 10) + (second - 0xDC00) + 0x10000.
  e.get(character);
  e.i32(10);
  e.op(Op::I32Shl);
  e.get(second);
  e.op(Op::I32Add);
  e.i32(0x10000 - (0xd800 << 10) - 0xdc00);
  e.op(Op::I32Add);
  e.set(character);
  e.end();
}

void CharacterReader::readUtf8(uint32_t at, uint32_t end, uint32_t character) {
  e.get(at);
  e.access(Op::I32Load8U, memory, 0);
  e.set(character);
  addTo(e, at, 1);
  compareWith(e, character, 0x80, Op::I32GeU);
  e.iff();
  // Bytes 0x80 to 0xC1 and above 0xF4 begin no character.
  e.get(character);
  e.i32(0xc2);
  e.op(Op::I32Sub);
  e.i32(0xf4 - 0xc2);
  e.op(Op::I32GtU);
  adapters.trapIf(e, CanonTrap::InvalidUtf8);
  const uint32_t more = e.newLocal(), least = e.newLocal();
  const auto shape = [&](uint32_t bytes, uint32_t mask, uint32_t smallest) {
    e.i32(bytes);
    e.set(more);
    e.i32(smallest);
    e.set(least);
    e.get(character);
    e.i32(mask);
    e.op(Op::I32And);
    e.set(character);
  };
  compareWith(e, character, 0xe0, Op::I32LtU);
  e.iff();
  shape(1, 0x1f, 0x80);
  e.otherwise();
  compareWith(e, character, 0xf0, Op::I32LtU);
  e.iff();
  shape(2, 0x0f, 0x800);
  e.otherwise();
  shape(3, 0x07, 0x10000);
  e.end();
  e.end();
  readContinuations(at, end, character, more);
  // No longer form than is needed, no surrogate, nothing beyond U+10FFFF.
  e.get(character);
  e.get(least);
  e.op(Op::I32LtU);
  compareWith(e, character, 0x10ffff, Op::I32GtU);
  e.op(Op::I32Or);
  e.get(character);
  e.i32(0xfffff800);
  e.op(Op::I32And);
  e.i32(0xd800);
  e.op(Op::I32Eq);
  e.op(Op::I32Or);
  adapters.trapIf(e, CanonTrap::InvalidUtf8);
  e.end();
}

void CharacterReader::readContinuations(uint32_t at, uint32_t end, uint32_t character,
                                        uint32_t more) {
  const uint32_t byte = e.newLocal();
  e.loop();
  e.get(at);
  e.get(end);
  e.op(Op::I32GeU);
  adapters.trapIf(e, CanonTrap::InvalidUtf8);
  e.get(at);
  e.access(Op::I32Load8U, memory, 0);
  e.tee(byte);
  e.i32(0xc0);
  e.op(Op::I32And);
  e.i32(0x80);
  e.op(Op::I32Ne);
  adapters.trapIf(e, CanonTrap::InvalidUtf8);
  addTo(e, at, 1);
  e.get(character);
  e.i32(6);
  e.op(Op::I32Shl);
  e.get(byte);
  e.i32(0x3f);
  e.op(Op::I32And);
  e.op(Op::I32Or);
  e.set(character);
  addTo(e, more, uint32_t(-1));
  e.get(more);
  e.brIf(0);
  e.end();
}

void CharacterWriter::pushBytes(uint32_t character) {
  if (units == Units::Latin1)
    return e.i32(1);
  if (units == Units::Utf16) {
    compareWith(e, character, 0x10000, Op::I32GeU);
    e.i32(1);
    e.op(Op::I32Shl);
    e.i32(2);
    return e.op(Op::I32Add);
  }
  compareWith(e, character, 0x80, Op::I32GeU);
  compareWith(e, character, 0x800, Op::I32GeU);
  e.op(Op::I32Add);
  compareWith(e, character, 0x10000, Op::I32GeU);
  e.op(Op::I32Add);
  e.i32(1);
  e.op(Op::I32Add);
}

void CharacterWriter::write(uint32_t at, uint32_t character) {
  if (units == Units::Latin1)
    return writeUnit(at, [&] { e.get(character); });
  if (units == Units::Utf16)
    return writeUtf16(at, character);
  writeUtf8(at, character);
}

template <typename Push> void CharacterWriter::writeUnit(uint32_t at, Push push) {
  e.get(at);
  push();
  e.access(units == Units::Utf16 ? Op::I32Store16 : Op::I32Store8, memory, 0);
  addTo(e, at, units == Units::Utf16 ? 2 : 1);
}

void CharacterWriter::writeUtf16(uint32_t at, uint32_t character) {
  compareWith(e, character, 0x10000, Op::I32LtU);
  e.iff();
  writeUnit(at, [&] { e.get(character); });
  e.otherwise();
  writeUnit(at, [&] {
    e.get(character);
    e.i32(10);
    e.op(Op::I32ShrU);
    e.i32(0xd800 - (0x10000 >> 10));
    e.op(Op::I32Add);
  });
  writeUnit(at, [&] {
    e.get(character);
    e.i32(0x3ff);
    e.op(Op::I32And);
    e.i32(0xdc00);
    e.op(Op::I32Or);
  });
  e.end();
}

// The byte with the bits of `character` from `shift` on, under `mask`, and a marker.
void CharacterWriter::writeByte(uint32_t at, uint32_t character, uint32_t shift, uint32_t mask,
                                uint32_t marker) {
  writeUnit(at, [&] {
    e.get(character);
    e.i32(shift);
    e.op(Op::I32ShrU);
    e.i32(mask);
    e.op(Op::I32And);
    e.i32(marker);
    e.op(Op::I32Or);
  });
}

void CharacterWriter::writeUtf8(uint32_t at, uint32_t character) {
  compareWith(e, character, 0x80, Op::I32LtU);
  e.iff();
  writeUnit(at, [&] { e.get(character); });
  e.otherwise();
  compareWith(e, character, 0x800, Op::I32LtU);
  e.iff();
  writeByte(at, character, 6, 0x1f, 0xc0);
  e.otherwise();
  compareWith(e, character, 0x10000, Op::I32LtU);
  e.iff();
  writeByte(at, character, 12, 0x0f, 0xe0);
  e.otherwise();
  writeByte(at, character, 18, 0x07, 0xf0);
  writeByte(at, character, 12, 0x3f, 0x80);
  e.end();
  writeByte(at, character, 6, 0x3f, 0x80);
  e.end();
  writeByte(at, character, 0, 0x3f, 0x80);
  e.end();
}

} // namespace w2n::compiler
