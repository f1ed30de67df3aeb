// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The contents of closed tables and typed tables: distances to code, so that nothing needs
// relocating.

#include "compiler/lower/module/ModuleLowering.h"
#include "lib/artifact/Format.h"

namespace w2n::compiler {

using artifact::TrapKind;

namespace {

/// From `table` to `code`, in 32 bits.
llvm::Constant *distance(ModuleLowering &module, llvm::GlobalVariable *table,
                         llvm::Function *code) {
  llvm::Constant *start = llvm::ConstantExpr::getPtrToInt(table, module.i64);
  llvm::Constant *end = llvm::ConstantExpr::getPtrToInt(code, module.i64);
  return llvm::ConstantExpr::getTrunc(llvm::ConstantExpr::getSub(end, start), module.i32);
}

/// A function that traps, made on first use. It can be called as any type: whatever the arguments
/// are, the context is where it looks, and it does not return.
llvm::Function *trapFunction(ModuleLowering &module, TrapKind kind) {
  const std::string name = "w2n.trap." + std::to_string(unsigned(kind));
  if (llvm::Function *existing = module.module.getFunction(name))
    return existing;
  llvm::Function *function = module.makeFunction(
      llvm::FunctionType::get(module.voidType, {module.pointer}, false), name, true);
  llvm::IRBuilder<> builder(llvm::BasicBlock::Create(module.context, "entry", function));
  module.emitTrap(builder, function->getArg(0), kind);
  return function;
}

void lowerTypedTable(ModuleLowering &module, uint32_t tableIndex, uint32_t typeNumber) {
  const wasm::Module &wasm = module.plan.wasm;
  llvm::GlobalVariable *table = module.typedTable(tableIndex, typeNumber);
  auto codeFor = [&](uint32_t function) {
    if (function == artifact::noIndex)
      return trapFunction(module, TrapKind::UninitializedElement);
    if (wasm.types[wasm.functions[function].typeIndex].number != typeNumber)
      return trapFunction(module, TrapKind::IndirectCallTypeMismatch);
    return module.function(function);
  };
  std::vector<llvm::Constant *> distances;
  for (uint32_t function : *module.plan.closedTables[tableIndex])
    distances.push_back(distance(module, table, codeFor(function)));
  table->setInitializer(
      llvm::ConstantArray::get(llvm::cast<llvm::ArrayType>(table->getValueType()), distances));
}

} // namespace

void lowerClosedTables(ModuleLowering &module) {
  const wasm::Module &wasm = module.plan.wasm;
  auto *word = llvm::cast<llvm::IntegerType>(module.i32);
  for (uint32_t i = 0; i < module.plan.closedTables.size(); ++i) {
    if (!module.plan.closedTables[i])
      continue;
    llvm::GlobalVariable *table = module.closedTable(i);
    auto *type = llvm::cast<llvm::ArrayType>(table->getValueType());
    auto *entryType = llvm::cast<llvm::StructType>(type->getElementType());
    std::vector<llvm::Constant *> entries;
    for (uint32_t function : *module.plan.closedTables[i]) {
      llvm::Constant *toCode = llvm::ConstantInt::get(word, 0), *toTailCode = toCode;
      uint32_t canonicalType = artifact::noIndex;
      if (function != artifact::noIndex) {
        toCode = distance(module, table, module.function(function));
        if (module.plan.hasTailEntry[function])
          toTailCode = distance(module, table, module.tailFunction(function));
        canonicalType = wasm.types[wasm.functions[function].typeIndex].number;
      }
      llvm::Constant *words[] = {toCode, llvm::ConstantInt::get(word, canonicalType), toTailCode,
                                 llvm::ConstantInt::get(word, 0)};
      entries.push_back(llvm::ConstantStruct::get(
          entryType, llvm::ArrayRef(words).take_front(entryType->getNumElements())));
    }
    table->setInitializer(llvm::ConstantArray::get(type, entries));
  }
}

void lowerTypedTables(ModuleLowering &module) {
  for (uint32_t table = 0; table < module.plan.typedTables.size(); ++table)
    for (uint32_t typeNumber : module.plan.typedTables[table])
      lowerTypedTable(module, table, typeNumber);
}

} // namespace w2n::compiler
