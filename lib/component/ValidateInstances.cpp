// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Instances and aliases (Explainer.md, "Instance Definitions", "Alias Definitions").

#include "lib/component/CoreTypes.h"
#include "lib/component/Match.h"
#include "lib/component/Messages.h"
#include "lib/component/Validator.h"

namespace w2n::component {

CoreExtern Validator::coreExternAt(const SortIndex &item) {
  CoreExtern type;
#define COMPONENT_EXTERN_SPACE(name, space, externKind, member)                                    \
  if (item.sort == Sort::name) {                                                                   \
    type.kind = wasm::ExternKind::externKind;                                                      \
    type.member = scope().space[item.index];                                                       \
  }
#include "lib/component/IndexSpaces.def"
  return type;
}

void Validator::pushCore(const CoreExtern &type) {
#define COMPONENT_EXTERN_SPACE(name, space, externKind, member)                                    \
  if (type.kind == wasm::ExternKind::externKind)                                                   \
    scope().space.push_back(type.member);
#include "lib/component/IndexSpaces.def"
}

Status Validator::instantiateModule(const CoreInstanceDefinition &instance, uint64_t offset) {
  W2N_CHECK(checkIndex(Sort::CoreModule, *instance.module, offset));
  std::unordered_map<std::string_view, CoreInstanceId> arguments;
  for (const auto &[name, index] : instance.arguments) {
    W2N_CHECK(checkIndex(Sort::CoreInstance, index, offset));
    if (!arguments.emplace(name, scope().coreInstances[index]).second)
      return invalid("duplicate module instantiation argument named " + quoted(name), offset);
  }
  const CoreModuleType &module = types[scope().coreModules[*instance.module]];
  W2N_CHECK(types.work(module.imports.size() + module.exports.size(), offset));
  for (const CoreModuleType::Import &import : module.imports) {
    const auto argument = arguments.find(import.module);
    if (argument == arguments.end())
      return invalid("missing module instantiation argument named " + quoted(import.module),
                     offset);
    const CoreExtern *item = types[argument->second].exports.find(import.name);
    if (!item)
      return invalid("module instantiation argument " + quoted(import.module) +
                         " does not export an item named " + quoted(import.name),
                     offset);
    Status status = matchCore(types, *item, import.type, offset);
    if (!status && status.error().kind == ErrorKind::Invalid)
      status.error().text = "type mismatch for export " + quoted(import.name) +
                            " of module instantiation argument " + quoted(import.module) + ": " +
                            status.error().text;
    W2N_CHECK(status);
  }
  scope().coreInstances.push_back(types.add(CoreInstanceType{module.exports}));
  return {};
}

Status Validator::exportCore(const CoreInstanceDefinition &instance) {
  CoreInstanceType type;
  for (const auto &[name, item] : instance.exports) {
    W2N_CHECK(checkIndex(item.sort, item.index, item.offset));
    if (!type.exports.add(name, coreExternAt(item)))
      return invalid("export name " + quoted(name) + " already defined", item.offset);
  }
  scope().coreInstances.push_back(types.add(std::move(type)));
  return {};
}

Status Validator::validate(Definition &definition, CoreInstanceDefinition &instance) {
  return instance.module ? instantiateModule(instance, definition.offset) : exportCore(instance);
}

Result<Entity> Validator::entityAt(const SortIndex &item) {
  if (item.sort == Sort::Value)
    return fail(ErrorKind::Unsupported, "component values are not supported", item.offset);
  W2N_CHECK(checkIndex(item.sort, item.index, item.offset));
  Entity entity;
  entity.sort = item.sort;
#define COMPONENT_ENTITY_SPACE(name, space, member)                                                \
  if (item.sort == Sort::name)                                                                     \
    entity.member = scope().space[item.index];
#include "lib/component/IndexSpaces.def"
  return entity;
}

Status Validator::push(const Entity &entity, uint64_t offset) {
#define COMPONENT_ENTITY_SPACE(name, space, member)                                                \
  if (entity.sort == Sort::name) {                                                                 \
    scope().space.push_back(entity.member);                                                        \
    return {};                                                                                     \
  }
#include "lib/component/IndexSpaces.def"
  return fail(ErrorKind::Unsupported, "component values are not supported", offset);
}

Status Validator::instantiate(Definition &definition, const InstanceDefinition &instance) {
  const uint64_t offset = definition.offset;
  W2N_CHECK(checkIndex(Sort::Component, *instance.component, offset));
  std::unordered_map<std::string_view, Entity> arguments;
  for (const auto &[name, item, argumentOffset] : instance.arguments) {
    W2N_TRY(entity, entityAt(item));
    if (!arguments.emplace(name, entity).second)
      return invalid("instantiation argument " + quoted(name) +
                         " conflicts with previous argument " + quoted(name),
                     argumentOffset);
  }
  const TypeBody &component = types[scope().components[*instance.component]];
  W2N_CHECK(types.work(1 + component.imports.size() + component.exports.size(), offset));
  const std::unordered_set<ResourceNumber> imported(component.importedResources.begin(),
                                                    component.importedResources.end());
  Matcher matcher(types, offset);
  Substitution substitution;
  for (const auto &[name, wanted, implements] : component.imports) {
    const auto argument = arguments.find(name);
    if (argument == arguments.end())
      return invalid("missing import named " + quoted(name), offset);
    W2N_CHECK(matcher.bindResources(argument->second, wanted, imported, &substitution));
    Status status = matcher.match(argument->second, wanted);
    if (!status && status.error().kind == ErrorKind::Invalid)
      status.error().text = "type mismatch for import " + quoted(name) + ": " + status.error().text;
    W2N_CHECK(status);
  }
  for (const ResourceNumber number : component.definedResources) {
    const ResourceNumber fresh = types.newResource();
    substitution.resources.emplace(number, fresh);
    scope().definedResources.push_back(fresh);
    definition.resources.emplace_back(number, fresh);
  }
  TypeBody body;
  body.form = TypeForm::InstanceType;
  for (const auto &[name, entity, implements] : component.exports) {
    W2N_TRY(exported, substitute(types, entity, substitution, offset));
    body.exports.add(name, exported, implements);
  }
  W2N_TRY(type, types.add(std::move(body), offset));
  scope().instances.push_back(type);
  return {};
}

Status Validator::exportInline(const InstanceDefinition &instance, uint64_t offset) {
  TypeBody body;
  body.form = TypeForm::InstanceType;
  UniqueNames names;
  for (const auto &[name, item] : instance.exports) {
    W2N_TRY(entity, entityAt(item));
    // A bag of exports gives no names to resources.
    W2N_TRY(parsed, checkName(name, entity, "export", {}));
    W2N_CHECK(names.add(name.name, parsed, "export", name.offset));
    body.exports.add(name.name, entity, name.implements);
  }
  W2N_TRY(type, types.add(std::move(body), offset));
  scope().instances.push_back(type);
  return {};
}

Status Validator::validate(Definition &definition, InstanceDefinition &instance) {
  return instance.component ? instantiate(definition, instance)
                            : exportInline(instance, definition.offset);
}

Status Validator::aliasExport(const AliasDefinition &alias, uint64_t offset) {
  W2N_CHECK(checkIndex(Sort::Instance, alias.instance, offset));
  const Entity *entity = types[scope().instances[alias.instance]].exports.find(alias.name);
  if (!entity)
    return invalid("instance " + std::to_string(alias.instance) + " has no export named " +
                       quoted(alias.name),
                   offset);
  if (entity->sort != alias.sort)
    return invalid("export " + quoted(alias.name) + " for instance " +
                       std::to_string(alias.instance) + " is not a " +
                       std::string(nameOf(alias.sort)),
                   offset);
  return push(*entity, offset);
}

Status Validator::aliasCoreExport(const AliasDefinition &alias, uint64_t offset) {
  W2N_CHECK(checkIndex(Sort::CoreInstance, alias.instance, offset));
  const CoreExtern *type = types[scope().coreInstances[alias.instance]].exports.find(alias.name);
  if (!type)
    return invalid("core instance " + std::to_string(alias.instance) + " has no export named " +
                       quoted(alias.name),
                   offset);
  if (size_t(type->kind) != size_t(alias.sort) - size_t(Sort::CoreFunc))
    return invalid("export " + quoted(alias.name) + " for core instance " +
                       std::to_string(alias.instance) + " is not a " + indexNameOf(alias.sort),
                   offset);
  pushCore(CoreExtern(*type));
  return {};
}

Status Validator::checkClosed(TypeId type, uint64_t offset) {
  // Bound numbers occur below what binds them alone, so what is mentioned and not bound is free.
  std::unordered_set<ResourceNumber> mentioned, bound;
  std::unordered_set<uint32_t> visited;
  std::vector<TypeId> rest = {type};
  const auto visit = [&](const std::optional<ValueType> &part) {
    if (part && !part->primitive)
      rest.push_back(part->type);
  };
  while (!rest.empty()) {
    const TypeId id = rest.back();
    rest.pop_back();
    if (!visited.insert(uint32_t(id)).second || !types[id].hasResources)
      continue;
    const TypeBody &body = types[id];
    W2N_CHECK(
        types.work(1 + body.fields.size() + body.imports.size() + body.exports.size(), offset));
    if (body.form == TypeForm::Resource)
      mentioned.insert(body.number);
    if (body.form == TypeForm::Own || body.form == TypeForm::Borrow)
      rest.push_back(body.resource);
    bound.insert(body.importedResources.begin(), body.importedResources.end());
    bound.insert(body.definedResources.begin(), body.definedResources.end());
    for (const Field &field : body.fields)
      visit(field.type);
    visit(body.element);
    visit(body.error);
    visit(body.key);
    for (const Entities *entities : {&body.imports, &body.exports})
      for (const auto &[name, entity, implements] : *entities)
        if (entity.sort == Sort::Value)
          visit(entity.value);
        else if (entity.sort != Sort::CoreModule)
          rest.push_back(entity.type);
  }
  for (const ResourceNumber number : mentioned)
    if (!bound.contains(number))
      return invalid("cannot alias an outer type which transitively refers to resources not "
                     "defined in the current component",
                     offset);
  return {};
}

Status Validator::aliasOuter(const AliasDefinition &alias, uint64_t offset) {
  if (alias.outerCount >= scopes.size())
    return invalid("invalid outer alias count of " + std::to_string(alias.outerCount), offset);
  const size_t outerIndex = scopes.size() - 1 - alias.outerCount;
  const Scope &outer = scopes[outerIndex];
  if (alias.outerIndex >= outer.countOf(alias.sort)) {
    const std::string name = indexNameOf(alias.sort);
    return invalid("unknown " + name + " " + std::to_string(alias.outerIndex) + ": " + name +
                       " index out of bounds",
                   offset);
  }
  bool leavesComponent = false;
  for (size_t i = outerIndex + 1; i < scopes.size(); ++i)
    leavesComponent |= scopes[i].kind == Scope::Kind::Component;
  if (alias.sort == Sort::CoreModule) {
    scope().coreModules.push_back(outer.coreModules[alias.outerIndex]);
  } else if (alias.sort == Sort::CoreType) {
    scope().coreTypes.push_back(CoreTypeEntry(outer.coreTypes[alias.outerIndex]));
  } else {
    const bool isType = alias.sort == Sort::Type;
    const TypeId type = (isType ? outer.types : outer.components)[alias.outerIndex];
    if (leavesComponent)
      W2N_CHECK(checkClosed(type, offset));
    (isType ? scope().types : scope().components).push_back(type);
  }
  return {};
}

Status Validator::validate(Definition &definition, AliasDefinition &alias) {
  using Target = AliasDefinition::Target;
  const uint64_t offset = definition.offset;
  if (scope().kind != Scope::Kind::Component) {
    const bool isAllowed = alias.target == Target::Outer
                               ? alias.sort == Sort::Type || alias.sort == Sort::CoreType
                               : alias.target == Target::Export &&
                                     (alias.sort == Sort::Type || alias.sort == Sort::Instance);
    if (!isAllowed)
      return invalid("aliases in component and instance types may only refer to types or instances",
                     offset);
  }
  switch (alias.target) {
  case Target::Export:
    return aliasExport(alias, offset);
  case Target::CoreExport:
    return aliasCoreExport(alias, offset);
  case Target::Outer:
    return aliasOuter(alias, offset);
  }
  return {};
}

} // namespace w2n::component
