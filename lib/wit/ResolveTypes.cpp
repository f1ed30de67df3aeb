// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The types of interfaces.
#include "lib/support/Similar.h"
#include "lib/wit/Limits.h"
#include "lib/wit/Resolver.h"

#include <algorithm>

namespace w2n::wit {

namespace {

constexpr char usesTooDeep[] = "interfaces use each other too deeply";

bool isResource(const TypeDefinition &definition) {
  return withoutAliases(definition).kind == DefinitionKind::Resource;
}

} // namespace

Status Resolver::resolveInterfaces() {
  for (const auto &package : packages.all)
    for (PackageText &text : package->texts)
      for (TopItem &item : text.items)
        if (auto *interface = std::get_if<std::unique_ptr<Interface>>(&item))
          W2N_CHECK(resolveInterface(**interface, (*interface)->name.place));
  return {};
}

/// First the interfaces that it uses, then its names, then what they are. `place` is where it is
/// referred to.
Status Resolver::resolveInterface(Interface &interface, Place place) {
  const auto [state, isNew] = progress.emplace(&interface, Progress::Begun);
  if (!isNew) {
    if (state->second == Progress::Begun)
      return invalid(place, "interface " + quoted(interface.name.text) + " uses itself");
    return {};
  }
  if (++openUses > limits::depth)
    return sources.fail(ErrorKind::Limit, place, usesTooDeep);
  UniqueScope names(sources, "interface " + quoted(interface.name.text));
  const Context context{interface.types, {&interface, nullptr}};
  for (InterfaceItem &item : interface.items) {
    if (auto *use = std::get_if<Use>(&item)) {
      W2N_CHECK(resolveInterface(*use->path.interface, use->path.place));
      interface.depth = std::max(interface.depth, use->path.interface->depth + 1);
      if (std::ranges::find(interface.uses, use->path.interface) == interface.uses.end())
        interface.uses.push_back(use->path.interface);
      W2N_CHECK(addUsed(*use, context, names));
    } else if (auto *definition = std::get_if<TypeDefinition>(&item)) {
      W2N_CHECK(define(*definition, context, names));
    } else {
      W2N_CHECK(names.add(std::get<Function>(item).name));
    }
  }
  if (interface.depth > limits::depth)
    return sources.fail(ErrorKind::Limit, place, usesTooDeep);
  for (InterfaceItem &item : interface.items)
    if (auto *definition = std::get_if<TypeDefinition>(&item))
      W2N_CHECK(resolveDefinition(*definition, context));
  for (InterfaceItem &item : interface.items)
    if (auto *definition = std::get_if<TypeDefinition>(&item))
      W2N_CHECK(resolveResource(*definition, context));
    else if (auto *function = std::get_if<Function>(&item))
      W2N_CHECK(resolveFunction(*function, context));
  --openUses;
  progress[&interface] = Progress::Done;
  return {};
}

Status Resolver::addUsed(Use &use, const Context &context, UniqueScope &names) {
  const Interface &from = *use.path.interface;
  for (Use::Item &item : use.items) {
    const auto found = from.types.find(item.name.text);
    if (found == from.types.end())
      return unknown("type", item.name, from.types, " in interface " + quoted(from.name.text));
    item.definition = found->second;
    W2N_CHECK(names.add(item.local()));
    context.types.emplace(item.local().text, item.definition);
  }
  return {};
}

Status Resolver::define(TypeDefinition &definition, const Context &context, UniqueScope &names) {
  definition.owner = context.owner;
  W2N_CHECK(names.add(definition.name));
  context.types.emplace(definition.name.text, &definition);
  for (Function &function : definition.functions)
    function.resource = &definition;
  return {};
}

std::unexpected<Error> Resolver::unknown(const char *what, const Name &name, const TypeScope &scope,
                                         const std::string &where) const {
  std::vector<std::string_view> candidates;
  for (const auto &[candidate, definition] : scope)
    candidates.push_back(candidate);
  std::ranges::sort(candidates);
  const std::string_view similar = closestWord(name.text, candidates);
  return invalid(name.place,
                 std::string(what) + " " + quoted(name.text) + " is not defined" + where +
                     (similar.empty() ? "" : "; did you mean " + quoted(similar) + "?"));
}

Status Resolver::resolveDefinition(TypeDefinition &definition, const Context &context) {
  const auto [state, isNew] = progress.emplace(&definition, Progress::Begun);
  if (!isNew) {
    if (state->second == Progress::Begun)
      return invalid(definition.name.place,
                     "type " + quoted(definition.name.text) + " refers to itself");
    return {};
  }
  UniqueScope labels(sources, "type " + quoted(definition.name.text));
  TypeFacts facts;
  const auto resolvePart = [&](Type &type) -> Status {
    W2N_TRY(part, resolveType(type, context));
    facts.hasBorrow |= part.hasBorrow;
    facts.depth = std::max(facts.depth, part.depth);
    return {};
  };
  for (Field &field : definition.fields) {
    W2N_CHECK(labels.add(field.name));
    if (field.type)
      W2N_CHECK(resolvePart(*field.type));
  }
  if (definition.aliased)
    W2N_CHECK(resolvePart(*definition.aliased));
  definition.hasBorrow = facts.hasBorrow;
  definition.depth = facts.depth;
  progress[&definition] = Progress::Done;
  return {};
}

/// The functions of a resource, which may refer to types that refer to it.
Status Resolver::resolveResource(TypeDefinition &resource, const Context &context) {
  UniqueScope names(sources, "resource " + quoted(resource.name.text));
  for (Function &function : resource.functions) {
    W2N_CHECK(names.add(function.name));
    W2N_CHECK(resolveFunction(function, context));
    if (function.kind == FunctionKind::Constructor)
      W2N_CHECK(checkConstructor(function));
  }
  return {};
}

/// A constructor returns its resource, or a result with it.
Status Resolver::checkConstructor(const Function &function) {
  if (!function.result)
    return {};
  const Type *ok = function.result->kind == TypeKind::Result ? function.result->ok() : nullptr;
  if (ok && ok->kind == TypeKind::Named && ok->definition == function.resource)
    return {};
  return invalid(function.result->place, "a constructor returns nothing else than result<" +
                                             std::string(function.resource->name.text) + ", ...>");
}

Status Resolver::resolveFunction(Function &function, const Context &context) {
  UniqueScope params(sources, "the parameters of " + quoted(function.name.text));
  if (function.kind == FunctionKind::Method)
    W2N_CHECK(params.add({"self", function.name.place}));
  for (Field &param : function.params) {
    W2N_CHECK(params.add(param.name));
    W2N_CHECK(resolveType(*param.type, context));
  }
  if (!function.result)
    return {};
  W2N_TRY(facts, resolveType(*function.result, context));
  if (facts.hasBorrow)
    return invalid(function.result->place,
                   "the result of a function cannot have a borrowed handle in it");
  return {};
}

/// The limit holds for what has been resolved before, too: later work recurses as deeply.
Result<Resolver::TypeFacts> Resolver::resolveType(Type &type, const Context &context) {
  const auto tooDeep = [&] {
    return sources.fail(ErrorKind::Limit, type.place,
                        "types refer to each other deeper than " + std::to_string(limits::depth));
  };
  if (openTypes >= limits::depth)
    return tooDeep();
  ++openTypes;
  W2N_TRY(facts, resolveParts(type, context));
  --openTypes;
  if (++facts.depth > limits::depth)
    return tooDeep();
  return facts;
}

Result<Resolver::TypeFacts> Resolver::resolveParts(Type &type, const Context &context) {
  if (type.kind == TypeKind::Named || type.kind == TypeKind::Own || type.kind == TypeKind::Borrow)
    return resolveReference(type, context);
  TypeFacts facts;
  for (Type &argument : type.arguments) {
    W2N_TRY(part, resolveType(argument, context));
    facts.hasBorrow |= part.hasBorrow;
    facts.depth = std::max(facts.depth, part.depth);
  }
  if (facts.hasBorrow && (type.kind == TypeKind::Stream || type.kind == TypeKind::Future))
    return invalid(type.place, "streams and futures cannot have borrowed handles in them");
  return facts;
}

Result<Resolver::TypeFacts> Resolver::resolveReference(Type &type, const Context &context) {
  const auto found = context.types.find(type.name.text);
  if (found == context.types.end())
    return unknown("type", type.name, context.types, "");
  type.definition = found->second;
  const bool isOurs = type.definition->owner.interface == context.owner.interface &&
                      type.definition->owner.world == context.owner.world;
  if (isOurs) {
    // A cycle is an error at the place where it closes.
    const auto state = progress.find(type.definition);
    if (state != progress.end() && state->second == Progress::Begun)
      return invalid(type.place, "type " + quoted(type.name.text) + " refers to itself");
    W2N_CHECK(resolveDefinition(const_cast<TypeDefinition &>(*type.definition), context));
  }
  const bool isHandle = type.kind != TypeKind::Named;
  if (isHandle && !isResource(*type.definition))
    return invalid(type.place, quoted(type.name.text) + " is no resource");
  return TypeFacts{type.kind == TypeKind::Borrow || type.definition->hasBorrow,
                   type.definition->depth};
}

} // namespace w2n::wit
