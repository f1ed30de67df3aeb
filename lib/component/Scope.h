// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The scope in which the definitions of a component, or the declarations of a component or instance
// type, are validated: its index spaces, which grow with each definition.
#pragma once

#include "lib/component/Names.h"
#include "lib/component/Types.h"

#include <unordered_set>

namespace w2n::component {

/// An entry of the core type index space.
struct CoreTypeEntry {
  bool isModule = false;
  CoreModuleId module = {};
  wasm::TypeDefinition type;
};

/// The names that resources are imported or exported with, which names like "[method]a.b" refer to.
struct ResourceNames {
  std::unordered_map<uint32_t, std::string_view> nameOfType;
  std::unordered_set<std::string_view> names;
};

struct Scope {
  enum class Kind : uint8_t { Component, ComponentType, InstanceType } kind = Kind::Component;

  std::vector<CoreFuncId> coreFuncs, coreTags;
  std::vector<wasm::TableType> coreTables;
  std::vector<wasm::MemoryType> coreMemories;
  std::vector<wasm::GlobalType> coreGlobals;
  std::vector<CoreTypeEntry> coreTypes;
  std::vector<CoreModuleId> coreModules;
  std::vector<CoreInstanceId> coreInstances;
  std::vector<TypeId> funcs, types, components, instances;

  Entities imports, exports;
  UniqueNames importNames, exportNames;
  ResourceNames importedNames, exportedNames;
  /// Types that may be used in what is imported, or exported, by name.
  std::unordered_set<uint32_t> importedTypes, exportedTypes;
  std::vector<ResourceNumber> importedResources, definedResources;
  /// Resources that have a definition here, so that their representation is known.
  std::unordered_set<ResourceNumber> localResources;

  size_t countOf(Sort sort) const;
};

} // namespace w2n::component
