// Parametric and variable instructions: drop, select, locals, globals.

#include "compiler/lower/BodyLowering.h"

namespace w2n::compiler {

void BodyLowering::lowerDrop(const Instruction &) { pop(); }

void BodyLowering::lowerSelect(const Instruction &) {
  llvm::Value *condition = builder.CreateICmpNE(pop(), builder.getInt32(0));
  llvm::Value *otherwise = pop();
  llvm::Value *value = pop();
  push(builder.CreateSelect(condition, value, otherwise));
}

void BodyLowering::lowerLocalGet(const Instruction &instruction) {
  push(ssa.read(builder.GetInsertBlock(), instruction.index));
}

void BodyLowering::lowerLocalSet(const Instruction &instruction) {
  ssa.write(builder.GetInsertBlock(), instruction.index, pop());
}

void BodyLowering::lowerLocalTee(const Instruction &instruction) {
  llvm::Value *value = pop();
  ssa.write(builder.GetInsertBlock(), instruction.index, value);
  push(value);
}

llvm::Value *BodyLowering::globalAddress(uint32_t global) {
  const artifact::ContextLayout &layout = module.plan.layout;
  if (global < wasm.importedGlobals)
    return entryLoad(module.pointer, layout.globalPointers() + 8ull * global);
  return module.at(builder, instanceContext,
                   layout.globalCells() +
                       sizeof(artifact::GlobalCell) * (global - wasm.importedGlobals));
}

void BodyLowering::lowerGlobalGet(const Instruction &instruction) {
  const wasm::GlobalType &type = wasm.globals[instruction.index].type;
  push(module.load(builder, llvmType(module.context, type.type), globalAddress(instruction.index),
                   AliasClass::Global));
}

void BodyLowering::lowerGlobalSet(const Instruction &instruction) {
  llvm::Value *value = pop();
  module.store(builder, value, globalAddress(instruction.index), AliasClass::Global);
}

} // namespace w2n::compiler
