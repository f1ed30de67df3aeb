// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/component/Match.h"

#include "lib/component/CoreTypes.h"
#include "lib/component/Messages.h"

namespace w2n::component {

namespace {

/// "defined type", "resource", "func": what a type is of.
std::string_view classOf(const TypeBody &body) {
  return body.isDefined() ? "defined type" : nameOf(body.form);
}

} // namespace

ResourceNumber Matcher::resolve(ResourceNumber number) const {
  for (auto found = bindings.find(number); found != bindings.end(); found = bindings.find(number))
    number = found->second;
  return number;
}

void Matcher::bind(ResourceNumber number, ResourceNumber actual) {
  bindings.erase(number);
  // `resolve` ends at a number that is not bound itself, so there are no cycles.
  actual = resolve(actual);
  if (actual != number)
    bindings[number] = actual;
}

Status Matcher::bindResources(const Entity &found, const Entity &expected,
                              const std::unordered_set<ResourceNumber> &bound,
                              Substitution *substitution) {
  W2N_CHECK(types.work(1, offset));
  if (found.sort != expected.sort)
    return {};
  if (expected.sort == Sort::Type) {
    const TypeBody &wanted = types[expected.type], &given = types[found.type];
    const bool areResources = wanted.form == TypeForm::Resource && given.form == TypeForm::Resource;
    if (areResources && bound.contains(wanted.number) && !bindings.contains(wanted.number)) {
      bind(wanted.number, given.number);
      if (substitution)
        substitution->resources.emplace(wanted.number, given.number);
    }
    if (substitution)
      substitution->types.emplace(uint32_t(expected.type), found.type);
  } else if (expected.sort == Sort::Instance) {
    for (const auto &[name, item, implements] : types[expected.type].exports)
      if (const Entity *given = types[found.type].exports.find(name))
        W2N_CHECK(bindResources(*given, item, bound, substitution));
  }
  return {};
}

Status Matcher::match(const Entity &found, const Entity &expected) {
  if (found.sort != expected.sort)
    return expectedFound(describe(expected), describe(found));
  if (found.sort == Sort::CoreModule)
    return matchCoreModule(types, found.module, expected.module, offset);
  if (found.sort == Sort::Value)
    return matchValues(found.value, expected.value);
  return matchTypes(found.type, expected.type);
}

Status Matcher::matchTypes(TypeId found, TypeId expected) {
  if (found == expected)
    return {};
  const uint64_t pair = uint64_t(found) << 32 | uint64_t(expected);
  if (matched.contains(pair))
    return {};
  W2N_CHECK(types.work(1 + types[expected].fields.size() + types[expected].exports.size(), offset));
  const TypeBody &a = types[found], &b = types[expected];
  if (&a != &b)
    W2N_CHECK(matchBodies(a, b));
  matched.insert(pair);
  return {};
}

Status Matcher::matchBodies(const TypeBody &found, const TypeBody &expected) {
  const bool bothDefined = found.isDefined() && expected.isDefined();
  if (!bothDefined && classOf(found) != classOf(expected))
    return expectedFound(classOf(expected), classOf(found));
  switch (expected.form) {
  case TypeForm::Func:
  case TypeForm::AsyncFunc:
    return matchFuncs(found, expected);
  case TypeForm::InstanceType:
    return matchInstances(found, expected);
  case TypeForm::ComponentType:
    return matchComponents(found, expected);
  case TypeForm::Resource:
    return matchResources(found.number, expected.number);
  default:
    return matchDefined(found, expected);
  }
}

Status Matcher::matchResources(ResourceNumber found, ResourceNumber expected) {
  if (resolve(found) == resolve(expected))
    return {};
  return invalid("resource types are not the same");
}

Status Matcher::matchValues(ValueType found, ValueType expected) {
  const auto primitiveOf = [&](ValueType type) -> std::optional<Primitive> {
    if (type.primitive)
      return type.primitive;
    const TypeBody &body = types[type.type];
    return body.form == TypeForm::Primitive ? std::optional(body.primitive) : std::nullopt;
  };
  const std::optional<Primitive> foundPrimitive = primitiveOf(found),
                                 expectedPrimitive = primitiveOf(expected);
  if (foundPrimitive && expectedPrimitive) {
    if (*foundPrimitive == *expectedPrimitive)
      return {};
    return invalid("expected primitive " + quoted(nameOf(*expectedPrimitive)) +
                   " found primitive " + quoted(nameOf(*foundPrimitive)));
  }
  if (foundPrimitive || expectedPrimitive)
    return expectedFound(describe(types, expected), describe(types, found));
  return matchTypes(found.type, expected.type);
}

Status Matcher::matchDefined(const TypeBody &found, const TypeBody &expected) {
  if (found.form != expected.form) {
    const auto textOf = [](const TypeBody &body, bool isExpected) {
      return body.form == TypeForm::Primitive && !isExpected ? nameOf(body.primitive)
                                                             : nameOf(body.form);
    };
    return expectedFound(textOf(expected, true), textOf(found, false));
  }
  switch (expected.form) {
  case TypeForm::Primitive:
    return matchValues({found.primitive, {}}, {expected.primitive, {}});
  case TypeForm::Record:
    return matchFields(found, expected);
  case TypeForm::Variant:
    return matchCases(found, expected);
  case TypeForm::Tuple:
    return matchTuples(found, expected);
  case TypeForm::Flags:
    return matchLabels(found, expected, "flags");
  case TypeForm::Enum:
    return matchLabels(found, expected, "enum");
  case TypeForm::Result:
    return matchResults(found, expected);
  case TypeForm::Own:
  case TypeForm::Borrow:
    return matchResources(types[found.resource].number, types[expected.resource].number);
  case TypeForm::List:
  case TypeForm::Option:
  case TypeForm::FixedList:
  case TypeForm::Stream:
  case TypeForm::Future:
  case TypeForm::Map:
    return matchElements(found, expected);
  case TypeForm::Func:
  case TypeForm::AsyncFunc:
  case TypeForm::InstanceType:
  case TypeForm::ComponentType:
  case TypeForm::Resource:
    break;
  }
  return {};
}

Status Matcher::matchFields(const TypeBody &found, const TypeBody &expected) {
  if (found.fields.size() != expected.fields.size())
    return invalid("expected " + std::to_string(expected.fields.size()) + " fields, found " +
                   std::to_string(found.fields.size()));
  for (size_t i = 0; i < found.fields.size(); ++i) {
    const Field &a = found.fields[i], &b = expected.fields[i];
    if (a.label != b.label)
      return invalid("expected field name " + quoted(b.label) + ", found " + quoted(a.label));
    W2N_CHECK(inContext(matchValues(*a.type, *b.type),
                        "type mismatch in record field " + quoted(b.label)));
  }
  return {};
}

Status Matcher::matchCases(const TypeBody &found, const TypeBody &expected) {
  if (found.fields.size() != expected.fields.size())
    return invalid("expected " + std::to_string(expected.fields.size()) + " cases, found " +
                   std::to_string(found.fields.size()));
  for (size_t i = 0; i < found.fields.size(); ++i) {
    const Field &a = found.fields[i], &b = expected.fields[i];
    if (a.label != b.label)
      return invalid("expected case named " + quoted(b.label) + ", found " + quoted(a.label));
    if (b.type && !a.type)
      return invalid("expected case " + quoted(b.label) + " to have a type, found none");
    if (a.type && !b.type)
      return invalid("expected case " + quoted(b.label) + " to have no type");
    if (a.type)
      W2N_CHECK(inContext(matchValues(*a.type, *b.type),
                          "type mismatch in variant case " + quoted(b.label)));
  }
  return {};
}

Status Matcher::matchTuples(const TypeBody &found, const TypeBody &expected) {
  if (found.fields.size() != expected.fields.size())
    return invalid("expected " + std::to_string(expected.fields.size()) + " types, found " +
                   std::to_string(found.fields.size()));
  for (size_t i = 0; i < found.fields.size(); ++i)
    W2N_CHECK(inContext(matchValues(*found.fields[i].type, *expected.fields[i].type),
                        "type mismatch in tuple field " + std::to_string(i)));
  return {};
}

Status Matcher::matchLabels(const TypeBody &found, const TypeBody &expected, const char *what) {
  bool same = found.fields.size() == expected.fields.size();
  for (size_t i = 0; same && i < found.fields.size(); ++i)
    same = found.fields[i].label == expected.fields[i].label;
  if (same)
    return {};
  return invalid(std::string("mismatch in ") + what + " elements");
}

Status Matcher::matchResults(const TypeBody &found, const TypeBody &expected) {
  const auto matchArm = [&](const std::optional<ValueType> &a, const std::optional<ValueType> &b,
                            const std::string &arm) -> Status {
    if (b && !a)
      return invalid("expected " + arm + " type, but found none");
    if (a && !b)
      return invalid("expected " + arm + " type to not be present");
    if (!a)
      return {};
    return inContext(matchValues(*a, *b), "type mismatch in " + arm + " variant");
  };
  W2N_CHECK(matchArm(found.element, expected.element, "ok"));
  return matchArm(found.error, expected.error, "err");
}

Status Matcher::matchElements(const TypeBody &found, const TypeBody &expected) {
  if (found.length != expected.length)
    return invalid("expected a list of length " + std::to_string(expected.length) + ", found " +
                   std::to_string(found.length));
  if (found.element.has_value() != expected.element.has_value())
    return invalid("type mismatch: one " + std::string(nameOf(expected.form)) +
                   " has elements, the other none");
  if (expected.key)
    W2N_CHECK(inContext(matchValues(*found.key, *expected.key), "type mismatch in map key"));
  if (expected.element)
    return matchValues(*found.element, *expected.element);
  return {};
}

Status Matcher::matchFuncs(const TypeBody &found, const TypeBody &expected) {
  if (found.isAsync() != expected.isAsync())
    return invalid(expected.isAsync() ? "expected an async function" : "expected a sync function");
  if (found.fields.size() != expected.fields.size())
    return invalid("expected " + std::to_string(expected.fields.size()) + " parameters, found " +
                   std::to_string(found.fields.size()));
  for (size_t i = 0; i < found.fields.size(); ++i) {
    const Field &a = found.fields[i], &b = expected.fields[i];
    if (a.label != b.label)
      return invalid("expected parameter named " + quoted(b.label) + ", found " + quoted(a.label));
    W2N_CHECK(inContext(matchValues(*a.type, *b.type),
                        "type mismatch in function parameter " + quoted(b.label)));
  }
  if (found.element.has_value() != expected.element.has_value())
    return invalid("expected a result, found none");
  if (!found.element)
    return {};
  return inContext(matchValues(*found.element, *expected.element),
                   "type mismatch with result type");
}

Status Matcher::matchInstances(const TypeBody &found, const TypeBody &expected) {
  const std::unordered_set<ResourceNumber> bound(expected.definedResources.begin(),
                                                 expected.definedResources.end());
  for (const auto &[name, wanted, implements] : expected.exports) {
    const Entity *given = found.exports.find(name);
    if (!given)
      return invalid("missing expected export " + quoted(name));
    if (!bound.empty())
      W2N_CHECK(bindResources(*given, wanted, bound));
    W2N_CHECK(inContext(match(*given, wanted), "type mismatch in instance export " + quoted(name)));
  }
  return {};
}

Status Matcher::matchComponents(const TypeBody &found, const TypeBody &expected) {
  // Resources that instantiating gives to the expected type are given on to the type that is found.
  const std::unordered_set<ResourceNumber> imported(found.importedResources.begin(),
                                                    found.importedResources.end());
  for (const auto &[name, wanted, implements] : found.imports) {
    const Entity *given = expected.imports.find(name);
    if (!given)
      return invalid("missing expected import " + quoted(name));
    W2N_CHECK(bindResources(*given, wanted, imported));
    W2N_CHECK(inContext(match(*given, wanted), "type mismatch in import " + quoted(name)));
  }
  const std::unordered_set<ResourceNumber> defined(expected.definedResources.begin(),
                                                   expected.definedResources.end());
  for (const auto &[name, wanted, implements] : expected.exports) {
    const Entity *given = found.exports.find(name);
    if (!given)
      return invalid("missing expected export " + quoted(name));
    W2N_CHECK(bindResources(*given, wanted, defined));
    W2N_CHECK(inContext(match(*given, wanted), "type mismatch in export " + quoted(name)));
  }
  return {};
}

} // namespace w2n::component
