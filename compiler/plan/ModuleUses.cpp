// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/plan/ModuleUses.h"

#include "lib/wasm/Instruction.h"

namespace w2n::compiler {

namespace {

/// True if there are tail calls in `code`.
bool addUses(const wasm::Module &module, wasm::Bytes code, ModuleUses &uses) {
  bool hasTailCalls = false;
  for (const wasm::Instruction &instruction : wasm::Instructions(code)) {
    const wasm::OpcodeInfo &info = wasm::infoOf(instruction.opcode);
    const bool isTailCall = info.opcodeClass == wasm::OpcodeClass::TailCall;
    hasTailCalls |= isTailCall;
    uses.catchesExceptions |= info.opcodeClass == wasm::OpcodeClass::Try;
    uses.usesHeap |= info.feature == wasm::Feature::GarbageCollection;
    switch (info.immediates) {
    case wasm::Immediates::Function:
      if (instruction.opcode == wasm::Opcode::RefFunc)
        uses.referencedFunctions[instruction.index] = true;
      break;
    case wasm::Immediates::TypeAndTable:
      if (!module.types[instruction.index].isFinal)
        uses.touchedTables[instruction.index2] = true;
      if (isTailCall)
        uses.tailCalledTables[instruction.index2] = uses.tailCalledTypes[instruction.index] = true;
      else
        ++uses.indirectCalls[{instruction.index2, module.types[instruction.index].number}];
      break;
    case wasm::Immediates::Table:
      uses.touchedTables[instruction.index] = true;
      break;
    case wasm::Immediates::ElementAndTable:
      uses.touchedTables[instruction.index2] = true;
      break;
    case wasm::Immediates::TableAndTable:
      uses.touchedTables[instruction.index] = uses.touchedTables[instruction.index2] = true;
      break;
    default: // No other immediate names a table or a function.
      break;
    }
  }
  return hasTailCalls;
}

} // namespace

ModuleUses findUses(const wasm::Module &module) {
  ModuleUses uses{std::vector<bool>(module.tables.size()),
                  std::vector<bool>(module.functions.size()),
                  {},
                  std::vector<bool>(module.tables.size()),
                  std::vector<bool>(module.types.size()),
                  {},
                  false};
  for (const wasm::Function &function : module.functions)
    uses.tailCallers.push_back(addUses(module, function.code, uses));
  for (const wasm::Global &global : module.globals)
    addUses(module, global.init.code, uses);
  for (const wasm::Table &table : module.tables)
    if (table.init)
      addUses(module, table.init->code, uses);
  for (const wasm::ElementSegment &segment : module.elements)
    for (const wasm::ConstExpr &expression : segment.expressions)
      addUses(module, expression.code, uses);
  return uses;
}

} // namespace w2n::compiler
