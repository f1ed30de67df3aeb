// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Validation of the instructions of tables and memories, but for loads and stores, whose signatures
// say it all.

#include "lib/wasm/BodyValidator.h"

namespace w2n::wasm {

namespace {

/// The type of the count for copies between memories or tables: the smaller of their address types.
ValueType countType(ValueType destination, ValueType source) {
  return destination == source ? destination : ValueType::i32();
}

} // namespace

Status BodyValidator::tableGet() {
  W2N_CHECK(checkTable(instruction.index));
  W2N_CHECK(pop(tableAddress(instruction.index)));
  push(module.tables[instruction.index].type.element);
  return {};
}

Status BodyValidator::tableSet() {
  W2N_CHECK(checkTable(instruction.index));
  W2N_CHECK(pop(module.tables[instruction.index].type.element));
  return pop(tableAddress(instruction.index));
}

Status BodyValidator::memorySize() {
  W2N_CHECK(checkMemory(instruction.index));
  push(memoryAddress(instruction.index));
  return {};
}

Status BodyValidator::memoryGrow() {
  W2N_CHECK(checkMemory(instruction.index));
  const ValueType address = memoryAddress(instruction.index);
  W2N_CHECK(pop(address));
  push(address);
  return {};
}

Status BodyValidator::memoryInit() {
  W2N_CHECK(checkMemory(instruction.index2));
  W2N_CHECK(checkData(instruction.index));
  W2N_CHECK(pop(ValueType::i32()));
  W2N_CHECK(pop(ValueType::i32()));
  return pop(memoryAddress(instruction.index2));
}

Status BodyValidator::dataDrop() { return checkData(instruction.index); }

Status BodyValidator::memoryCopy() {
  W2N_CHECK(checkMemory(instruction.index));
  W2N_CHECK(checkMemory(instruction.index2));
  const ValueType destination = memoryAddress(instruction.index);
  const ValueType source = memoryAddress(instruction.index2);
  W2N_CHECK(pop(countType(destination, source)));
  W2N_CHECK(pop(source));
  return pop(destination);
}

Status BodyValidator::memoryFill() {
  W2N_CHECK(checkMemory(instruction.index));
  const ValueType address = memoryAddress(instruction.index);
  W2N_CHECK(pop(address));
  W2N_CHECK(pop(ValueType::i32()));
  return pop(address);
}

Status BodyValidator::tableInit() {
  W2N_CHECK(checkTable(instruction.index2));
  W2N_CHECK(checkElement(instruction.index));
  ValueType segment = module.elements[instruction.index].type;
  ValueType table = module.tables[instruction.index2].type.element;
  if (!module.matches(segment, table))
    return mismatch("a segment of " + toString(table), toString(segment));
  W2N_CHECK(pop(ValueType::i32()));
  W2N_CHECK(pop(ValueType::i32()));
  return pop(tableAddress(instruction.index2));
}

Status BodyValidator::elemDrop() { return checkElement(instruction.index); }

Status BodyValidator::tableCopy() {
  W2N_CHECK(checkTable(instruction.index));
  W2N_CHECK(checkTable(instruction.index2));
  ValueType destination = module.tables[instruction.index].type.element;
  ValueType source = module.tables[instruction.index2].type.element;
  if (!module.matches(source, destination))
    return mismatch("a table of " + toString(destination), toString(source));
  const ValueType to = tableAddress(instruction.index), from = tableAddress(instruction.index2);
  W2N_CHECK(pop(countType(to, from)));
  W2N_CHECK(pop(from));
  return pop(to);
}

Status BodyValidator::tableGrow() {
  W2N_CHECK(checkTable(instruction.index));
  const ValueType address = tableAddress(instruction.index);
  W2N_CHECK(pop(address));
  W2N_CHECK(pop(module.tables[instruction.index].type.element));
  push(address);
  return {};
}

Status BodyValidator::tableSize() {
  W2N_CHECK(checkTable(instruction.index));
  push(tableAddress(instruction.index));
  return {};
}

Status BodyValidator::tableFill() {
  W2N_CHECK(checkTable(instruction.index));
  const ValueType address = tableAddress(instruction.index);
  W2N_CHECK(pop(address));
  W2N_CHECK(pop(module.tables[instruction.index].type.element));
  return pop(address);
}

} // namespace w2n::wasm
