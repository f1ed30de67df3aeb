// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Validation of structures, arrays and i31 (core specification, sections 3.4.5 to 3.4.7).

#include "lib/wasm/BodyValidator.h"
#include "lib/wasm/Limits.h"

namespace w2n::wasm {

Result<const TypeDefinition *> BodyValidator::aggregateType(CompositeKind kind,
                                                            uint32_t typeIndex) {
  if (typeIndex >= module.types.size())
    return invalid("unknown type " + std::to_string(typeIndex));
  const TypeDefinition &type = module.types[typeIndex];
  if (type.kind != kind)
    return invalid("type mismatch: type " + std::to_string(typeIndex) + " is not " +
                   (kind == CompositeKind::Struct ? "a structure" : "an array") + " type");
  return &type;
}

Result<const FieldType *> BodyValidator::structField() {
  W2N_TRY(type, aggregateType(CompositeKind::Struct, instruction.index));
  if (instruction.index2 >= type->fields.size())
    return invalid("unknown field " + std::to_string(instruction.index2) + " of type " +
                   std::to_string(instruction.index));
  return &type->fields[instruction.index2];
}

Result<const FieldType *> BodyValidator::arrayElement(uint32_t typeIndex) {
  W2N_TRY(type, aggregateType(CompositeKind::Array, typeIndex));
  return &type->fields[0];
}

Result<const FieldType *> BodyValidator::mutableElement() {
  W2N_TRY(element, arrayElement(instruction.index));
  if (!element->isMutable)
    return invalid("immutable array: the elements of type " + std::to_string(instruction.index) +
                   " cannot be set");
  return element;
}

/// Packed values, and no others, are read with a sign or without one.
Status BodyValidator::checkExtension(const FieldType &field) const {
  const bool extends =
      instruction.opcode != Opcode::StructGet && instruction.opcode != Opcode::ArrayGet;
  if (extends == field.isPacked())
    return {};
  return invalid("type mismatch: " + std::string(infoOf(instruction.opcode).text) +
                 (extends ? " of a field that is not packed" : " of a packed field"));
}

Status BodyValidator::structNew() {
  W2N_TRY(type, aggregateType(CompositeKind::Struct, instruction.index));
  for (size_t i = type->fields.size(); i-- > 0 && !popsAnything();)
    W2N_CHECK(pop(type->fields[i].type));
  pushReference();
  return {};
}

Status BodyValidator::structNewDefault() {
  W2N_TRY(type, aggregateType(CompositeKind::Struct, instruction.index));
  if (!type->isDefaultable)
    return invalid("type mismatch: type " + std::to_string(instruction.index) +
                   " has a field without a default");
  pushReference();
  return {};
}

Status BodyValidator::structGet() {
  W2N_TRY(field, structField());
  W2N_CHECK(checkExtension(*field));
  W2N_CHECK(pop(ValueType::referenceTo(instruction.index, /*nullable=*/true)));
  push(field->type);
  return {};
}

Status BodyValidator::structSet() {
  W2N_TRY(field, structField());
  if (!field->isMutable)
    return invalid("immutable field " + std::to_string(instruction.index2) + " of type " +
                   std::to_string(instruction.index));
  W2N_CHECK(pop(field->type));
  return pop(ValueType::referenceTo(instruction.index, /*nullable=*/true));
}

Status BodyValidator::arrayNew() {
  W2N_TRY(element, arrayElement(instruction.index));
  W2N_CHECK(pop(ValueType::i32()));
  W2N_CHECK(pop(element->type));
  pushReference();
  return {};
}

Status BodyValidator::arrayNewDefault() {
  W2N_TRY(element, arrayElement(instruction.index));
  if (!element->type.isDefaultable())
    return invalid("type mismatch: the elements of type " + std::to_string(instruction.index) +
                   " have no default");
  W2N_CHECK(pop(ValueType::i32()));
  pushReference();
  return {};
}

Status BodyValidator::arrayNewFixed() {
  W2N_TRY(element, arrayElement(instruction.index));
  if (instruction.index2 > limits::fixedArrayElements)
    return fail(ErrorKind::Limit,
                "array.new_fixed of " + std::to_string(instruction.index2) + " elements, most is " +
                    std::to_string(limits::fixedArrayElements) + " (" +
                    describeFunction(module, functionIndex) + ")",
                instruction.offset);
  for (uint32_t i = 0; i < instruction.index2 && !popsAnything(); ++i)
    W2N_CHECK(pop(element->type));
  pushReference();
  return {};
}

Status BodyValidator::checkDataElement(const FieldType &element) {
  if (element.type.isRef())
    return invalid("array type is not numeric or vector: type " +
                   std::to_string(instruction.index));
  return checkData(instruction.index2);
}

Status BodyValidator::checkElementsOf(const FieldType &element) {
  W2N_CHECK(checkElement(instruction.index2));
  const ValueType segment = module.elements[instruction.index2].type;
  if (element.isPacked() || !module.matches(segment, element.type))
    return mismatch("a segment of " + toString(element.type), toString(segment));
  return {};
}

Status BodyValidator::arrayNewData() {
  W2N_TRY(element, arrayElement(instruction.index));
  W2N_CHECK(checkDataElement(*element));
  W2N_CHECK(pop(ValueType::i32()));
  W2N_CHECK(pop(ValueType::i32()));
  pushReference();
  return {};
}

Status BodyValidator::arrayNewElem() {
  W2N_TRY(element, arrayElement(instruction.index));
  W2N_CHECK(checkElementsOf(*element));
  W2N_CHECK(pop(ValueType::i32()));
  W2N_CHECK(pop(ValueType::i32()));
  pushReference();
  return {};
}

Status BodyValidator::arrayGet() {
  W2N_TRY(element, arrayElement(instruction.index));
  W2N_CHECK(checkExtension(*element));
  W2N_CHECK(pop(ValueType::i32()));
  W2N_CHECK(pop(ValueType::referenceTo(instruction.index, /*nullable=*/true)));
  push(element->type);
  return {};
}

Status BodyValidator::arraySet() {
  W2N_TRY(element, mutableElement());
  W2N_CHECK(pop(element->type));
  W2N_CHECK(pop(ValueType::i32()));
  return pop(ValueType::referenceTo(instruction.index, /*nullable=*/true));
}

Status BodyValidator::arrayFill() {
  W2N_TRY(element, mutableElement());
  W2N_CHECK(pop(ValueType::i32()));
  W2N_CHECK(pop(element->type));
  W2N_CHECK(pop(ValueType::i32()));
  return pop(ValueType::referenceTo(instruction.index, /*nullable=*/true));
}

Status BodyValidator::arrayCopy() {
  W2N_TRY(to, mutableElement());
  W2N_TRY(from, arrayElement(instruction.index2));
  if (to->packedBits != from->packedBits || !module.matches(from->type, to->type))
    return invalid("array types do not match: " + std::to_string(instruction.index2) + " and " +
                   std::to_string(instruction.index));
  W2N_CHECK(pop(ValueType::i32()));
  W2N_CHECK(pop(ValueType::i32()));
  W2N_CHECK(pop(ValueType::referenceTo(instruction.index2, /*nullable=*/true)));
  W2N_CHECK(pop(ValueType::i32()));
  return pop(ValueType::referenceTo(instruction.index, /*nullable=*/true));
}

Status BodyValidator::arrayInitData() {
  W2N_TRY(element, mutableElement());
  W2N_CHECK(checkDataElement(*element));
  for (int i = 0; i < 3; ++i)
    W2N_CHECK(pop(ValueType::i32()));
  return pop(ValueType::referenceTo(instruction.index, /*nullable=*/true));
}

Status BodyValidator::arrayInitElem() {
  W2N_TRY(element, mutableElement());
  W2N_CHECK(checkElementsOf(*element));
  for (int i = 0; i < 3; ++i)
    W2N_CHECK(pop(ValueType::i32()));
  return pop(ValueType::referenceTo(instruction.index, /*nullable=*/true));
}

Status BodyValidator::refI31() {
  W2N_CHECK(pop(ValueType::i32()));
  push(ValueType::reference(HeapKind::I31, /*nullable=*/false));
  return {};
}

} // namespace w2n::wasm
