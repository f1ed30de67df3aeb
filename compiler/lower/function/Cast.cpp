// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Casts and tests of references, i31, and conversions between the hierarchies of any and extern
// (core specification, sections 3.4.4, 3.4.7 and 3.4.8).
//
// An object has the number of its type in its header. A final type compares it with its own; for
// any other, the display of the object's type has at the depth of the wanted type that type, or
// something else.

#include "compiler/lower/function/ObjectLowering.h"
#include "lib/artifact/HeapLayout.h"

namespace w2n::compiler {

using artifact::FunctionReference;
using artifact::HeapRecord;
using artifact::InstanceContext;
using artifact::ObjectHeader;
using artifact::RuntimeServices;
using artifact::TrapKind;
using wasm::HeapKind;
using wasm::ValueType;

llvm::Value *ObjectLowering::isI31(llvm::Value *reference) {
  return builder.CreateTrunc(reference, builder.getInt1Ty());
}

llvm::Value *ObjectLowering::objectTypeId(llvm::Value *reference) {
  return module.load(builder, module.i32,
                     module.at(builder, objectAddress(reference), offsetof(ObjectHeader, typeId)),
                     AliasClass::HeapHeader);
}

llvm::Value *ObjectLowering::heapConstant(uint64_t offset) {
  llvm::Value *record = entryLoad(module.pointer, offsetof(InstanceContext, heap));
  return module.loadInvariant(builder, module.pointer, record, offset);
}

// Rows of the table do not change while their types are held.
llvm::Value *ObjectLowering::displayEntry(llvm::Value *actual, uint32_t depth) {
  llvm::Value *entry = builder.CreateAdd(
      builder.CreateShl(zeroExtend(actual), llvm::Log2_32(artifact::displayEntries)),
      builder.getInt64(depth));
  llvm::Value *address =
      builder.CreateInBoundsGEP(module.i32, heapConstant(offsetof(HeapRecord, displays)), entry);
  return module.load(builder, module.i32, address, AliasClass::Context);
}

llvm::Value *ObjectLowering::hasKind(llvm::Value *reference, artifact::ObjectKind kind) {
  llvm::Value *index = zeroExtend(objectTypeId(reference));
  llvm::Value *address =
      builder.CreateInBoundsGEP(module.i8, heapConstant(offsetof(HeapRecord, kinds)), index);
  llvm::Value *actual = module.load(builder, module.i8, address, AliasClass::Context);
  return builder.CreateICmpEQ(actual, builder.getInt8(uint8_t(kind)));
}

void ObjectLowering::branchOnObject(llvm::Value *reference, uint32_t typeIndex,
                                    const CastEdges &edges) {
  llvm::Value *actual = objectTypeId(reference), *expected = typeId(typeIndex);
  llvm::Value *isSame = builder.CreateICmpEQ(actual, expected);
  if (wasm.types[typeIndex].isFinal)
    return branchIf(isSame, edges.yes, edges.no);
  llvm::BasicBlock *other = makeBlock("other.type");
  branchIf(isSame, edges.yes, other);
  builder.SetInsertPoint(other);
  const uint32_t depth = wasm.typeTable.depthOf(wasm.types[typeIndex].number);
  branchIf(builder.CreateICmpEQ(displayEntry(actual, depth), expected), edges.yes, edges.no);
}

// i31s are told apart first: they have no header.
void ObjectLowering::branchOnAny(llvm::Value *reference, const ValueType &type, bool mayBeI31,
                                 const CastEdges &edges) {
  if (type.heap == HeapKind::Any)
    return branchTo(edges.yes);
  if (type.heap == HeapKind::None)
    return branchTo(edges.no);
  if (type.heap == HeapKind::I31)
    return branchIf(isI31(reference), edges.yes, edges.no);
  if (mayBeI31) {
    llvm::BasicBlock *object = makeBlock("object");
    branchIf(isI31(reference), type.heap == HeapKind::Eq ? edges.yes : edges.no, object);
    builder.SetInsertPoint(object);
  }
  if (type.heap == HeapKind::Eq)
    return branchIf(
        builder.CreateICmpNE(objectTypeId(reference), builder.getInt32(artifact::externBoxTypeId)),
        edges.yes, edges.no);
  if (type.heap == HeapKind::Index)
    return branchOnObject(reference, type.typeIndex, edges);
  const auto kind =
      type.heap == HeapKind::Struct ? artifact::ObjectKind::Struct : artifact::ObjectKind::Array;
  branchIf(hasKind(reference, kind), edges.yes, edges.no);
}

void ObjectLowering::branchOnFunction(llvm::Value *reference, const ValueType &type,
                                      const CastEdges &edges) {
  llvm::Value *actual =
      module.loadInvariant(builder, module.i32, reference, offsetof(FunctionReference, typeId));
  llvm::Value *expected = typeId(type.typeIndex);
  llvm::Value *isSame = builder.CreateICmpEQ(actual, expected);
  if (wasm.types[type.typeIndex].isFinal)
    return branchIf(isSame, edges.yes, edges.no);
  llvm::BasicBlock *other = makeBlock("other.type");
  branchIf(isSame, edges.yes, other);
  builder.SetInsertPoint(other);
  llvm::Value *isSubtype =
      module.callService(builder, instanceContext, offsetof(RuntimeServices, isSubtype), module.i64,
                         {actual, expected});
  branchIf(builder.CreateICmpNE(isSubtype, builder.getInt64(0)), edges.yes, edges.no);
}

void ObjectLowering::branchOnType(llvm::Value *reference, const ValueType &source,
                                  const ValueType &type, const CastEdges &edges) {
  if (source.nullable) {
    llvm::BasicBlock *notNull = makeBlock("not.null");
    branchIf(builder.CreateIsNull(reference), type.nullable ? edges.yes : edges.no, notNull);
    builder.SetInsertPoint(notNull);
  }
  if (wasm.matches(source.withNull(false), type.withNull(false)))
    return branchTo(edges.yes);
  switch (wasm.topOf(type)) {
  case HeapKind::Any: {
    const bool mayBeI31 = wasm.matches(ValueType::reference(HeapKind::I31, false), source);
    return branchOnAny(reference, type, mayBeI31, edges);
  }
  case HeapKind::Func:
    if (type.heap == HeapKind::Index)
      return branchOnFunction(reference, type, edges);
    [[fallthrough]];
  default: // Nothing is between top and bottom of the other hierarchies.
    return branchTo(type.heap == wasm.topOf(type) ? edges.yes : edges.no);
  }
}

ObjectLowering::CastEdges ObjectLowering::testType(llvm::Value *reference, const ValueType &source,
                                                   const ValueType &type) {
  const CastEdges edges = {makeBlock("is.type"), makeBlock("is.not.type")};
  llvm::BasicBlock *before = builder.GetInsertBlock();
  const uint32_t writesBefore = ssa.writes();
  branchOnType(reference, source, type, edges);
  ssa.setDominator(edges.yes, before, writesBefore);
  ssa.setDominator(edges.no, before, writesBefore);
  return edges;
}

void ObjectLowering::lowerRefTest(const Instruction &instruction, bool takesNull) {
  llvm::BasicBlock *before = builder.GetInsertBlock();
  const uint32_t writesBefore = ssa.writes();
  llvm::Value *reference = pop();
  const CastEdges edges = testType(reference, knownType(reference, wasm.topOf(instruction.type)),
                                   instruction.type.withNull(takesNull));
  llvm::BasicBlock *done = makeBlock("tested");
  for (llvm::BasicBlock *edge : {edges.yes, edges.no}) {
    builder.SetInsertPoint(edge);
    branchTo(done);
  }
  ssa.setDominator(done, before, writesBefore);
  builder.SetInsertPoint(done);
  llvm::PHINode *result = builder.CreatePHI(module.i32, 2);
  result->addIncoming(builder.getInt32(1), edges.yes);
  result->addIncoming(builder.getInt32(0), edges.no);
  push(result);
}

void ObjectLowering::lowerRefCast(const Instruction &instruction, bool takesNull) {
  llvm::Value *reference = pop();
  const CastEdges edges = testType(reference, knownType(reference, wasm.topOf(instruction.type)),
                                   instruction.type.withNull(takesNull));
  builder.SetInsertPoint(edges.no);
  branchTo(trapBlock(TrapKind::CastFailure));
  builder.SetInsertPoint(edges.yes);
  push(reference);
}

void ObjectLowering::lowerBrOnCast(const Instruction &instruction, bool branchesIfNot) {
  // The reference is passed on both ways.
  llvm::Value *reference = ssa.resolve(stack.back());
  const CastEdges edges = testType(reference, instruction.sourceType, instruction.type);
  Frame &frame = frameAt(instruction.index);
  builder.SetInsertPoint(branchesIfNot ? edges.no : edges.yes);
  passOperands(frame);
  branchTo(frame.target);
  builder.SetInsertPoint(branchesIfNot ? edges.yes : edges.no);
}

void ObjectLowering::lowerRefEq(const Instruction &) {
  llvm::Value *rhs = pop(), *lhs = pop();
  push(builder.CreateZExt(builder.CreateICmpEQ(lhs, rhs), module.i32));
}

void ObjectLowering::lowerRefI31(const Instruction &) {
  push(builder.CreateOr(builder.CreateShl(pop(), 1), 1));
}

void ObjectLowering::lowerI31Get(const Instruction &, bool isSigned) {
  llvm::Value *reference = pop();
  trapIfNull(reference, TrapKind::NullI31Reference);
  push(isSigned ? builder.CreateAShr(reference, 1) : builder.CreateLShr(reference, 1));
}

void ObjectLowering::lowerAnyConvertExtern(const Instruction &) {
  llvm::Value *value = pop();
  llvm::BasicBlock *before = builder.GetInsertBlock();
  push(module.objects.internalize(builder, instanceContext, value));
  ssa.addPredecessor(builder.GetInsertBlock(), before);
}

void ObjectLowering::lowerExternConvertAny(const Instruction &) {
  llvm::Value *reference = pop();
  llvm::Value *base = entryLoad(module.pointer, offsetof(InstanceContext, heapBase));
  llvm::BasicBlock *before = builder.GetInsertBlock();
  push(module.objects.externalize(builder, base, reference));
  ssa.addPredecessor(builder.GetInsertBlock(), before);
}

} // namespace w2n::compiler
