// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/component/CoreTypes.h"

#include "lib/component/Messages.h"

#include <algorithm>

namespace w2n::component {

namespace {

constexpr std::string_view kindNames[] = {"func", "table", "memory", "global", "tag"};

std::string textOf(const wasm::FunctionType &type) {
  std::string text = "(func";
  const auto append = [&](const char *word, const std::vector<wasm::ValueType> &list) {
    if (list.empty())
      return;
    text += std::string(" (") + word;
    for (const wasm::ValueType value : list)
      text += " " + toString(value);
    text += ")";
  };
  append("param", type.params);
  append("result", type.results);
  return text + ")";
}

bool refersToTypes(const wasm::FunctionType &type) {
  const auto isDefined = [](wasm::ValueType value) { return value.isDefined(); };
  return std::ranges::any_of(type.params, isDefined) ||
         std::ranges::any_of(type.results, isDefined);
}

Status matchFunctions(const wasm::FunctionType &found, const wasm::FunctionType &expected,
                      uint64_t offset) {
  // Indices of types mean something in their module alone.
  if (refersToTypes(found) || refersToTypes(expected))
    return fail(ErrorKind::Unsupported,
                "functions with references to types of their module are not supported between "
                "modules of a component",
                offset);
  if (found == expected)
    return {};
  return invalid("expected: " + textOf(expected) + ", found: " + textOf(found), offset);
}

bool withinLimits(const wasm::Limits &found, const wasm::Limits &expected) {
  return found.is64 == expected.is64 && found.min >= expected.min &&
         (!expected.max || (found.max && *found.max <= *expected.max));
}

Status matchTables(const wasm::TableType &found, const wasm::TableType &expected, uint64_t offset) {
  if (found.element != expected.element)
    return invalid("expected table element type " + toString(expected.element) + ", found " +
                       toString(found.element),
                   offset);
  if (!withinLimits(found.limits, expected.limits))
    return invalid("mismatch in table limits", offset);
  return {};
}

Status matchMemories(const wasm::MemoryType &found, const wasm::MemoryType &expected,
                     uint64_t offset) {
  if (found.limits.shared != expected.limits.shared)
    return invalid("mismatch in the shared flag for memories", offset);
  if (found.pageSizeLog2 != expected.pageSizeLog2)
    return invalid("mismatch in memory page sizes", offset);
  if (!withinLimits(found.limits, expected.limits))
    return invalid("mismatch in memory limits", offset);
  return {};
}

Status matchGlobals(const wasm::GlobalType &found, const wasm::GlobalType &expected,
                    uint64_t offset) {
  if (found.isMutable != expected.isMutable)
    return invalid("global types differ in mutability", offset);
  if (found.type != expected.type)
    return invalid("expected global type " + toString(expected.type) + ", found " +
                       toString(found.type),
                   offset);
  return {};
}

/// The type of the entity of a module with an index.
CoreExtern externOf(Types &types, const wasm::Module &module, wasm::ExternKind kind,
                    uint32_t index) {
  CoreExtern type;
  type.kind = kind;
  switch (kind) {
  case wasm::ExternKind::Function:
    type.function = types.add(module.functionType(index));
    break;
  case wasm::ExternKind::Table:
    type.table = module.tables[index].type;
    break;
  case wasm::ExternKind::Memory:
    type.memory = module.memories[index].type;
    break;
  case wasm::ExternKind::Global:
    type.global = module.globals[index].type;
    break;
  case wasm::ExternKind::Tag:
    type.function = types.add(module.tagType(index));
    break;
  }
  return type;
}

} // namespace

Status CoreImportNames::add(std::string_view module, std::string_view name, uint64_t offset) {
  // The first length keeps apart names that have colons.
  const std::string text = std::string(module) + ":" + std::string(name);
  if (names.emplace(std::to_string(module.size()) + " " + text, true).second)
    return {};
  return invalid("duplicate import name `" + text + "`", offset);
}

Result<CoreModuleType> typeOfModule(Types &types, const wasm::Module &module, uint64_t offset) {
  CoreModuleType type;
  CoreImportNames names;
  for (const wasm::Import &import : module.imports) {
    W2N_CHECK(names.add(import.module, import.name, offset));
    type.imports.push_back(
        {import.module, import.name, externOf(types, module, import.kind, import.index)});
  }
  for (const wasm::Export &exported : module.exports)
    type.exports.add(exported.name, externOf(types, module, exported.kind, exported.index));
  return type;
}

Status matchCore(const Types &types, const CoreExtern &found, const CoreExtern &expected,
                 uint64_t offset) {
  if (found.kind != expected.kind)
    return invalid("expected " + std::string(kindNames[size_t(expected.kind)]) + ", found " +
                       std::string(kindNames[size_t(found.kind)]),
                   offset);
  switch (found.kind) {
  case wasm::ExternKind::Function:
  case wasm::ExternKind::Tag:
    return matchFunctions(types[found.function], types[expected.function], offset);
  case wasm::ExternKind::Table:
    return matchTables(found.table, expected.table, offset);
  case wasm::ExternKind::Memory:
    return matchMemories(found.memory, expected.memory, offset);
  case wasm::ExternKind::Global:
    return matchGlobals(found.global, expected.global, offset);
  }
  return {};
}

namespace {} // namespace

Status matchCoreModule(const Types &types, CoreModuleId foundId, CoreModuleId expectedId,
                       uint64_t offset) {
  if (foundId == expectedId)
    return {};
  const CoreModuleType &found = types[foundId], &expected = types[expectedId];
  std::unordered_map<std::string, const CoreExtern *> offered;
  const auto keyOf = [](const CoreModuleType::Import &import) {
    return std::to_string(import.module.size()) + " " + std::string(import.module) +
           "::" + std::string(import.name);
  };
  for (const CoreModuleType::Import &import : expected.imports)
    offered.emplace(keyOf(import), &import.type);
  for (const CoreModuleType::Import &import : found.imports) {
    const std::string name = std::string(import.module) + "::" + std::string(import.name);
    const auto offer = offered.find(keyOf(import));
    if (offer == offered.end())
      return invalid("missing expected import `" + name + "`", offset);
    W2N_CHECK(inContext(matchCore(types, *offer->second, import.type, offset),
                        "type mismatch in import `" + name + "`"));
  }
  for (const auto &[name, type, implements] : expected.exports) {
    const CoreExtern *exported = found.exports.find(name);
    if (!exported)
      return invalid("missing expected export `" + std::string(name) + "`", offset);
    W2N_CHECK(inContext(matchCore(types, *exported, type, offset),
                        "type mismatch in export `" + std::string(name) + "`"));
  }
  return {};
}

} // namespace w2n::component
