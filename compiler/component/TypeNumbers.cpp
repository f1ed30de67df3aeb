// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/component/TypeNumbers.h"

namespace w2n::compiler {

using component::Field;
using component::Primitive;
using component::TypeBody;
using component::TypeForm;

uint32_t TypeNumbers::numberOf(std::string structure) {
  return numbers.emplace(std::move(structure), uint32_t(numbers.size() + 1)).first->second;
}

/// Parts are named by their numbers, so that the text is short.
std::string TypeNumbers::structureOf(uint32_t instance, const TypeBody &body) {
  std::string text = "f" + std::to_string(unsigned(body.form)) + "," + std::to_string(body.length);
  for (const Field &field : body.fields)
    text += ";" + std::string(field.label) + ":" + std::to_string(of(instance, field.type));
  for (const auto *part : {&body.element, &body.error, &body.key})
    text += "," + std::to_string(of(instance, *part));
  if (body.form == TypeForm::Own || body.form == TypeForm::Borrow)
    text += "@" + std::to_string(program.resourceOf(instance, types, body.resource));
  return text;
}

uint32_t TypeNumbers::of(uint32_t instance, const std::optional<component::ValueType> &type) {
  if (!type)
    return 0;
  const auto ofPrimitive = [&](Primitive primitive) {
    return numberOf("p" + std::to_string(unsigned(primitive)));
  };
  if (type->primitive)
    return ofPrimitive(*type->primitive);
  const TypeBody &body = types[type->type];
  if (body.form == TypeForm::Primitive)
    return ofPrimitive(body.primitive);
  const std::pair key(instance, uint32_t(type->type));
  if (const auto found = known.find(key); found != known.end())
    return found->second;
  return known[key] = numberOf(structureOf(instance, body));
}

} // namespace w2n::compiler
