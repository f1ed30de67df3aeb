// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Validation of drop, select, locals, globals, constants and references.

#include "lib/wasm/BodyValidator.h"
#include "lib/wasm/ValidateBody.h"

namespace w2n::wasm {

Status BodyValidator::drop() {
  W2N_CHECK(popAny());
  return {};
}

Status BodyValidator::select() {
  W2N_CHECK(pop(ValueType::i32()));
  W2N_TRY(first, popAny());
  W2N_TRY(second, popAny());
  if (first.isRef() || second.isRef())
    return mismatch("numbers (references need a type)", toString(first.isRef() ? first : second));
  if (first != second && first.kind != ValueKind::Bottom && second.kind != ValueKind::Bottom)
    return mismatch(toString(second), toString(first));
  push(first.kind == ValueKind::Bottom ? second : first);
  return {};
}

Status BodyValidator::selectTyped() {
  if (instruction.valueTypes.size() != 1)
    return invalid("invalid result arity: select with " +
                   std::to_string(instruction.valueTypes.size()) + " types");
  ValueType type = instruction.valueTypes[0];
  W2N_CHECK(checkType(module, type, instruction.offset));
  W2N_CHECK(pop(ValueType::i32()));
  W2N_CHECK(pop(type));
  W2N_CHECK(pop(type));
  push(type);
  return {};
}

Result<ValueType> BodyValidator::localType() {
  if (instruction.index >= locals.size())
    return invalid("unknown local " + std::to_string(instruction.index));
  return locals[instruction.index];
}

Status BodyValidator::localGet() {
  W2N_TRY(type, localType());
  const size_t params = module.functionType(functionIndex).params.size();
  if (!type.isDefaultable() && instruction.index >= params && !isSet.contains(instruction.index))
    return invalid("uninitialized local " + std::to_string(instruction.index));
  push(type);
  return {};
}

void BodyValidator::noteSet(ValueType type) {
  if (!type.isDefaultable() && isSet.insert(instruction.index).second)
    setLocals.push_back(instruction.index);
}

Status BodyValidator::localSet() {
  W2N_TRY(type, localType());
  noteSet(type);
  return pop(type);
}

Status BodyValidator::localTee() {
  W2N_TRY(type, localType());
  W2N_CHECK(pop(type));
  noteSet(type);
  push(type);
  return {};
}

Result<GlobalType> BodyValidator::globalType() {
  if (instruction.index >= module.globals.size())
    return invalid("unknown global " + std::to_string(instruction.index));
  return module.globals[instruction.index].type;
}

Status BodyValidator::globalGet() {
  W2N_TRY(type, globalType());
  push(type.type);
  return {};
}

Status BodyValidator::globalSet() {
  W2N_TRY(type, globalType());
  if (!type.isMutable)
    return invalid(
        "immutable " +
        describeItem("global", instruction.index, module.globals[instruction.index].name) +
        " cannot be set");
  return pop(type.type);
}

Status BodyValidator::constant() {
  static constexpr ValueType types[] = {ValueType::i32(), ValueType::i64(), ValueType::f32(),
                                        ValueType::f64()};
  push(types[size_t(instruction.opcode) - size_t(Opcode::I32Const)]);
  return {};
}

Status BodyValidator::refNull() {
  W2N_CHECK(checkType(module, instruction.type, instruction.offset));
  push(instruction.type);
  return {};
}

Status BodyValidator::refIsNull() {
  W2N_CHECK(popReference());
  push(ValueType::i32());
  return {};
}

Status BodyValidator::refFunc() {
  if (instruction.index >= module.functions.size())
    return invalid("unknown function " + std::to_string(instruction.index));
  if (!module.functions[instruction.index].declared)
    return invalid("undeclared function reference " + std::to_string(instruction.index));
  push(ValueType::referenceTo(module.functions[instruction.index].typeIndex, false));
  return {};
}

} // namespace w2n::wasm
