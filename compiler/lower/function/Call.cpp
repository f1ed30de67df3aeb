// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Calls: direct, through tables, through references.

#include "compiler/lower/function/CallLowering.h"

#include "lib/artifact/Format.h"

namespace w2n::compiler {

using artifact::FunctionReference;
using artifact::TrapKind;

CallLowering::Callee CallLowering::directCallee(const Instruction &instruction) {
  uint32_t index = instruction.index;
  Callee callee{.typeIndex = wasm.functions[index].typeIndex};
  if (index >= wasm.importedFunctions) {
    callee.code = module.function(index);
    callee.context = instanceContext;
    if (module.plan.hasTailEntry[index]) {
      callee.tailCode = module.tailFunction(index);
      callee.tailCodeMayBeNull = false;
    }
    return callee;
  }
  uint64_t reference = module.plan.layout.importReferences() + sizeof(FunctionReference) * index;
  callee.code = entryLoad(module.pointer, reference + offsetof(FunctionReference, code));
  callee.context = entryLoad(module.pointer, reference + offsetof(FunctionReference, context));
  if (isTailCall(instruction))
    callee.tailCode = entryLoad(module.pointer, reference + offsetof(FunctionReference, tailCode));
  return callee;
}

llvm::Value *CallLowering::codeAtDistance(llvm::GlobalVariable *table, llvm::Value *element,
                                          uint64_t offset) {
  llvm::Value *distance = module.loadInvariant(builder, module.i32, element, offset);
  return builder.CreateGEP(module.i8, table, builder.CreateSExt(distance, module.i64));
}

// The size of a closed table is a constant, its elements are code of this instance, and a null's
// type number equals none: one comparison each, and no load but of the element.
CallLowering::Callee CallLowering::closedCallee(const Instruction &instruction,
                                                llvm::Value *index) {
  uint64_t count = module.plan.closedTables[instruction.index2]->size();
  llvm::Value *bound = llvm::ConstantInt::get(index->getType(), count);
  trapIf(builder.CreateICmpUGE(index, bound), TrapKind::UndefinedElement);
  index = maskTableIndex(index, bound);
  const uint32_t typeNumber = wasm.types[instruction.index].number;
  if (!isTailCall(instruction) && module.plan.hasTypedTable(instruction.index2, typeNumber)) {
    llvm::GlobalVariable *table = module.typedTable(instruction.index2, typeNumber);
    llvm::Value *element = builder.CreateInBoundsGEP(module.i32, table, zeroExtend(index));
    return {.typeIndex = instruction.index,
            .code = codeAtDistance(table, element, 0),
            .context = instanceContext};
  }
  llvm::GlobalVariable *table = module.closedTable(instruction.index2);
  uint64_t entryBytes = module.closedTableEntryBytes(instruction.index2);
  llvm::Value *element = builder.CreateInBoundsGEP(llvm::ArrayType::get(module.i8, entryBytes),
                                                   table, zeroExtend(index));
  llvm::Value *actual = module.loadInvariant(builder, module.i32, element, 4);
  llvm::Value *expected = builder.getInt32(typeNumber);
  llvm::BasicBlock *mismatch = makeBlock("mismatch");
  llvm::BasicBlock *next = makeBlock("checked");
  branchIf(builder.CreateICmpNE(actual, expected), mismatch, next, /*yesUnlikely=*/true);
  builder.SetInsertPoint(mismatch);
  llvm::BasicBlock *wrongType = trapBlock(TrapKind::IndirectCallTypeMismatch);
  llvm::BasicBlock *uninitialized = trapBlock(TrapKind::UninitializedElement);
  branchIf(builder.CreateICmpEQ(actual, builder.getInt32(artifact::noIndex)), uninitialized,
           wrongType);
  builder.SetInsertPoint(next);
  Callee callee{
      .typeIndex = instruction.index, .context = instanceContext, .tailCodeMayBeNull = false};
  if (isTailCall(instruction))
    callee.tailCode = codeAtDistance(table, element, 8);
  else
    callee.code = codeAtDistance(table, element, 0);
  return callee;
}

// Types of which others are declared subtypes take a second look, which is the runtime's.
void CallLowering::checkCalleeType(llvm::Value *reference, uint32_t typeIndex) {
  llvm::Value *actual =
      module.loadInvariant(builder, module.i32, reference, offsetof(FunctionReference, typeId));
  llvm::Value *expected = entryLoad(module.i32, module.plan.layout.typeIds() + 4ull * typeIndex);
  llvm::Value *differs = builder.CreateICmpNE(actual, expected);
  if (wasm.types[typeIndex].isFinal) {
    trapIf(differs, TrapKind::IndirectCallTypeMismatch);
    return;
  }
  llvm::BasicBlock *other = makeBlock("other.type");
  llvm::BasicBlock *next = makeBlock("checked");
  branchIf(differs, other, next, /*yesUnlikely=*/true);
  builder.SetInsertPoint(other);
  llvm::Value *isSubtype =
      module.callService(builder, instanceContext, offsetof(artifact::RuntimeServices, isSubtype),
                         module.i64, {actual, expected});
  llvm::BasicBlock *mismatch = trapBlock(TrapKind::IndirectCallTypeMismatch);
  branchIf(builder.CreateICmpEQ(isSubtype, builder.getInt64(0)), mismatch, next,
           /*yesUnlikely=*/true);
  builder.SetInsertPoint(next);
}

CallLowering::Callee CallLowering::indirectCallee(const Instruction &instruction) {
  if (module.plan.closedTables[instruction.index2])
    return closedCallee(instruction, pop());
  llvm::Value *element = tableElementAddress(instruction.index2, pop(), TrapKind::UndefinedElement);
  llvm::Value *reference = module.load(builder, module.pointer, element, AliasClass::Table);
  trapIf(builder.CreateIsNull(reference), TrapKind::UninitializedElement);
  checkCalleeType(reference, instruction.index);
  auto loadField = [&](uint64_t offset) {
    return module.loadInvariant(builder, module.pointer, reference, offset);
  };
  Callee callee{.typeIndex = instruction.index,
                .code = loadField(offsetof(FunctionReference, code)),
                .context = loadField(offsetof(FunctionReference, context))};
  if (isTailCall(instruction))
    callee.tailCode = loadField(offsetof(FunctionReference, tailCode));
  return callee;
}

// The load checks that the reference is not null: null faults, and the runtime knows the
// address. LLVM must not conclude from the load that there is no null, nor remove it.
CallLowering::Callee CallLowering::referencedCallee(const Instruction &instruction) {
  function->addFnAttr(llvm::Attribute::NullPointerIsValid);
  llvm::Value *reference = pop();
  auto loadField = [&](uint64_t offset) {
    llvm::LoadInst *loaded = module.load(
        builder, module.pointer, module.at(builder, reference, offset), AliasClass::Context);
    loaded->setVolatile(true);
    return loaded;
  };
  Callee callee{.typeIndex = instruction.index,
                .code = loadField(offsetof(FunctionReference, code)),
                .context = loadField(offsetof(FunctionReference, context))};
  if (isTailCall(instruction))
    callee.tailCode = loadField(offsetof(FunctionReference, tailCode));
  return callee;
}

CallEdges CallLowering::makeEdges() {
  const uint32_t handler = currentHandler();
  if (handler == noHandler)
    return {};
  const CallEdges edges = {makeBlock("returned"), landingPadOf(frames[handler])};
  ssa.addPredecessor(edges.returned, builder.GetInsertBlock());
  ssa.addPredecessor(edges.unwound, builder.GetInsertBlock());
  return edges;
}

void CallLowering::callAndPush(const Callee &callee) {
  const Signature &signature = module.signature(callee.typeIndex);
  const auto arguments =
      argumentsFor(signature, popOperands(signature.params.size()), callee.context);
  llvm::CallBase *call = module.emitCall(builder, signature, callee.code, callee.context, arguments,
                                         callee.context, makeEdges());
  pushResults(signature, call, callee.context);
  const auto &types = wasm.types[callee.typeIndex].function.results;
  for (auto [result, type] : llvm::zip_equal(llvm::ArrayRef(stack).take_back(types.size()), types))
    noteType(result, type);
}

void CallLowering::lowerCall(const Instruction &instruction) {
  const llvm::DebugLoc before = builder.getCurrentDebugLocation();
  locateCall();
  callAndPush(directCallee(instruction));
  builder.SetCurrentDebugLocation(before);
}

void CallLowering::locateCall() {
  if (module.plan.hasInlineCandidates && !builder.getCurrentDebugLocation())
    builder.SetCurrentDebugLocation(module.location(functionIndex));
}

// The blocks before and after are for TableCalls: whether or not anything is made of them, control
// flow is the same, so that profiles fit.
void CallLowering::callThroughClosedTable(const Instruction &instruction) {
  const Signature &signature = module.signature(instruction.index);
  llvm::Value *index = pop();
  const auto operands = popOperands(signature.params.size());
  llvm::BasicBlock *lookup = makeBlock("lookup"), *called = makeBlock("called");
  const uint32_t writesBefore = ssa.writes();
  llvm::BasicBlock *before = builder.GetInsertBlock();
  branchTo(lookup);
  builder.SetInsertPoint(lookup);
  const Callee callee = closedCallee(instruction, index);
  const auto arguments = argumentsFor(signature, operands, callee.context);
  llvm::CallBase *call = module.emitCall(builder, signature, callee.code, callee.context, arguments,
                                         callee.context, makeEdges());
  branchTo(called);
  ssa.setDominator(called, before, writesBefore);
  builder.SetInsertPoint(called);
  if (!llvm::any_of(signature.params, [](const auto &place) { return place.inBuffer; }))
    module.addTableCall({functionIndex, instruction.index2, wasm.types[instruction.index].number,
                         lookup, called, call, index});
  pushResults(signature, call, callee.context);
}

void CallLowering::lowerCallIndirect(const Instruction &instruction) {
  if (module.plan.closedTables[instruction.index2])
    callThroughClosedTable(instruction);
  else
    callAndPush(indirectCallee(instruction));
}

void CallLowering::lowerCallRef(const Instruction &instruction) {
  callAndPush(referencedCallee(instruction));
}

} // namespace w2n::compiler
