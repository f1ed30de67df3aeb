// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The validator of a component; its checks are in a file for each family of definitions.
#pragma once

#include "lib/component/Scope.h"

namespace w2n::component {

class Validator {
public:
  explicit Validator(Types &types) : types(types) {}
  Result<TypeId> run(Component &component);

private:
  // ValidateComponent.cpp
  Status validate(std::vector<Definition> &definitions);
  Status validate(Definition &definition, CoreModuleDefinition &);
  Status validate(Definition &definition, ComponentDefinition &);
  Status validate(Definition &definition, StartDefinition &);
  Status validate(Definition &definition, ValueDefinition &);
  Result<TypeId> finish(uint64_t offset);

  // ValidateTypes.cpp
  Status validate(Definition &definition, CoreTypeDefinition &);
  Status validate(Definition &definition, TypeSyntax &);
  Result<TypeId> define(TypeSyntax &, uint64_t offset);
  Result<TypeId> defineResource(const TypeSyntax &, uint64_t offset);
  Status defineFields(const TypeSyntax &, TypeBody &, uint64_t offset);
  Status checkForm(const TypeSyntax &, const TypeBody &, uint64_t offset);
  Result<CoreModuleId> defineModuleType(const CoreTypeDefinition &, uint64_t offset);
  Result<CoreExtern> resolve(const CoreExternDesc &, std::span<const CoreTypeEntry>,
                             uint64_t offset);
  Result<ValueType> resolve(const ValueTypeRef &);
  Result<std::optional<ValueType>> resolve(const std::optional<ValueTypeRef> &);

  // ValidateInstances.cpp
  Status validate(Definition &definition, CoreInstanceDefinition &);
  Status validate(Definition &definition, InstanceDefinition &);
  Status validate(Definition &definition, AliasDefinition &);
  Status instantiateModule(const CoreInstanceDefinition &, uint64_t offset);
  Status exportCore(const CoreInstanceDefinition &);
  Status instantiate(Definition &definition, const InstanceDefinition &);
  Status exportInline(const InstanceDefinition &, uint64_t offset);
  Status aliasExport(const AliasDefinition &, uint64_t offset);
  Status aliasCoreExport(const AliasDefinition &, uint64_t offset);
  Status aliasOuter(const AliasDefinition &, uint64_t offset);
  Status checkClosed(TypeId type, uint64_t offset);
  Result<Entity> entityAt(const SortIndex &item);
  CoreExtern coreExternAt(const SortIndex &item);
  Status push(const Entity &entity, uint64_t offset);
  void pushCore(const CoreExtern &type);

  // ValidateExterns.cpp
  Status validate(Definition &definition, ImportDefinition &);
  Status validate(Definition &definition, ExportDefinition &);
  Result<Entity> resolve(const ExternDesc &, bool isImport);
  Result<Entity> exported(Definition &definition, const ExportDefinition &);
  Status ascribe(Definition &definition, Entity &entity, const ExternDesc &desc);
  Status add(const ExternName &name, const Entity &entity, bool isImport);
  Result<TypeId> freshen(TypeId instance, bool isImport, uint64_t offset);
  Result<ParsedName> checkName(const ExternName &name, const Entity &entity, const char *what,
                               const ResourceNames &resources);
  Status checkAnnotated(std::string_view name, const ParsedName &parsed, const Entity &entity,
                        const ResourceNames &resources, uint64_t offset);
  Status checkResourceName(TypeId resource, std::string_view label, const ResourceNames &resources,
                           uint64_t offset);
  Result<bool> registerNamed(const Entity &entity, bool isImport, uint64_t offset);
  using Visited = std::unordered_set<uint32_t>;
  Result<bool> areNamed(const TypeBody &body, const Visited &names, Visited &visited,
                        uint64_t offset);
  Result<bool> isNamed(const std::optional<ValueType> &type, const Visited &names, Visited &visited,
                       uint64_t offset);

  // ValidateCanon.cpp
  Status validate(Definition &definition, CanonDefinition &);
  Status validateLift(Definition &definition, const CanonDefinition &);
  Status validateLower(Definition &definition, const CanonDefinition &);
  Result<wasm::FunctionType> builtinType(Definition &definition, const CanonDefinition &);
  Status checkBuiltin(const CanonDefinition &, uint64_t offset);

  Status checkIndex(Sort sort, uint32_t index, uint64_t offset) const;
  std::unexpected<Error> invalid(std::string text, uint64_t offset) const {
    return fail(ErrorKind::Invalid, std::move(text), offset);
  }
  Scope &scope() { return scopes.back(); }
  const Scope &scope() const { return scopes.back(); }

  Types &types;
  std::vector<Scope> scopes;
};

} // namespace w2n::component
