// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/component/ValueAccess.h"

#include <algorithm>

namespace w2n::runtime {

using component::Field;
using component::Primitive;
using component::TypeBody;
using component::TypeForm;
using component::Types;
using component::ValueType;

namespace {

std::optional<w2n_component_kind> kindOf(Primitive primitive) {
  switch (primitive) {
  case Primitive::Bool:
    return W2N_COMPONENT_BOOL;
  case Primitive::S8:
    return W2N_COMPONENT_S8;
  case Primitive::U8:
    return W2N_COMPONENT_U8;
  case Primitive::S16:
    return W2N_COMPONENT_S16;
  case Primitive::U16:
    return W2N_COMPONENT_U16;
  case Primitive::S32:
    return W2N_COMPONENT_S32;
  case Primitive::U32:
    return W2N_COMPONENT_U32;
  case Primitive::S64:
    return W2N_COMPONENT_S64;
  case Primitive::U64:
    return W2N_COMPONENT_U64;
  case Primitive::F32:
    return W2N_COMPONENT_F32;
  case Primitive::F64:
    return W2N_COMPONENT_F64;
  case Primitive::Char:
    return W2N_COMPONENT_CHAR;
  case Primitive::String:
    return W2N_COMPONENT_STRING;
  case Primitive::ErrorContext:
    break;
  }
  return std::nullopt;
}

} // namespace

Result<ComponentValue> ValueAccess::liftEnd(ValueType, uint32_t) {
  return fail(ErrorKind::Unsupported,
              "streams and futures between host and guest are not supported yet");
}

std::optional<Primitive> primitiveOf(const Types &types, ValueType type) {
  if (type.primitive)
    return type.primitive;
  const TypeBody &body = types[type.type];
  return body.form == TypeForm::Primitive ? std::optional(body.primitive) : std::nullopt;
}

std::optional<w2n_component_kind> kindOf(const Types &types, ValueType type) {
  if (const auto primitive = primitiveOf(types, type))
    return kindOf(*primitive);
  switch (types[type.type].form) {
  case TypeForm::Record:
    return W2N_COMPONENT_RECORD;
  case TypeForm::Tuple:
    return W2N_COMPONENT_TUPLE;
  case TypeForm::Variant:
    return W2N_COMPONENT_VARIANT;
  case TypeForm::Enum:
    return W2N_COMPONENT_ENUM;
  case TypeForm::Option:
    return W2N_COMPONENT_OPTION;
  case TypeForm::Result:
    return W2N_COMPONENT_RESULT;
  case TypeForm::List:
  case TypeForm::FixedList:
  case TypeForm::Map:
    return W2N_COMPONENT_LIST;
  case TypeForm::Flags:
    return W2N_COMPONENT_FLAGS;
  case TypeForm::Own:
    return W2N_COMPONENT_OWN;
  case TypeForm::Borrow:
    return W2N_COMPONENT_BORROW;
  case TypeForm::Primitive:
  case TypeForm::Stream:
  case TypeForm::Future:
  case TypeForm::Func:
  case TypeForm::AsyncFunc:
  case TypeForm::InstanceType:
  case TypeForm::ComponentType:
  case TypeForm::Resource:
    break;
  }
  return std::nullopt;
}

bool isNumber(w2n_component_kind kind) {
  return kind >= W2N_COMPONENT_S8 && kind <= W2N_COMPONENT_F64;
}

uint64_t payloadOffset(const Types &types, const TypeBody &body) {
  const std::vector<Field> cases = casesOf(body);
  uint32_t alignment = 1;
  for (const Field &variantCase : cases)
    if (variantCase.type)
      alignment = std::max(alignment, layoutOf(types, *variantCase.type).alignment);
  return component::alignUp(component::discriminantBytes(cases.size()), alignment);
}

std::vector<Field> elementOf(const TypeBody &body) {
  std::vector<Field> fields;
  if (body.key)
    fields.push_back({{}, body.key});
  fields.push_back({{}, body.element});
  return fields;
}

std::unexpected<Error> cannotPass(const Types &types, ValueType type) {
  return fail(ErrorKind::Unsupported, "values of type `" + describe(types, type) +
                                          "` between host and guest are not supported yet");
}

} // namespace w2n::runtime
