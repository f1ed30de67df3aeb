// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Finds what must be known of the whole module before its parts are lowered.

#include "compiler/plan/Plan.h"

#include "compiler/plan/FunctionNames.h"
#include "compiler/plan/InlineCandidates.h"
#include "lib/artifact/Format.h"

namespace w2n::compiler {

namespace {

/// Defined functions that a reference may be made to: those get a record in the context.
std::vector<uint32_t> numberReferences(const ModulePlan &plan, const ModuleUses &uses,
                                       uint32_t &count) {
  const wasm::Module &module = plan.wasm;
  std::vector<bool> referenced = uses.referencedFunctions;
  for (const wasm::Export &exported : module.exports)
    if (exported.kind == wasm::ExternKind::Function)
      referenced[exported.index] = true;
  if (module.start)
    referenced[*module.start] = true;
  for (const wasm::ElementSegment &segment : module.elements)
    if (!plan.isInClosedTable(segment))
      for (uint32_t function : segment.functions)
        referenced[function] = true;
  std::vector<uint32_t> numbers(module.functions.size(), artifact::noIndex);
  count = 0;
  for (uint32_t i = module.importedFunctions; i < module.functions.size(); ++i)
    if (referenced[i])
      numbers[i] = count++;
  return numbers;
}

/// Functions that have tail entries: those with tail calls, and, so that the jump needs no
/// test, what return_call_indirect finds in closed tables.
std::vector<bool> findTailEntries(const ModulePlan &plan, const ModuleUses &uses) {
  const wasm::Module &module = plan.wasm;
  std::vector<bool> entries = uses.tailCallers;
  std::vector<bool> isCalled(module.typeTable.size());
  for (uint32_t i = 0; i < module.types.size(); ++i)
    if (uses.tailCalledTypes[i])
      isCalled[module.types[i].number] = true;
  for (uint32_t table = 0; table < module.tables.size(); ++table) {
    if (!plan.closedTables[table] || !uses.tailCalledTables[table])
      continue;
    for (uint32_t function : *plan.closedTables[table])
      if (function != artifact::noIndex &&
          isCalled[module.types[module.functions[function].typeIndex].number])
        entries[function] = true;
  }
  return entries;
}

} // namespace

std::string ModulePlan::functionSymbol(uint32_t functionIndex) const {
  // The tail entry has the name, so that profiles show it.
  return hasTailEntry[functionIndex] ? "w2n.wrapper." + std::to_string(functionIndex)
                                     : symbols[functionIndex];
}

const std::string &ModulePlan::displayNameOf(llvm::StringRef symbol) const {
  static const std::string helper = "a helper";
  const std::optional<uint32_t> index = functionIndexOf(symbol);
  return index && *index < displayNames.size() ? displayNames[*index] : helper;
}

ModulePlan makePlan(const wasm::Module &module, const CompileOptions &options) {
  ModulePlan plan{module, options};
  plan.layout.importedFunctions = module.importedFunctions;
  plan.layout.memories = uint32_t(module.memories.size());
  plan.layout.tables = uint32_t(module.tables.size());
  plan.layout.importedGlobals = module.importedGlobals;
  plan.layout.definedGlobals = uint32_t(module.globals.size()) - module.importedGlobals;
  plan.layout.types = uint32_t(module.types.size());
  plan.layout.definedMemories = uint32_t(module.memories.size()) - module.importedMemories;
  plan.layout.definedTables = uint32_t(module.tables.size()) - module.importedTables;
  plan.layout.importedTags = module.importedTags;
  plan.layout.definedTags = uint32_t(module.tags.size()) - module.importedTags;
  plan.layout.profileCounters = options.generatesProfile ? 1 : 0;
  plan.symbols = functionSymbols(module);
  plan.displayNames = functionDisplayNames(module);
  ModuleUses uses = findUses(module);
  plan.catchesExceptions = uses.catchesExceptions;
  plan.usesHeap = uses.usesHeap || llvm::any_of(module.types, [](const wasm::TypeDefinition &type) {
                    return type.kind != wasm::CompositeKind::Function;
                  });
  plan.closedTables = findClosedTables(module, uses);
  plan.typedTables = chooseTypedTables(module, uses, plan.closedTables);
  plan.references = numberReferences(plan, uses, plan.layout.referencedFunctions);
  plan.hasTailEntry = findTailEntries(plan, uses);
  if (options.level >= OptimizationLevel::O2)
    plan.inlineCandidates = findInlineCandidates(module, plan.hasTailEntry);
  plan.inlineCandidates.resize(module.functions.size());
  plan.hasInlineCandidates = llvm::is_contained(plan.inlineCandidates, true);
  if (options.level == OptimizationLevel::O2 || options.level == OptimizationLevel::O3)
    plan.fewTargets = findFewTargets(module, uses, plan.closedTables, plan.inlineCandidates);
  plan.tailCalledTables = uses.tailCalledTables;
  plan.dataInImage.resize(module.data.size());
  plan.hasSharedMemory = llvm::any_of(
      module.memories, [](const wasm::Memory &memory) { return memory.type.limits.shared; });
  return plan;
}

} // namespace w2n::compiler
