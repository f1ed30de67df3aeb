// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Parametric and variable instructions: drop, select, locals, globals.

#include "compiler/lower/function/DebugBody.h"
#include "compiler/lower/function/VariableLowering.h"

namespace w2n::compiler {

void VariableLowering::lowerDrop(const Instruction &) { stack.pop_back(); }

void VariableLowering::lowerSelect(const Instruction &) {
  llvm::Value *condition = builder.CreateICmpNE(pop(), builder.getInt32(0));
  llvm::Value *otherwise = pop();
  llvm::Value *value = pop();
  push(builder.CreateSelect(condition, value, otherwise));
}

void VariableLowering::makeLocals(llvm::ArrayRef<llvm::Value *> parameters) {
  auto typeOf = [this](unsigned local) { return module.typeOf(localTypes[local]); };
  if (locals == Locals::Ssa)
    ssa.setTypes(typeOf);
  else
    for (uint32_t i = 0; i < localTypes.size(); ++i) {
      slots.push_back(builder.CreateAlloca(typeOf(i)));
      writeLocal(i, llvm::Constant::getNullValue(typeOf(i)));
    }
  for (uint32_t i = 0; i < parameters.size(); ++i)
    if (parameters[i]) {
      noteType(parameters[i], localTypes[i]);
      writeLocal(i, parameters[i]);
    }
}

llvm::Value *VariableLowering::readLocal(uint32_t local) {
  if (locals == Locals::StackSlots)
    return builder.CreateLoad(slots[local]->getAllocatedType(), slots[local]);
  return ssa.read(builder.GetInsertBlock(), local);
}

void VariableLowering::writeLocal(uint32_t local, llvm::Value *value) {
  if (debug)
    debug->written(local, value);
  if (locals == Locals::StackSlots)
    builder.CreateStore(value, slots[local]);
  else
    ssa.write(builder.GetInsertBlock(), local, value);
}

void VariableLowering::lowerLocalGet(const Instruction &instruction) {
  push(readLocal(instruction.index));
}

void VariableLowering::lowerLocalSet(const Instruction &instruction) {
  writeLocal(instruction.index, pop());
}

void VariableLowering::lowerLocalTee(const Instruction &instruction) {
  llvm::Value *value = pop();
  writeLocal(instruction.index, value);
  push(value);
}

llvm::Value *VariableLowering::globalAddress(uint32_t global) {
  const artifact::ContextLayout &layout = module.plan.layout;
  if (global < wasm.importedGlobals)
    return entryLoad(module.pointer, layout.globalPointers() + 8ull * global);
  return module.at(builder, instanceContext,
                   layout.globalCells() +
                       sizeof(artifact::GlobalCell) * (global - wasm.importedGlobals));
}

void VariableLowering::lowerGlobalGet(const Instruction &instruction) {
  const wasm::GlobalType &type = wasm.globals[instruction.index].type;
  push(module.load(builder, module.typeOf(type.type), globalAddress(instruction.index),
                   AliasClass::Global),
       type.type);
}

void VariableLowering::lowerGlobalSet(const Instruction &instruction) {
  llvm::Value *value = pop();
  module.store(builder, value, globalAddress(instruction.index), AliasClass::Global);
}

} // namespace w2n::compiler
