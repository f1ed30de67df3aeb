// Direct and indirect calls.

#include "compiler/lower/BodyLowering.h"

namespace w2n::compiler {

void BodyLowering::lowerCall(const Instruction &instruction) {
  const Signature &callee = module.signature(wasm.functions[instruction.index].typeIndex);
  auto arguments = popMany(callee.params.size());
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
  for (llvm::Value *result : module.call(builder, callee, code, context, arguments))
    push(result);
}

void BodyLowering::lowerCallIndirect(const Instruction &instruction) {
  using artifact::FunctionReference;
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
  const Signature &callee = module.signature(instruction.index);
  auto arguments = popMany(callee.params.size());
  for (llvm::Value *result : module.call(builder, callee, code, context, arguments))
    push(result);
}

} // namespace w2n::compiler
