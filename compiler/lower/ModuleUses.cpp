#include "compiler/lower/ModuleUses.h"

#include "lib/wasm/Instruction.h"

namespace w2n::compiler {

namespace {

void addUses(wasm::Bytes code, ModuleUses &uses) {
  ByteReader reader(code);
  wasm::Instruction instruction;
  while (!reader.atEnd()) {
    if (!wasm::decodeInstruction(reader, instruction))
      return; // Cannot happen: validated.
    switch (wasm::infoOf(instruction.opcode).immediates) {
    case wasm::Immediates::Function:
      if (instruction.opcode == wasm::Opcode::RefFunc)
        uses.referencedFunctions[instruction.index] = true;
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
    case wasm::Immediates::TryTable:
      uses.catchesExceptions = true;
      break;
    case wasm::Immediates::BlockType:
      uses.catchesExceptions |= instruction.opcode == wasm::Opcode::Try;
      break;
    default: // No other immediate but call_indirect's names a table or a function.
      break;
    }
  }
}

} // namespace

ModuleUses findUses(const wasm::Module &module) {
  ModuleUses uses{std::vector<bool>(module.tables.size()),
                  std::vector<bool>(module.functions.size()), false};
  for (const wasm::Function &function : module.functions)
    addUses(function.code, uses);
  for (const wasm::Global &global : module.globals)
    addUses(global.init.code, uses);
  for (const wasm::Table &table : module.tables)
    if (table.init)
      addUses(table.init->code, uses);
  for (const wasm::ElementSegment &segment : module.elements)
    for (const wasm::ConstExpr &expression : segment.expressions)
      addUses(expression.code, uses);
  return uses;
}

} // namespace w2n::compiler
