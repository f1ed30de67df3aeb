// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Validation of casts, with branches and without, and of conversions between hierarchies (core
// specification, sections 3.4.4 and 3.4.8).

#include "lib/wasm/BodyValidator.h"
#include "lib/wasm/ValidateBody.h"

namespace w2n::wasm {

namespace {

/// The references of `from` that are not of `type` (section 3.2.4, "type difference").
ValueType without(ValueType from, ValueType type) {
  return type.nullable ? from.withNull(false) : from;
}

} // namespace

Result<ValueType> BodyValidator::castTarget() {
  W2N_CHECK(checkType(module, instruction.type, instruction.offset));
  const bool takesNull =
      instruction.opcode == Opcode::RefTestNull || instruction.opcode == Opcode::RefCastNull;
  W2N_CHECK(pop(ValueType::reference(module.topOf(instruction.type))));
  return instruction.type.withNull(takesNull);
}

Status BodyValidator::refTest() {
  W2N_CHECK(castTarget());
  push(ValueType::i32());
  return {};
}

Status BodyValidator::refCast() {
  W2N_TRY(type, castTarget());
  push(type);
  return {};
}

/// The label of a cast that branches, which takes a reference at last.
Result<BodyValidator::Frame *> BodyValidator::castLabel() {
  W2N_CHECK(checkType(module, instruction.sourceType, instruction.offset));
  W2N_CHECK(checkType(module, instruction.type, instruction.offset));
  if (!module.matches(instruction.type, instruction.sourceType))
    return mismatch("a subtype of " + toString(instruction.sourceType), toString(instruction.type));
  W2N_TRY(frame, frameAt(instruction.index));
  const Types types = labelTypesOf(*frame);
  if (types.empty() || !types.back().isRef())
    return invalid("type mismatch: the label of " + std::string(infoOf(instruction.opcode).text) +
                   " takes no reference");
  return frame;
}

Status BodyValidator::branchOnCast() {
  W2N_TRY(frame, castLabel());
  const Types types = labelTypesOf(*frame);
  if (!module.matches(instruction.type, types.back()))
    return mismatch("a label for " + toString(instruction.type), toString(types.back()));
  W2N_CHECK(pop(instruction.sourceType));
  const Types others = types.first(types.size() - 1);
  W2N_CHECK(popAll(others));
  W2N_CHECK(pushAll(others));
  push(without(instruction.sourceType, instruction.type));
  return {};
}

Status BodyValidator::branchOnCastFail() {
  W2N_TRY(frame, castLabel());
  const Types types = labelTypesOf(*frame);
  const ValueType rest = without(instruction.sourceType, instruction.type);
  if (!module.matches(rest, types.back()))
    return mismatch("a label for " + toString(rest), toString(types.back()));
  W2N_CHECK(pop(instruction.sourceType));
  const Types others = types.first(types.size() - 1);
  W2N_CHECK(popAll(others));
  W2N_CHECK(pushAll(others));
  push(instruction.type);
  return {};
}

Status BodyValidator::convertReference() {
  const bool isToAny = instruction.opcode == Opcode::AnyConvertExtern;
  W2N_TRY(type, popReference());
  const ValueType from = ValueType::reference(isToAny ? HeapKind::Extern : HeapKind::Any);
  if (!module.matches(type, from))
    return mismatch(toString(from), toString(type));
  push(ValueType::reference(isToAny ? HeapKind::Any : HeapKind::Extern, type.nullable));
  return {};
}

} // namespace w2n::wasm
