// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/dylink/Linker.h"

#include <algorithm>

namespace w2n::dylink {

using wasm::ExternKind;

namespace {

constexpr std::string_view tableName = "__indirect_function_table";

std::string_view fileOf(std::string_view path) { return path.substr(path.rfind('/') + 1); }

const wasm::Import *importOf(const wasm::Module &module, ExternKind kind, uint32_t index) {
  const auto found = std::ranges::find_if(module.imports, [&](const wasm::Import &import) {
    return import.kind == kind && import.index == index;
  });
  return found == module.imports.end() ? nullptr : &*found;
}

/// Whether a module with a dylink.0 section is given its addresses: main modules have the section
/// also for what they import, and then a memory in which everything has its place.
bool isPlacedElsewhere(const wasm::Module &module) {
  constexpr std::string_view bases[] = {"__memory_base", "__table_base", "__stack_pointer"};
  return module.memories.size() == module.importedMemories ||
         std::ranges::any_of(module.imports, [&](const wasm::Import &import) {
           return import.kind == ExternKind::Global && import.module == environment &&
                  std::ranges::find(bases, import.name) != std::end(bases);
         });
}

/// The table of functions of a main module that has its own: by its name, else the only one.
std::optional<uint32_t> definedFunctionTable(const wasm::Module &module) {
  for (const wasm::Export &exported : module.exports)
    if (exported.kind == ExternKind::Table && exported.name == tableName)
      return exported.index;
  return module.tables.size() == 1 ? std::optional<uint32_t>(0) : std::nullopt;
}

} // namespace

std::unexpected<Error> Linker::failIn(const Part &part, ErrorKind kind, std::string text,
                                      uint64_t offset) const {
  culprit = part.name;
  return fail(kind, std::move(text), offset);
}

std::unexpected<Error> Linker::cannotLink(const Part &part, const std::string &what) const {
  return failIn(part, ErrorKind::Unsupported, what + " cannot be linked");
}

Status Linker::readPart(const LinkInput &input) {
  Part part;
  part.name = input.name;
  W2N_TRY(module, wasm::decodeModule(input.bytes, options.features));
  part.module = std::move(module);
  W2N_CHECK(wasm::validateModule(part.module));
  W2N_TRY(info, readDylinkSection(input.bytes));
  part.info = std::move(info);
  part.isPlaced = part.info && isPlacedElsewhere(part.module);
  parts.push_back(std::move(part));
  return {};
}

/// One memory of 32-bit addresses, and one table of functions, which all share.
Status Linker::checkShape(Part &part) const {
  const wasm::Module &module = part.module;
  if (module.memories.size() > 1)
    return cannotLink(part, "a module with several memories");
  for (const wasm::Memory &memory : module.memories)
    if (memory.type.limits.is64 || memory.type.limits.shared || !memory.type.hasGuardPages())
      return cannotLink(part, "a memory that is shared, or has 64-bit addresses or small pages,");
  const bool isMain = &part == &parts.front();
  if (!isMain && module.memories.size() != module.importedMemories)
    return cannotLink(part, "a side module with a memory of its own");
  for (uint32_t i = 0; i < module.importedMemories; ++i)
    if (const wasm::Import *import = importOf(module, ExternKind::Memory, i);
        import->module != environment || import->name != "memory")
      return cannotLink(part, "a memory other than env.memory");
  for (uint32_t i = 0; i < module.importedTables; ++i) {
    const wasm::Import *import = importOf(module, ExternKind::Table, i);
    if (import->module != environment || import->name != tableName || part.functionTable)
      return cannotLink(part, "a table other than env.__indirect_function_table");
    part.functionTable = i;
  }
  if (isMain && !part.functionTable)
    part.functionTable = definedFunctionTable(module);
  for (const wasm::Table &table : module.tables)
    if (table.init)
      return cannotLink(part, "a table with an initial value");
  if (part.functionTable &&
      module.tables[*part.functionTable].type.element != wasm::ValueType::funcref())
    return cannotLink(part, "a table of functions that has other elements");
  return {};
}

Status Linker::readParts() {
  constexpr size_t maxModules = 1000;
  culprit = inputs.front().name;
  if (inputs.size() > maxModules)
    return fail(ErrorKind::Limit,
                std::to_string(inputs.size()) + " modules, most is " + std::to_string(maxModules));
  for (const LinkInput &input : inputs) {
    culprit = input.name;
    W2N_CHECK(readPart(input));
    Part &part = parts.back();
    if (!part.info && parts.size() > 1)
      return failIn(part, ErrorKind::Invalid,
                    "no dylink.0 section: not a side module, as wasm-ld -shared or emcc "
                    "-sSIDE_MODULE make it");
    W2N_CHECK(checkShape(part));
  }
  culprit = inputs.front().name;
  return {};
}

Status Linker::visit(uint32_t index, std::vector<bool> &isVisited) {
  if (isVisited[index])
    return {};
  isVisited[index] = true;
  const Part &part = parts[index];
  const auto needed = part.info ? part.info->needed : std::vector<std::string_view>();
  for (const std::string_view file : needed) {
    const auto found = files.find(fileOf(file));
    if (found == files.end())
      return failIn(part, ErrorKind::Link,
                    "needs '" + std::string(file) + "', which is not among the modules");
    W2N_CHECK(visit(found->second, isVisited));
  }
  order.push_back(index);
  return {};
}

Status Linker::orderParts() {
  for (uint32_t i = 0; i < parts.size(); ++i)
    files.try_emplace(fileOf(parts[i].name), i);
  std::vector<bool> isVisited(parts.size());
  // The main module comes last, unless the others need it.
  for (uint32_t i = 1; i < parts.size(); ++i)
    W2N_CHECK(visit(i, isVisited));
  return visit(0, isVisited);
}

} // namespace w2n::dylink
