// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Structures (core specification, section 3.4.5), and allocation.

#include "compiler/lower/function/ObjectLowering.h"
#include "lib/artifact/HeapLayout.h"

namespace w2n::compiler {

using artifact::HeapRecord;
using artifact::InstanceContext;
using artifact::TrapKind;

llvm::Value *ObjectLowering::objectAddress(llvm::Value *reference) {
  llvm::Value *base = entryLoad(module.pointer, offsetof(InstanceContext, heapBase));
  return module.objects.address(builder, base, reference);
}

llvm::Value *ObjectLowering::typeId(uint32_t typeIndex) {
  return entryLoad(module.i32, module.plan.layout.typeIds() + 4ull * typeIndex);
}

// An allocation moves a cursor; one that does not fit below the limit is left to the runtime. The
// guest may be left at any instruction, and the heap is to have objects below the cursor alone: so
// the header comes first.
llvm::Value *ObjectLowering::allocate(uint32_t typeIndex, llvm::Value *bytes, llvm::Value *length) {
  llvm::Value *record = entryLoad(module.pointer, offsetof(InstanceContext, heap));
  llvm::Value *cursorAddress = module.at(builder, record, offsetof(HeapRecord, cursor));
  llvm::Value *cursor = module.load(builder, module.i64, cursorAddress, AliasClass::HeapCursor);
  llvm::Value *limit =
      module.load(builder, module.i64, module.at(builder, record, offsetof(HeapRecord, limit)),
                  AliasClass::HeapCursor);
  llvm::Value *next = builder.CreateAdd(cursor, bytes, "", /*NUW=*/true, /*NSW=*/true);
  llvm::Value *id = typeId(typeIndex);
  llvm::BasicBlock *before = builder.GetInsertBlock(), *bump = makeBlock("bump"),
                   *full = makeBlock("full"), *done = makeBlock("allocated");
  const uint32_t writesBefore = ssa.writes();
  branchIf(builder.CreateICmpUGT(next, limit), full, bump, /*yesUnlikely=*/true);

  builder.SetInsertPoint(bump);
  llvm::Value *high = builder.CreateShl(zeroExtend(length), 32);
  llvm::Value *header = builder.CreateOr(zeroExtend(id), high);
  llvm::Value *bumped = builder.CreateTrunc(cursor, module.i32);
  module.store(builder, header, objectAddress(bumped), AliasClass::HeapHeader);
  builder.CreateFence(llvm::AtomicOrdering::Release, llvm::SyncScope::SingleThread);
  module.store(builder, next, cursorAddress, AliasClass::HeapCursor);
  branchTo(done);

  builder.SetInsertPoint(full);
  llvm::Value *made = module.objects.allocateInRuntime(builder, instanceContext, id, length);
  branchTo(done);

  ssa.setDominator(done, before, writesBefore);
  builder.SetInsertPoint(done);
  llvm::PHINode *reference = builder.CreatePHI(module.i32, 2);
  reference->addIncoming(bumped, bump);
  reference->addIncoming(made, full);
  return reference;
}

void ObjectLowering::pushNew(llvm::Value *reference, const Instruction &instruction) {
  push(reference, wasm::ValueType::referenceTo(instruction.index, /*nullable=*/false));
}

llvm::Value *ObjectLowering::allocateStruct(uint32_t typeIndex) {
  return allocate(typeIndex, builder.getInt64(module.objects.layout(typeIndex).bytes),
                  builder.getInt32(0));
}

void ObjectLowering::lowerStructNew(const Instruction &instruction) {
  auto values = popMany(wasm.types[instruction.index].fields.size());
  llvm::Value *reference = allocateStruct(instruction.index);
  module.objects.fillStruct(builder, objectAddress(reference), instruction.index, values);
  pushNew(reference, instruction);
}

void ObjectLowering::lowerStructNewDefault(const Instruction &instruction) {
  pushNew(allocateStruct(instruction.index), instruction);
}

llvm::Value *ObjectLowering::popField(const Instruction &instruction) {
  llvm::Value *reference = pop();
  trapIfNull(reference, TrapKind::NullStructureReference);
  return module.objects.fieldAddress(builder, objectAddress(reference), instruction.index,
                                     instruction.index2);
}

void ObjectLowering::lowerStructGet(const Instruction &instruction, bool isSigned) {
  const wasm::FieldType &field = wasm.types[instruction.index].fields[instruction.index2];
  push(module.objects.load(builder, field, popField(instruction), isSigned), field.type);
}

void ObjectLowering::lowerStructSet(const Instruction &instruction) {
  const wasm::FieldType &field = wasm.types[instruction.index].fields[instruction.index2];
  llvm::Value *value = pop();
  module.objects.store(builder, field, value, popField(instruction));
}

} // namespace w2n::compiler
