// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Arrays (core specification, section 3.4.6). Elements and short runs of them are read and written
// by compiled code, long runs and what comes from segments by the runtime.

#include "compiler/lower/function/BulkHelper.h"
#include "compiler/lower/function/ObjectLowering.h"
#include "lib/artifact/HeapLayout.h"

namespace w2n::compiler {

using artifact::RuntimeServices;
using artifact::TrapKind;

llvm::Value *ObjectLowering::allocateArray(uint32_t typeIndex, llvm::Value *length) {
  return allocate(typeIndex, module.objects.arrayBytes(builder, typeIndex, length), length);
}

namespace {

/// void(context, array, index, low word, high word, count)
llvm::Function *arrayFillHelper(ModuleLowering &module, unsigned elementLog2) {
  const std::string name = "w2n.array.fill." + std::to_string(elementLog2);
  if (llvm::Function *existing = module.module.getFunction(name))
    return existing;
  HelperLowering helper(module, name, {module.i32, module.i32, module.i64, module.i64, module.i64},
                        elementLog2 > 3 ? 0 : longRunBytes >> elementLog2);
  llvm::IRBuilder<> &builder = helper.builder;
  llvm::Value *to = helper.checkedElement(helper.argument(0), helper.argument(1), elementLog2);
  llvm::Value *count32 = builder.CreateTrunc(helper.count(), module.i32);
  return helper.finish(
      offsetof(RuntimeServices, arrayFill),
      {helper.argument(0), helper.argument(1), count32, helper.argument(2), helper.argument(3)},
      [&] {
        module.objects.fillRun(builder, to, helper.argument(2), helper.count(),
                               std::min(elementLog2, 3u));
      });
}

/// void(context, destination, its index, source, its index, count)
llvm::Function *copyHelper(ModuleLowering &module, unsigned elementLog2) {
  const std::string name = "w2n.array.copy." + std::to_string(elementLog2);
  if (llvm::Function *existing = module.module.getFunction(name))
    return existing;
  HelperLowering helper(module, name, {module.i32, module.i32, module.i32, module.i32, module.i64},
                        longRunBytes >> elementLog2);
  llvm::IRBuilder<> &builder = helper.builder;
  llvm::Value *to = helper.checkedElement(helper.argument(0), helper.argument(1), elementLog2);
  llvm::Value *from = helper.checkedElement(helper.argument(2), helper.argument(3), elementLog2);
  llvm::Value *count32 = builder.CreateTrunc(helper.count(), module.i32);
  return helper.finish(
      offsetof(RuntimeServices, arrayCopy),
      {helper.argument(0), helper.argument(1), helper.argument(2), helper.argument(3), count32},
      [&] {
        builder.CreateMemMove(to, llvm::Align(1), from, llvm::Align(1),
                              builder.CreateShl(helper.count(), elementLog2));
      });
}

} // namespace

void ObjectLowering::fillElements(uint32_t typeIndex, llvm::Value *reference, llvm::Value *index,
                                  llvm::Value *count, llvm::Value *value) {
  auto [low, high] = module.objects.words(builder, value);
  callHelper(arrayFillHelper(module, module.objects.elementLog2(typeIndex)),
             {reference, index, low, high, zeroExtend(count)});
}

void ObjectLowering::lowerArrayNew(const Instruction &instruction) {
  llvm::Value *length = pop(), *value = pop();
  llvm::Value *reference = allocateArray(instruction.index, length);
  // All elements of a new array are zero.
  auto *constant = llvm::dyn_cast<llvm::Constant>(value);
  if (!constant || !constant->isNullValue())
    fillElements(instruction.index, reference, builder.getInt32(0), length, value);
  pushNew(reference, instruction);
}

void ObjectLowering::lowerArrayNewDefault(const Instruction &instruction) {
  pushNew(allocateArray(instruction.index, pop()), instruction);
}

void ObjectLowering::lowerArrayNewFixed(const Instruction &instruction) {
  auto values = popMany(instruction.index2);
  llvm::Value *reference = allocateArray(instruction.index, builder.getInt32(instruction.index2));
  module.objects.fillArray(builder, objectAddress(reference), instruction.index, values);
  pushNew(reference, instruction);
}

llvm::Value *ObjectLowering::segmentOperand(const Instruction &instruction) {
  return builder.getInt64(instruction.index2 |
                          uint64_t(module.objects.elementLog2(instruction.index)) << 32);
}

void ObjectLowering::lowerArrayNewSegment(const Instruction &instruction, uint64_t service) {
  llvm::Value *count = pop(), *offset = pop();
  llvm::Value *reference =
      module.callService(builder, instanceContext, service, module.i64,
                         {typeId(instruction.index), segmentOperand(instruction), offset, count});
  pushNew(builder.CreateTrunc(reference, module.i32), instruction);
}

void ObjectLowering::lowerArrayInitSegment(const Instruction &instruction, uint64_t service) {
  llvm::Value *count = pop(), *offset = pop(), *index = pop(), *reference = pop();
  trapIfNull(reference, TrapKind::NullArrayReference);
  module.callService(builder, instanceContext, service, module.voidType,
                     {reference, index, segmentOperand(instruction), offset, count});
}

/// Pops the index and the array.
llvm::Value *ObjectLowering::popElement(const Instruction &instruction) {
  llvm::Value *index = pop(), *reference = pop();
  trapIfNull(reference, TrapKind::NullArrayReference);
  llvm::Value *object = objectAddress(reference);
  trapIf(builder.CreateICmpUGE(index, module.objects.length(builder, object)),
         TrapKind::ArrayOutOfBounds);
  return module.objects.elementAddress(builder, object, instruction.index, zeroExtend(index));
}

void ObjectLowering::lowerArrayGet(const Instruction &instruction, bool isSigned) {
  const wasm::FieldType &element = wasm.types[instruction.index].fields[0];
  push(module.objects.load(builder, element, popElement(instruction), isSigned), element.type);
}

void ObjectLowering::lowerArraySet(const Instruction &instruction) {
  llvm::Value *value = pop();
  module.objects.store(builder, wasm.types[instruction.index].fields[0], value,
                       popElement(instruction));
}

void ObjectLowering::lowerArrayLen(const Instruction &) {
  llvm::Value *reference = pop();
  trapIfNull(reference, TrapKind::NullArrayReference);
  push(module.objects.length(builder, objectAddress(reference)));
}

void ObjectLowering::lowerArrayFill(const Instruction &instruction) {
  llvm::Value *count = pop(), *value = pop(), *index = pop(), *reference = pop();
  trapIfNull(reference, TrapKind::NullArrayReference);
  fillElements(instruction.index, reference, index, count, value);
}

void ObjectLowering::lowerArrayCopy(const Instruction &instruction) {
  llvm::Value *count = pop(), *sourceIndex = pop(), *source = pop(), *index = pop(),
              *destination = pop();
  trapIfNull(destination, TrapKind::NullArrayReference);
  trapIfNull(source, TrapKind::NullArrayReference);
  callHelper(copyHelper(module, module.objects.elementLog2(instruction.index)),
             {destination, index, source, sourceIndex, zeroExtend(count)});
}

} // namespace w2n::compiler
