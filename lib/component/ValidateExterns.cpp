// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Imports and exports, their names, and which types they may use (Explainer.md, "Import and Export
// Definitions", "External visibility of types").

#include "lib/component/Match.h"
#include "lib/component/Messages.h"
#include "lib/component/Validator.h"

#include <algorithm>

namespace w2n::component {

namespace {

std::string sortText(const Entity &entity) {
  return std::string(entity.sort == Sort::CoreModule ? "module" : nameOf(entity.sort));
}

} // namespace

// -- Names.

Status Validator::checkResourceName(TypeId resource, std::string_view label,
                                    const ResourceNames &resources, uint64_t offset) {
  const auto found = resources.nameOfType.find(uint32_t(resource));
  if (found == resources.nameOfType.end())
    return invalid("resource used in function does not have a name in this context", offset);
  if (found->second != label)
    return invalid("function does not match expected resource name " + quoted(found->second),
                   offset);
  return {};
}

Status Validator::checkAnnotated(std::string_view name, const ParsedName &parsed,
                                 const Entity &entity, const ResourceNames &resources,
                                 uint64_t offset) {
  using Kind = ParsedName::Kind;
  if (entity.sort != Sort::Func)
    return invalid("item " + quoted(name) + " is not a func", offset);
  const TypeBody &func = types[entity.type];
  const auto handleOf = [&](const std::optional<ValueType> &type,
                            TypeForm form) -> const TypeBody * {
    if (!type || type->primitive || types[type->type].form != form)
      return nullptr;
    return &types[type->type];
  };
  if (parsed.kind == Kind::Static) {
    if (!resources.names.contains(parsed.resource))
      return invalid("static resource name is not known in this context", offset);
    return {};
  }
  if (parsed.kind == Kind::Method) {
    if (func.fields.empty())
      return invalid("function should have at least one argument", offset);
    if (func.fields[0].label != "self")
      return invalid("function should have a first argument called `self`", offset);
    const TypeBody *self = handleOf(func.fields[0].type, TypeForm::Borrow);
    if (!self)
      return invalid("function should take a first argument of `(borrow $T)`", offset);
    return checkResourceName(self->resource, parsed.resource, resources, offset);
  }
  if (!func.element)
    return invalid("function should return one value", offset);
  const TypeBody *own = handleOf(func.element, TypeForm::Own);
  if (const TypeBody *result = handleOf(func.element, TypeForm::Result))
    own = handleOf(result->element, TypeForm::Own);
  if (!own)
    return invalid("function should return `(own $T)` or `(result (own $T))`", offset);
  return checkResourceName(own->resource, parsed.resource, resources, offset);
}

Result<ParsedName> Validator::checkName(const ExternName &name, const Entity &entity,
                                        const char *what, const ResourceNames &resources) {
  W2N_TRY(parsed, parseExternName(name.name, what, name.offset));
  if (parsed.kind == ParsedName::Kind::Constructor || parsed.kind == ParsedName::Kind::Method ||
      parsed.kind == ParsedName::Kind::Static)
    W2N_CHECK(checkAnnotated(name.name, parsed, entity, resources, name.offset));
  if (!name.implements)
    return parsed;
  if (parsed.kind == ParsedName::Kind::Interface)
    return invalid("name " + quoted(name.name) + " is not valid with `implements`", name.offset);
  if (entity.sort != Sort::Instance)
    return invalid("only instances can have an `implements`", name.offset);
  if (name.implements->empty())
    return invalid("`implements` name `` is not a valid name", name.offset);
  W2N_TRY(interface, parseExternName(*name.implements, "implements", name.offset));
  if (interface.kind != ParsedName::Kind::Interface)
    return invalid("`implements` name " + quoted(*name.implements) + " must be an interface",
                   name.offset);
  return parsed;
}

// -- Types that are used have names.

Result<bool> Validator::isNamed(const std::optional<ValueType> &type, const Visited &names,
                                Visited &visited, uint64_t offset) {
  if (!type || type->primitive)
    return true;
  const TypeBody &body = types[type->type];
  const bool needsName = body.form == TypeForm::Record || body.form == TypeForm::Variant ||
                         body.form == TypeForm::Flags || body.form == TypeForm::Enum;
  if (needsName || names.contains(uint32_t(type->type)))
    return names.contains(uint32_t(type->type));
  if (!visited.insert(uint32_t(type->type)).second)
    return true;
  return areNamed(body, names, visited, offset);
}

Result<bool> Validator::areNamed(const TypeBody &body, const Visited &names, Visited &visited,
                                 uint64_t offset) {
  W2N_CHECK(types.work(1 + body.fields.size() + body.exports.size(), offset));
  if (body.form == TypeForm::Own || body.form == TypeForm::Borrow)
    return names.contains(uint32_t(body.resource));
  if (body.form == TypeForm::ComponentType)
    return true;
  for (const Field &field : body.fields) {
    W2N_TRY(named, isNamed(field.type, names, visited, offset));
    if (!named)
      return false;
  }
  for (const auto *part : {&body.element, &body.error, &body.key}) {
    W2N_TRY(named, isNamed(*part, names, visited, offset));
    if (!named)
      return false;
  }
  for (const auto &[name, entity, implements] : body.exports) {
    if (entity.sort == Sort::CoreModule)
      continue;
    W2N_TRY(named, entity.sort == Sort::Value
                       ? isNamed(entity.value, names, visited, offset)
                       : areNamed(types[entity.type], names, visited, offset));
    if (!named)
      return false;
  }
  return true;
}

Result<bool> Validator::registerNamed(const Entity &entity, bool isImport, uint64_t offset) {
  if (scope().kind == Scope::Kind::InstanceType)
    return true;
  Visited visited;
  const Visited &names = isImport ? scope().importedTypes : scope().exportedTypes;
  switch (entity.sort) {
  case Sort::Type: {
    W2N_TRY(named, areNamed(types[entity.type], names, visited, offset));
    if (!named)
      return false;
    // Imported types may be exported, too.
    if (isImport)
      scope().importedTypes.insert(uint32_t(entity.type));
    scope().exportedTypes.insert(uint32_t(entity.type));
    return true;
  }
  case Sort::Func:
    return areNamed(types[entity.type], names, visited, offset);
  case Sort::Value:
    return isNamed(entity.value, names, visited, offset);
  case Sort::Instance:
    for (const auto &[name, item, implements] : types[entity.type].exports) {
      W2N_TRY(named, registerNamed(item, isImport, offset));
      if (!named)
        return false;
    }
    return true;
  default:
    return true;
  }
}

// -- Imports and exports.

Result<TypeId> Validator::freshen(TypeId instance, bool isImport, uint64_t offset) {
  const TypeBody &body = types[instance];
  if (body.definedResources.empty())
    return instance;
  Substitution substitution;
  for (const ResourceNumber number : body.definedResources) {
    const ResourceNumber fresh = types.newResource();
    substitution.resources.emplace(number, fresh);
    (isImport ? scope().importedResources : scope().definedResources).push_back(fresh);
  }
  TypeBody copy;
  copy.form = TypeForm::InstanceType;
  for (const auto &[name, entity, implements] : body.exports) {
    W2N_TRY(item, substitute(types, entity, substitution, offset));
    copy.exports.add(name, item, implements);
  }
  return types.add(std::move(copy), offset);
}

Result<Entity> Validator::resolve(const ExternDesc &desc, bool isImport) {
  Entity entity;
  entity.sort = desc.sort;
  if (desc.sort == Sort::Value)
    return fail(ErrorKind::Unsupported, "component values are not supported", desc.offset);
  if (desc.sort == Sort::Type && desc.bound == TypeBound::SubResource) {
    const ResourceNumber number = types.newResource();
    (isImport ? scope().importedResources : scope().definedResources).push_back(number);
    W2N_TRY(type, types.addResource(number, desc.offset));
    entity.type = type;
    return entity;
  }
  if (desc.sort == Sort::CoreModule) {
    W2N_CHECK(checkIndex(Sort::CoreType, desc.index, desc.offset));
    const CoreTypeEntry &entry = scope().coreTypes[desc.index];
    if (!entry.isModule)
      return invalid("core type index " + std::to_string(desc.index) + " is not a module type",
                     desc.offset);
    entity.module = entry.module;
    return entity;
  }
  W2N_CHECK(checkIndex(Sort::Type, desc.index, desc.offset));
  const TypeId type = scope().types[desc.index];
  const TypeBody &body = types[type];
  const auto mustBe = [&](bool is, const char *what) -> Status {
    if (is)
      return {};
    return invalid("type index " + std::to_string(desc.index) + " is not " + what, desc.offset);
  };
  entity.type = type;
  if (desc.sort == Sort::Func)
    W2N_CHECK(mustBe(body.isFunc(), "a function type"));
  if (desc.sort == Sort::Component)
    W2N_CHECK(mustBe(body.form == TypeForm::ComponentType, "a component type"));
  if (desc.sort == Sort::Instance) {
    W2N_CHECK(mustBe(body.form == TypeForm::InstanceType, "an instance type"));
    W2N_TRY(fresh, freshen(type, isImport, desc.offset));
    entity.type = fresh;
  }
  if (desc.sort == Sort::Type) {
    W2N_TRY(named, types.rename(type, desc.offset));
    entity.type = named;
  }
  return entity;
}

Status Validator::add(const ExternName &name, const Entity &entity, bool isImport) {
  const char *what = isImport ? "import" : "export";
  ResourceNames &resources = isImport ? scope().importedNames : scope().exportedNames;
  W2N_TRY(named, registerNamed(entity, isImport, name.offset));
  if (!named)
    return invalid(sortText(entity) + " not valid to be used as " + what, name.offset);
  W2N_TRY(parsed, checkName(name, entity, what, resources));
  W2N_CHECK((isImport ? scope().importNames : scope().exportNames)
                .add(name.name, parsed, what, name.offset));
  if (entity.sort == Sort::Type && types[entity.type].form == TypeForm::Resource) {
    resources.nameOfType.emplace(uint32_t(entity.type), name.name);
    resources.names.insert(name.name);
  }
  (isImport ? scope().imports : scope().exports).add(name.name, entity, name.implements);
  return push(entity, name.offset);
}

Status Validator::validate(Definition &definition, ImportDefinition &import) {
  W2N_TRY(entity, resolve(import.desc, /*isImport=*/true));
  definition.resolved = uint32_t(entity.type);
  return add(import.name, entity, /*isImport=*/true);
}

Status Validator::ascribe(Definition &definition, Entity &entity, const ExternDesc &desc) {
  const size_t definedBefore = scope().definedResources.size();
  W2N_TRY(wanted, resolve(desc, /*isImport=*/false));
  // The resources of the ascribed type are new ones for what follows, which is told less about them
  // than is known here.
  const auto &defined = scope().definedResources;
  const std::unordered_set<ResourceNumber> bound(defined.begin() + ptrdiff_t(definedBefore),
                                                 defined.end());
  Matcher matcher(types, definition.offset);
  Substitution actual;
  W2N_CHECK(matcher.bindResources(entity, wanted, bound, &actual));
  for (const auto &[number, stands] : actual.resources)
    definition.resources.emplace_back(stands, number);
  Status status = matcher.match(entity, wanted);
  if (!status && status.error().kind == ErrorKind::Invalid)
    status.error().text =
        "ascribed type of export is not compatible with item's type: " + status.error().text;
  W2N_CHECK(status);
  entity = wanted;
  return {};
}

Result<Entity> Validator::exported(Definition &definition, const ExportDefinition &syntax) {
  if (scope().kind != Scope::Kind::Component)
    return resolve(*syntax.desc, /*isImport=*/false);
  W2N_TRY(entity, entityAt(syntax.item));
  if (syntax.desc)
    W2N_CHECK(ascribe(definition, entity, *syntax.desc));
  if (entity.sort == Sort::Type) {
    W2N_TRY(named, types.rename(entity.type, definition.offset));
    entity.type = named;
  }
  return entity;
}

Status Validator::validate(Definition &definition, ExportDefinition &syntax) {
  W2N_TRY(entity, exported(definition, syntax));
  definition.resolved = uint32_t(entity.type);
  return add(syntax.name, entity, /*isImport=*/false);
}

} // namespace w2n::component
