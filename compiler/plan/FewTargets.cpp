// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/plan/FewTargets.h"

#include "lib/artifact/Format.h"

#include <algorithm>

namespace w2n::compiler {

namespace {

/// A switch over so many is a jump through a table, which takes no longer than a call through one.
/// Beyond, code would grow more than calls can cost.
constexpr size_t maxElements = 16;
/// Direct calls that may be made of all calls together, which might be thousands to the same type.
constexpr uint64_t callsAlwaysAllowed = 1000, codeBytesPerCall = 64;

/// The elements of each type, or one more than are looked at.
FewTargets collectElements(const wasm::Module &module,
                           const std::vector<std::optional<ClosedTable>> &closedTables) {
  FewTargets all;
  for (uint32_t table = 0; table < closedTables.size(); ++table) {
    if (!closedTables[table])
      continue;
    for (uint32_t element = 0; element < closedTables[table]->size(); ++element) {
      const uint32_t function = (*closedTables[table])[element];
      if (function == artifact::noIndex)
        continue;
      const uint32_t typeNumber = module.types[module.functions[function].typeIndex].number;
      std::vector<uint32_t> &elements = all[{table, typeNumber}].elements;
      if (elements.size() <= maxElements)
        elements.push_back(element);
    }
  }
  return all;
}

} // namespace

FewTargets findFewTargets(const wasm::Module &module, const ModuleUses &uses,
                          const std::vector<std::optional<ClosedTable>> &closedTables,
                          const std::vector<bool> &isSmall) {
  uint64_t codeBytes = 0;
  for (const wasm::Function &function : module.functions)
    codeBytes += function.code.size();
  uint64_t callsLeft = std::max(callsAlwaysAllowed, codeBytes / codeBytesPerCall);
  FewTargets few;
  for (auto &[called, targets] : collectElements(module, closedTables)) {
    const auto calls = uses.indirectCalls.find(called);
    const size_t count = targets.elements.size();
    if (calls == uses.indirectCalls.end() || count > maxElements)
      continue;
    // A call that is not inlined is faster through the table than behind comparisons.
    if (count > 1)
      std::erase_if(targets.elements, [&, table = called.first](uint32_t element) {
        return !isSmall[(*closedTables[table])[element]];
      });
    const uint64_t directCalls = uint64_t(calls->second) * targets.elements.size();
    if (directCalls == 0 || directCalls > callsLeft)
      continue;
    callsLeft -= directCalls;
    few[called] = {targets.elements, targets.elements.size() == count};
  }
  return few;
}

} // namespace w2n::compiler
