// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Table and reference instructions. A table element is 8 bytes, null is 0; references are pointers,
// or, to objects of the heap, 32 bits, which are extended.

#include "compiler/ir/SpeculationMasks.h"
#include "compiler/lower/function/TableLowering.h"

#include "lib/artifact/Abi.h"

namespace w2n::compiler {

using artifact::RuntimeServices;
using artifact::TableRecord;
using artifact::TrapKind;

llvm::Value *TableLowering::tableRecord(uint32_t table) {
  const artifact::ContextLayout &layout = module.plan.layout;
  if (table < wasm.importedTables)
    return entryLoad(module.pointer, layout.tablePointers() + 8ull * table);
  return module.at(builder, instanceContext,
                   layout.tableRecords() + sizeof(TableRecord) * (table - wasm.importedTables));
}

llvm::Type *TableLowering::tableAddressType(uint32_t table) {
  return wasm.tables[table].type.limits.is64 ? module.i64 : module.i32;
}

llvm::Value *TableLowering::maskTableIndex(llvm::Value *index, llvm::Value *count) {
  return module.plan.options.speculationMasks == SpeculationMasks::None
             ? index
             : maskIndex(builder, index, count);
}

llvm::Value *TableLowering::tableElementAddress(uint32_t table, llvm::Value *index, TrapKind kind) {
  llvm::Value *record = tableRecord(table);
  llvm::Value *count =
      module.load(builder, module.i64, module.at(builder, record, offsetof(TableRecord, count)),
                  AliasClass::Context);
  llvm::Value *wide = zeroExtend(index);
  trapIf(builder.CreateICmpUGE(wide, count), kind);
  llvm::Value *elements =
      module.load(builder, module.pointer,
                  module.at(builder, record, offsetof(TableRecord, elements)), AliasClass::Context);
  return builder.CreateInBoundsGEP(module.i64, elements, maskTableIndex(wide, count));
}

llvm::Value *TableLowering::functionReference(uint32_t functionIndex) {
  const artifact::ContextLayout &layout = module.plan.layout;
  uint64_t offset =
      functionIndex < wasm.importedFunctions
          ? layout.importReferences() + sizeof(artifact::FunctionReference) * functionIndex
          : layout.functionReferences() +
                sizeof(artifact::FunctionReference) * module.plan.references[functionIndex];
  return module.at(builder, instanceContext, offset);
}

llvm::Value *TableLowering::elementBits(llvm::Value *reference) {
  return reference->getType()->isPointerTy() ? builder.CreatePtrToInt(reference, module.i64)
                                             : zeroExtend(reference);
}

void TableLowering::lowerTableGet(const Instruction &instruction) {
  llvm::Value *element = tableElementAddress(instruction.index, pop(), TrapKind::TableOutOfBounds);
  if (wasm.isHeapReference(wasm.tables[instruction.index].type.element))
    push(builder.CreateTrunc(module.load(builder, module.i64, element, AliasClass::Table),
                             module.i32));
  else
    push(module.load(builder, module.pointer, element, AliasClass::Table));
}

void TableLowering::lowerTableSet(const Instruction &instruction) {
  llvm::Value *value = pop();
  llvm::Value *element = tableElementAddress(instruction.index, pop(), TrapKind::TableOutOfBounds);
  if (value->getType() == module.i32)
    value = zeroExtend(value);
  module.store(builder, value, element, AliasClass::Table);
}

void TableLowering::lowerTableSize(const Instruction &instruction) {
  llvm::Value *count =
      module.load(builder, module.i64,
                  module.at(builder, tableRecord(instruction.index), offsetof(TableRecord, count)),
                  AliasClass::Context);
  push(builder.CreateTrunc(count, tableAddressType(instruction.index)));
}

void TableLowering::lowerTableGrow(const Instruction &instruction) {
  llvm::Value *delta = zeroExtend(pop());
  llvm::Value *value = pop();
  llvm::Value *old =
      module.callService(builder, instanceContext, offsetof(RuntimeServices, tableGrow), module.i64,
                         {builder.getInt32(instruction.index), elementBits(value), delta});
  push(builder.CreateTrunc(old, tableAddressType(instruction.index)));
}

void TableLowering::lowerTableFill(const Instruction &instruction) {
  llvm::Value *count = zeroExtend(pop());
  llvm::Value *value = elementBits(pop());
  llvm::Value *destination = zeroExtend(pop());
  module.callService(builder, instanceContext, offsetof(RuntimeServices, tableFill),
                     module.voidType,
                     {builder.getInt32(instruction.index), destination, value, count});
}

void TableLowering::lowerTableCopy(const Instruction &instruction) {
  llvm::Value *count = zeroExtend(pop());
  llvm::Value *source = zeroExtend(pop());
  llvm::Value *destination = zeroExtend(pop());
  module.callService(builder, instanceContext, offsetof(RuntimeServices, tableCopy),
                     module.voidType,
                     {builder.getInt32(instruction.index), builder.getInt32(instruction.index2),
                      destination, source, count});
}

void TableLowering::lowerTableInit(const Instruction &instruction) {
  callSegmentService(instruction, offsetof(RuntimeServices, tableInit));
}

void TableLowering::lowerElementDrop(const Instruction &instruction) {
  module.callService(builder, instanceContext, offsetof(RuntimeServices, elementDrop),
                     module.voidType, {builder.getInt32(instruction.index)});
}

void TableLowering::lowerRefNull(const Instruction &instruction) {
  push(llvm::Constant::getNullValue(module.typeOf(instruction.type)));
}

void TableLowering::lowerRefIsNull(const Instruction &) {
  push(builder.CreateZExt(builder.CreateIsNull(pop()), module.i32));
}

void TableLowering::lowerRefFunc(const Instruction &instruction) {
  push(functionReference(instruction.index));
}

} // namespace w2n::compiler
