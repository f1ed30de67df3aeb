// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/plan/TypedTables.h"

#include "lib/artifact/Format.h"

#include <algorithm>

namespace w2n::compiler {

namespace {

constexpr uint64_t bytesPerElement = 4;
/// Typed tables may take a sixteenth of what the code takes, and this much in any case.
constexpr uint64_t bytesAlwaysAllowed = 16 * 1024, codeBytesPerByte = 16;

struct Candidate {
  uint32_t table, typeNumber, calls;
};

bool hasElementOf(const wasm::Module &module, const ClosedTable &table, uint32_t typeNumber) {
  return std::ranges::any_of(table, [&](uint32_t function) {
    return function != artifact::noIndex &&
           module.types[module.functions[function].typeIndex].number == typeNumber;
  });
}

/// Most calls first; the rest of the order is for the same output each time.
std::vector<Candidate> findCandidates(const ModuleUses &uses) {
  std::vector<Candidate> candidates;
  for (const auto &[called, calls] : uses.indirectCalls)
    candidates.push_back({called.first, called.second, calls});
  std::ranges::stable_sort(candidates, std::ranges::greater(), &Candidate::calls);
  return candidates;
}

} // namespace

TypedTables chooseTypedTables(const wasm::Module &module, const ModuleUses &uses,
                              const std::vector<std::optional<ClosedTable>> &closedTables) {
  uint64_t codeBytes = 0;
  for (const wasm::Function &function : module.functions)
    codeBytes += function.code.size();
  uint64_t bytesLeft = std::max(bytesAlwaysAllowed, codeBytes / codeBytesPerByte);
  TypedTables chosen(module.tables.size());
  for (const Candidate &candidate : findCandidates(uses)) {
    const std::optional<ClosedTable> &table = closedTables[candidate.table];
    if (!table || table->size() * bytesPerElement > bytesLeft ||
        !hasElementOf(module, *table, candidate.typeNumber))
      continue;
    bytesLeft -= table->size() * bytesPerElement;
    chosen[candidate.table].push_back(candidate.typeNumber);
  }
  for (std::vector<uint32_t> &types : chosen)
    std::ranges::sort(types);
  return chosen;
}

} // namespace w2n::compiler
