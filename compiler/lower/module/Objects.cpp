// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/lower/module/Objects.h"

#include "compiler/lower/module/ModuleLowering.h"
#include "lib/artifact/HeapLayout.h"
#include "lib/artifact/ObjectLayout.h"

namespace w2n::compiler {

using artifact::objectHeaderBytes;
using artifact::RuntimeServices;

namespace {

llvm::Align alignmentOf(uint32_t bytes) {
  return llvm::Align(std::min(bytes, artifact::objectAlignment));
}

} // namespace

uint32_t Objects::fieldBytes(const wasm::FieldType &field) const {
  return artifact::fieldBytes(field, module.plan.wasm.isHeapReference(field.type));
}

const Objects::Layout &Objects::layout(uint32_t typeIndex) {
  const auto [found, isNew] = layouts.try_emplace(typeIndex);
  Layout &layout = found->second;
  if (!isNew)
    return layout;
  uint32_t end = objectHeaderBytes;
  for (const wasm::FieldType &field : module.plan.wasm.types[typeIndex].fields) {
    const uint32_t bytes = fieldBytes(field);
    layout.offsets.push_back(artifact::fieldOffset(end, bytes));
    end = layout.offsets.back() + bytes;
  }
  layout.bytes = artifact::alignObject(end);
  return layout;
}

unsigned Objects::elementLog2(uint32_t typeIndex) const {
  return llvm::Log2_32(fieldBytes(module.plan.wasm.types[typeIndex].fields[0]));
}

llvm::Value *Objects::arrayBytes(llvm::IRBuilder<> &builder, uint32_t typeIndex,
                                 llvm::Value *length) {
  llvm::Value *elements =
      builder.CreateShl(builder.CreateZExt(length, module.i64), elementLog2(typeIndex), "",
                        /*NUW=*/true, /*NSW=*/true);
  llvm::Value *end = builder.CreateAdd(
      elements, builder.getInt64(objectHeaderBytes + artifact::objectAlignment - 1), "",
      /*NUW=*/true, /*NSW=*/true);
  return builder.CreateAnd(end, ~uint64_t(artifact::objectAlignment - 1));
}

llvm::Value *Objects::address(llvm::IRBuilder<> &builder, llvm::Value *heapBase,
                              llvm::Value *reference) {
  return builder.CreateInBoundsGEP(module.i8, heapBase, builder.CreateZExt(reference, module.i64));
}

llvm::Value *Objects::length(llvm::IRBuilder<> &builder, llvm::Value *object) {
  return module.load(builder, module.i32,
                     module.at(builder, object, offsetof(artifact::ObjectHeader, length)),
                     AliasClass::HeapHeader);
}

llvm::Value *Objects::fieldAddress(llvm::IRBuilder<> &builder, llvm::Value *object,
                                   uint32_t typeIndex, uint32_t field) {
  return module.at(builder, object, layout(typeIndex).offsets[field]);
}

llvm::Value *Objects::elementAddress(llvm::IRBuilder<> &builder, llvm::Value *object,
                                     uint32_t typeIndex, llvm::Value *index) {
  return builder.CreateInBoundsGEP(storageType(module.plan.wasm.types[typeIndex].fields[0]),
                                   module.at(builder, object, objectHeaderBytes), index);
}

llvm::Type *Objects::storageType(const wasm::FieldType &field) const {
  if (field.isPacked())
    return llvm::Type::getIntNTy(module.context, field.packedBits);
  return module.typeOf(field.type);
}

llvm::Value *Objects::load(llvm::IRBuilder<> &builder, const wasm::FieldType &field,
                           llvm::Value *fieldAddress, bool isSigned) {
  llvm::LoadInst *loaded = module.load(builder, storageType(field), fieldAddress, AliasClass::Heap);
  loaded->setAlignment(alignmentOf(fieldBytes(field)));
  if (!field.isPacked())
    return loaded;
  return isSigned ? builder.CreateSExt(loaded, module.i32) : builder.CreateZExt(loaded, module.i32);
}

void Objects::store(llvm::IRBuilder<> &builder, const wasm::FieldType &field, llvm::Value *value,
                    llvm::Value *fieldAddress) {
  if (field.isPacked())
    value = builder.CreateTrunc(value, storageType(field));
  module.store(builder, value, fieldAddress, AliasClass::Heap)
      ->setAlignment(alignmentOf(fieldBytes(field)));
}

namespace {

/// Whether `value` is what the memory of a new object has.
bool isZero(llvm::Value *value) {
  auto *constant = llvm::dyn_cast<llvm::Constant>(value);
  return constant && constant->isNullValue();
}

} // namespace

void Objects::fillStruct(llvm::IRBuilder<> &builder, llvm::Value *object, uint32_t typeIndex,
                         llvm::ArrayRef<llvm::Value *> values) {
  const std::vector<wasm::FieldType> &fields = module.plan.wasm.types[typeIndex].fields;
  for (uint32_t i = 0; i < values.size(); ++i)
    if (!isZero(values[i]))
      store(builder, fields[i], values[i], fieldAddress(builder, object, typeIndex, i));
}

void Objects::fillArray(llvm::IRBuilder<> &builder, llvm::Value *object, uint32_t typeIndex,
                        llvm::ArrayRef<llvm::Value *> values) {
  const wasm::FieldType &element = module.plan.wasm.types[typeIndex].fields[0];
  for (uint32_t i = 0; i < values.size(); ++i)
    if (!isZero(values[i]))
      store(builder, element, values[i],
            elementAddress(builder, object, typeIndex, builder.getInt64(i)));
}

std::pair<llvm::Value *, llvm::Value *> Objects::words(llvm::IRBuilder<> &builder,
                                                       llvm::Value *value) {
  llvm::Type *type = value->getType();
  if (type->isVectorTy()) {
    llvm::Value *lanes = builder.CreateBitCast(value, llvm::FixedVectorType::get(module.i64, 2));
    return {builder.CreateExtractElement(lanes, uint64_t(0)),
            builder.CreateExtractElement(lanes, uint64_t(1))};
  }
  if (type->isPointerTy())
    value = builder.CreatePtrToInt(value, module.i64);
  else if (type->isFloatingPointTy())
    value = builder.CreateBitCast(
        value, llvm::Type::getIntNTy(module.context, unsigned(type->getPrimitiveSizeInBits())));
  return {builder.CreateZExt(value, module.i64), builder.getInt64(0)};
}

namespace {

llvm::BasicBlock *makeBlock(llvm::IRBuilder<> &builder, const char *name) {
  return llvm::BasicBlock::Create(builder.getContext(), name,
                                  builder.GetInsertBlock()->getParent());
}

} // namespace

void Objects::fillRun(llvm::IRBuilder<> &builder, llvm::Value *address, llvm::Value *bits,
                      llvm::Value *count, unsigned elementLog2) {
  llvm::Value *value =
      builder.CreateTrunc(bits, llvm::Type::getIntNTy(module.context, 8u << elementLog2));
  llvm::BasicBlock *before = builder.GetInsertBlock(), *loop = makeBlock(builder, "fill"),
                   *done = makeBlock(builder, "filled");
  builder.CreateCondBr(builder.CreateIsNull(count), done, loop);
  builder.SetInsertPoint(loop);
  llvm::PHINode *index = builder.CreatePHI(module.i64, 2);
  module.store(builder, value, builder.CreateGEP(value->getType(), address, index),
               AliasClass::Heap);
  llvm::Value *next = builder.CreateAdd(index, builder.getInt64(1));
  index->addIncoming(builder.getInt64(0), before);
  index->addIncoming(next, loop);
  builder.CreateCondBr(builder.CreateICmpULT(next, count), loop, done);
  builder.SetInsertPoint(done);
}

// A value of the host is boxed; one that was the heap's before has a tag.
llvm::Value *Objects::internalize(llvm::IRBuilder<> &builder, llvm::Value *instanceContext,
                                  llvm::Value *value) {
  llvm::Value *bits = builder.CreatePtrToInt(value, module.i64);
  llvm::Value *low = builder.CreateTrunc(bits, module.i32);
  llvm::Value *isOurs = builder.CreateICmpEQ(builder.CreateAnd(bits, artifact::externTagMask),
                                             builder.getInt64(artifact::externTag));
  llvm::BasicBlock *before = builder.GetInsertBlock(), *host = makeBlock(builder, "host.value"),
                   *done = makeBlock(builder, "converted");
  builder.CreateCondBr(builder.CreateOr(builder.CreateIsNull(bits), isOurs), done, host);
  builder.SetInsertPoint(host);
  llvm::Value *box = builder.CreateTrunc(
      module.callService(builder, instanceContext, offsetof(RuntimeServices, allocateExternBox),
                         module.i64, {bits}),
      module.i32);
  builder.CreateBr(done);
  builder.SetInsertPoint(done);
  llvm::PHINode *reference = builder.CreatePHI(module.i32, 2);
  reference->addIncoming(low, before);
  reference->addIncoming(box, host);
  return reference;
}

// The header of a box is zero.
llvm::Value *Objects::externalize(llvm::IRBuilder<> &builder, llvm::Value *heapBase,
                                  llvm::Value *reference) {
  llvm::BasicBlock *before = builder.GetInsertBlock(), *notNull = makeBlock(builder, "not.null"),
                   *object = makeBlock(builder, "object"), *box = makeBlock(builder, "box"),
                   *ours = makeBlock(builder, "ours"), *done = makeBlock(builder, "converted");
  builder.CreateCondBr(builder.CreateIsNull(reference), done, notNull);
  builder.SetInsertPoint(notNull);
  builder.CreateCondBr(builder.CreateTrunc(reference, builder.getInt1Ty()), ours, object);
  builder.SetInsertPoint(object);
  llvm::Value *found = address(builder, heapBase, reference);
  llvm::Value *header = module.load(builder, module.i64, found, AliasClass::HeapHeader);
  builder.CreateCondBr(builder.CreateIsNull(header), box, ours);
  builder.SetInsertPoint(box);
  llvm::Value *held = module.load(builder, module.i64, module.at(builder, found, objectHeaderBytes),
                                  AliasClass::Heap);
  builder.CreateBr(done);
  builder.SetInsertPoint(ours);
  llvm::Value *tagged = builder.CreateOr(builder.CreateZExt(reference, module.i64),
                                         builder.getInt64(artifact::externTag));
  builder.CreateBr(done);
  builder.SetInsertPoint(done);
  llvm::PHINode *value = builder.CreatePHI(module.i64, 3);
  value->addIncoming(builder.getInt64(0), before);
  value->addIncoming(held, box);
  value->addIncoming(tagged, ours);
  return builder.CreateIntToPtr(value, module.pointer);
}

llvm::Value *Objects::allocateInRuntime(llvm::IRBuilder<> &builder, llvm::Value *instanceContext,
                                        llvm::Value *typeId, llvm::Value *length) {
  llvm::Value *reference =
      module.callService(builder, instanceContext, offsetof(RuntimeServices, allocateObject),
                         module.i64, {typeId, length});
  return builder.CreateTrunc(reference, module.i32);
}

} // namespace w2n::compiler
