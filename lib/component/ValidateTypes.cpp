// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Type definitions (Explainer.md, "Type Definitions"; Binary.md, "Type Definitions").

#include "lib/component/CoreTypes.h"
#include "lib/component/Limits.h"
#include "lib/component/Validator.h"

#include <algorithm>

namespace w2n::component {

namespace {

/// The words for the labels of a form, and the message if there are none.
struct LabelWords {
  TypeForm form;
  const char *label, *previous, *none;
};
constexpr LabelWords labelWords[] = {
    {TypeForm::Record, "record field name", "field name",
     "record type must have at least one field"},
    {TypeForm::Variant, "variant case name", "case name",
     "variant type must have at least one case"},
    {TypeForm::Flags, "flag name", "flag name", "flags must have at least one entry"},
    {TypeForm::Enum, "enum tag name", "tag name", "enum type must have at least one variant"},
    {TypeForm::Tuple, nullptr, nullptr, "tuple type must have at least one type"},
    {TypeForm::Func, "function parameter name", "parameter name", nullptr},
    {TypeForm::AsyncFunc, "function parameter name", "parameter name", nullptr},
};

/// Types that may be keys of a map (Explainer.md, "Type Definitions").
bool mayBeKey(Primitive primitive) {
  return primitive != Primitive::F32 && primitive != Primitive::F64 &&
         primitive != Primitive::ErrorContext;
}

} // namespace

Result<ValueType> Validator::resolve(const ValueTypeRef &ref) {
  if (ref.primitive)
    return ValueType{ref.primitive, {}};
  W2N_CHECK(checkIndex(Sort::Type, ref.index, ref.offset));
  const TypeId type = scope().types[ref.index];
  if (!types[type].isDefined())
    return invalid("type index " + std::to_string(ref.index) + " is not a defined type",
                   ref.offset);
  return ValueType{std::nullopt, type};
}

Result<std::optional<ValueType>> Validator::resolve(const std::optional<ValueTypeRef> &ref) {
  if (!ref)
    return std::nullopt;
  W2N_TRY(type, resolve(*ref));
  return type;
}

Status Validator::defineFields(const TypeSyntax &syntax, TypeBody &body, uint64_t offset) {
  const LabelWords *words = std::ranges::find(labelWords, syntax.form, &LabelWords::form);
  if (words == std::end(labelWords))
    return {};
  if (syntax.fields.empty() && words->none)
    return invalid(words->none, offset);
  UniqueNames names;
  for (const LabeledType &field : syntax.fields) {
    if (words->label && field.label.empty())
      return invalid(std::string(words->label) + " cannot be empty", field.offset);
    if (words->label && !isKebab(field.label))
      return invalid(std::string(words->label) + " `" + std::string(field.label) +
                         "` is not in kebab case",
                     field.offset);
    if (words->label)
      W2N_CHECK(names.addLabel(field.label, words->label, words->previous, field.offset));
    W2N_TRY(type, resolve(field.type));
    body.fields.push_back({field.label, type});
  }
  return {};
}

Status Validator::checkForm(const TypeSyntax &syntax, const TypeBody &body, uint64_t offset) {
  if (body.form == TypeForm::Flags && body.fields.size() > limits::flags)
    return invalid("cannot have more than " + std::to_string(limits::flags) + " flags", offset);
  if (body.form == TypeForm::Stream && body.element) {
    const ValueType element = *body.element;
    const bool isChar = element.primitive == Primitive::Char ||
                        (!element.primitive && types[element.type].form == TypeForm::Primitive &&
                         types[element.type].primitive == Primitive::Char);
    if (isChar)
      return invalid("`stream<char>` is not valid at this time", offset);
  }
  if (body.form == TypeForm::FixedList && syntax.length == 0)
    return invalid("a list of fixed length must have at least one element", offset);
  if (body.form == TypeForm::Map && !(body.key->primitive && mayBeKey(*body.key->primitive)))
    return invalid("`" + describe(types, *body.key) + "` is not valid as the key of a map", offset);
  if (body.isFunc() && body.element && hasBorrow(types, *body.element))
    return invalid("function result cannot contain a `borrow` type", offset);
  return {};
}

Result<TypeId> Validator::defineResource(const TypeSyntax &syntax, uint64_t offset) {
  if (scope().kind != Scope::Kind::Component)
    return invalid("resources can only be defined within a concrete component", offset);
  if (syntax.destructor) {
    W2N_CHECK(checkIndex(Sort::CoreFunc, *syntax.destructor, offset));
    const wasm::FunctionType &type = types[scope().coreFuncs[*syntax.destructor]];
    if (type != wasm::FunctionType{{wasm::ValueType::i32()}, {}})
      return invalid("wrong signature for a destructor: " + toString(type), offset);
  }
  const ResourceNumber number = types.newResource();
  scope().definedResources.push_back(number);
  scope().localResources.insert(number);
  return types.addResource(number, offset);
}

Result<TypeId> Validator::define(TypeSyntax &syntax, uint64_t offset) {
  if (syntax.form == TypeForm::Resource)
    return defineResource(syntax, offset);
  if (syntax.form == TypeForm::InstanceType || syntax.form == TypeForm::ComponentType) {
    scopes.emplace_back();
    scope().kind = syntax.form == TypeForm::InstanceType ? Scope::Kind::InstanceType
                                                         : Scope::Kind::ComponentType;
    W2N_CHECK(validate(syntax.declarations));
    auto type = finish(offset);
    scopes.pop_back();
    return type;
  }
  TypeBody body;
  body.form = syntax.form;
  body.primitive = syntax.primitive.value_or(Primitive::Bool);
  body.length = syntax.length;
  if (syntax.form == TypeForm::Own || syntax.form == TypeForm::Borrow) {
    W2N_CHECK(checkIndex(Sort::Type, syntax.index, offset));
    body.resource = scope().types[syntax.index];
    if (types[body.resource].form != TypeForm::Resource)
      return invalid("type index " + std::to_string(syntax.index) + " is not a resource type",
                     offset);
  }
  W2N_CHECK(defineFields(syntax, body, offset));
  W2N_TRY(element, resolve(syntax.element));
  W2N_TRY(error, resolve(syntax.error));
  W2N_TRY(key, resolve(syntax.key));
  body.element = element;
  body.error = error;
  body.key = key;
  W2N_CHECK(checkForm(syntax, body, offset));
  return types.add(std::move(body), offset);
}

Status Validator::validate(Definition &definition, TypeSyntax &syntax) {
  W2N_TRY(type, define(syntax, definition.offset));
  definition.resolved = syntax.form == TypeForm::Resource ? types[type].number : uint32_t(type);
  scope().types.push_back(type);
  return {};
}

Result<CoreExtern> Validator::resolve(const CoreExternDesc &desc,
                                      std::span<const CoreTypeEntry> coreTypes, uint64_t offset) {
  CoreExtern type;
  type.kind = desc.kind;
  type.table = desc.table;
  type.memory = desc.memory;
  type.global = desc.global;
  const bool hasType =
      desc.kind == wasm::ExternKind::Function || desc.kind == wasm::ExternKind::Tag;
  if (hasType) {
    if (desc.typeIndex >= coreTypes.size())
      return invalid(
          "unknown type " + std::to_string(desc.typeIndex) + ": type index out of bounds", offset);
    const CoreTypeEntry &entry = coreTypes[desc.typeIndex];
    if (entry.isModule || entry.type.kind != wasm::CompositeKind::Function)
      return invalid(
          "core type index " + std::to_string(desc.typeIndex) + " is not a function type", offset);
    type.function = types.add(entry.type.function);
  }
  const wasm::Limits &limits = desc.memory.limits;
  const uint64_t maxPages = limits.is64 ? 1ull << 48 : wasm::MemoryType::maxPages32;
  if (desc.kind == wasm::ExternKind::Memory && desc.memory.pageSizeLog2 == 16 &&
      (limits.min > maxPages || limits.max.value_or(0) > maxPages))
    return invalid("memory size must be at most " + std::to_string(maxPages) + " pages", offset);
  return type;
}

Result<CoreModuleId> Validator::defineModuleType(const CoreTypeDefinition &syntax,
                                                 uint64_t offset) {
  using Kind = CoreDeclaration::Kind;
  CoreModuleType type;
  CoreImportNames names;
  std::vector<CoreTypeEntry> coreTypes;
  for (const CoreDeclaration &declaration : syntax.declarations) {
    switch (declaration.kind) {
    case Kind::Type:
      coreTypes.push_back({false, {}, declaration.type});
      break;
    case Kind::Alias: {
      // A module type is a scope of its own: count 0 is that scope.
      if (declaration.outerCount > scopes.size())
        return invalid("invalid outer alias count of " + std::to_string(declaration.outerCount),
                       declaration.offset);
      const std::span<const CoreTypeEntry> outer =
          declaration.outerCount == 0
              ? std::span<const CoreTypeEntry>(coreTypes)
              : std::span<const CoreTypeEntry>(
                    scopes[scopes.size() - declaration.outerCount].coreTypes);
      if (declaration.outerIndex >= outer.size())
        return invalid("unknown type " + std::to_string(declaration.outerIndex) +
                           ": type index out of bounds",
                       declaration.offset);
      if (outer[declaration.outerIndex].isModule)
        return invalid("a module type cannot alias a module type", declaration.offset);
      coreTypes.push_back(CoreTypeEntry(outer[declaration.outerIndex]));
      break;
    }
    case Kind::Import: {
      W2N_CHECK(names.add(declaration.module, declaration.name, declaration.offset));
      W2N_TRY(item, resolve(declaration.desc, coreTypes, declaration.offset));
      type.imports.push_back({declaration.module, declaration.name, item});
      break;
    }
    case Kind::Export: {
      W2N_TRY(item, resolve(declaration.desc, coreTypes, declaration.offset));
      if (!type.exports.add(declaration.name, item))
        return invalid("export name `" + std::string(declaration.name) + "` already defined",
                       declaration.offset);
      break;
    }
    }
  }
  W2N_CHECK(types.work(syntax.declarations.size(), offset));
  return types.add(std::move(type));
}

Status Validator::validate(Definition &definition, CoreTypeDefinition &syntax) {
  CoreTypeEntry entry{syntax.isModule, {}, syntax.type};
  if (syntax.isModule) {
    W2N_TRY(module, defineModuleType(syntax, definition.offset));
    entry.module = module;
  }
  scope().coreTypes.push_back(std::move(entry));
  return {};
}

} // namespace w2n::component
