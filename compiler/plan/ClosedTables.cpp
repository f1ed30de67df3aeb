// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/plan/ClosedTables.h"

#include "compiler/plan/ConstantExpression.h"
#include "lib/artifact/Format.h"
#include "lib/wasm/Instruction.h"

#include <algorithm>

namespace w2n::compiler {

namespace {

/// A table of this many null elements would only make the file large.
constexpr uint64_t maxClosedElements = 1'000'000;

bool isClosedSegment(const wasm::Module &module, const wasm::ElementSegment &segment) {
  std::optional<uint64_t> offset = constantOffset(segment.offset);
  uint64_t count = module.tables[segment.tableIndex].type.limits.min;
  return segment.expressions.empty() && offset && *offset <= count &&
         segment.functions.size() <= count - *offset &&
         std::all_of(segment.functions.begin(), segment.functions.end(),
                     [&](uint32_t function) { return function >= module.importedFunctions; });
}

} // namespace

std::vector<std::optional<ClosedTable>> findClosedTables(const wasm::Module &module,
                                                         const ModuleUses &uses) {
  std::vector<bool> closed(module.tables.size());
  for (size_t i = module.importedTables; i < module.tables.size(); ++i) {
    const wasm::Table &table = module.tables[i];
    closed[i] = !table.init && !uses.touchedTables[i] && table.type.limits.min <= maxClosedElements;
  }
  for (const wasm::Export &exported : module.exports)
    if (exported.kind == wasm::ExternKind::Table)
      closed[exported.index] = false;
  for (const wasm::ElementSegment &segment : module.elements)
    if (segment.mode == wasm::SegmentMode::Active && !isClosedSegment(module, segment))
      closed[segment.tableIndex] = false;
  std::vector<std::optional<ClosedTable>> tables(module.tables.size());
  for (size_t i = 0; i < tables.size(); ++i)
    if (closed[i])
      tables[i].emplace(module.tables[i].type.limits.min, artifact::noIndex);
  for (const wasm::ElementSegment &segment : module.elements)
    if (segment.mode == wasm::SegmentMode::Active && closed[segment.tableIndex])
      std::copy(segment.functions.begin(), segment.functions.end(),
                tables[segment.tableIndex]->begin() + ptrdiff_t(*constantOffset(segment.offset)));
  return tables;
}

} // namespace w2n::compiler
