// Direct and indirect calls.

#include "compiler/lower/BodyLowering.h"

#include "lib/artifact/Format.h"

namespace w2n::compiler {

void BodyLowering::lowerCall(const Instruction &instruction) {
  const Signature &callee = module.signature(wasm.functions[instruction.index].typeIndex);
  llvm::Value *code, *context;
  if (instruction.index < wasm.importedFunctions) {
    uint64_t reference = module.plan.layout.importReferences() +
                         sizeof(artifact::FunctionReference) * instruction.index;
    code = entryLoad(module.pointer, reference + offsetof(artifact::FunctionReference, code));
    context = entryLoad(module.pointer, reference + offsetof(artifact::FunctionReference, context));
  } else {
    code = module.function(instruction.index);
    context = instanceContext;
  }
  pushCallResults(callee, code, context);
}

// The size of a closed table is a constant, its elements are code of this instance, and a null's
// type number equals none: one comparison each, and no load but of the element.
void BodyLowering::lowerClosedCall(const Instruction &instruction) {
  using artifact::TrapKind;
  llvm::GlobalVariable *table = module.closedTable(instruction.index2);
  llvm::Value *index = pop();
  uint64_t count = module.plan.closedTables[instruction.index2]->size();
  trapIf(builder.CreateICmpUGE(index, builder.getInt32(uint32_t(count))),
         TrapKind::UndefinedElement);
  llvm::Value *element = builder.CreateInBoundsGEP(module.i64, table, zeroExtend(index));
  llvm::Value *actual = module.loadInvariant(builder, module.i32, element, 4);
  llvm::Value *expected = builder.getInt32(module.plan.canonicalTypes[instruction.index]);
  llvm::BasicBlock *mismatch = makeBlock("mismatch");
  llvm::BasicBlock *next = makeBlock("checked");
  branchIf(builder.CreateICmpNE(actual, expected), mismatch, next, /*yesUnlikely=*/true);
  builder.SetInsertPoint(mismatch);
  branchIf(builder.CreateICmpEQ(actual, builder.getInt32(artifact::noIndex)),
           trapBlock(TrapKind::UninitializedElement),
           trapBlock(TrapKind::IndirectCallTypeMismatch));
  builder.SetInsertPoint(next);
  llvm::Value *distance = module.loadInvariant(builder, module.i32, element, 0);
  llvm::Value *code = builder.CreateGEP(module.i8, table, builder.CreateSExt(distance, module.i64));
  pushCallResults(module.signature(instruction.index), code, instanceContext);
}

// Pops the arguments, calls, pushes the results.
void BodyLowering::pushCallResults(const Signature &callee, llvm::Value *code,
                                   llvm::Value *calleeContext) {
  auto arguments = popMany(callee.params.size());
  CallEdges edges;
  if (uint32_t handler = currentHandler(); handler != noHandler) {
    edges = {makeBlock("returned"), landingPadOf(frames[handler])};
    ssa.addPredecessor(edges.returned, builder.GetInsertBlock());
    ssa.addPredecessor(edges.unwound, builder.GetInsertBlock());
  }
  for (llvm::Value *result : module.call(builder, callee, code, calleeContext, arguments, edges))
    push(result);
}

void BodyLowering::lowerCallIndirect(const Instruction &instruction) {
  using artifact::FunctionReference;
  if (module.plan.closedTables[instruction.index2])
    return lowerClosedCall(instruction);
  llvm::Value *element =
      tableElementAddress(instruction.index2, pop(), artifact::TrapKind::UndefinedElement);
  llvm::Value *reference = module.load(builder, module.pointer, element, AliasClass::Table);
  trapIf(builder.CreateIsNull(reference), artifact::TrapKind::UninitializedElement);
  llvm::Value *actual =
      module.loadInvariant(builder, module.i32, reference, offsetof(FunctionReference, typeId));
  llvm::Value *expected =
      entryLoad(module.i32, module.plan.layout.typeIds() + 4ull * instruction.index);
  trapIf(builder.CreateICmpNE(actual, expected), artifact::TrapKind::IndirectCallTypeMismatch);
  llvm::Value *code =
      module.loadInvariant(builder, module.pointer, reference, offsetof(FunctionReference, code));
  llvm::Value *context = module.loadInvariant(builder, module.pointer, reference,
                                              offsetof(FunctionReference, context));
  pushCallResults(module.signature(instruction.index), code, context);
}

} // namespace w2n::compiler
