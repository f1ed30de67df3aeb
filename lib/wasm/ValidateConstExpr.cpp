// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/wasm/FeatureGate.h"
#include "lib/wasm/ValidateBody.h"

namespace w2n::wasm {

namespace {

/// The types that a constant instruction pops and pushes; the stack holds types.
class ConstExprValidator {
public:
  ConstExprValidator(Module &module, uint32_t visibleGlobals)
      : module(module), visibleGlobals(visibleGlobals) {}

  Status check(const Instruction &instruction);
  Status finish(ValueType expected, uint64_t offset) const;

private:
  Status checkGlobalGet(const Instruction &instruction);
  Status checkBinary(const Instruction &instruction, ValueType type);
  Status pop(const Instruction &instruction, ValueType expected);
  Result<const TypeDefinition *> aggregateType(const Instruction &instruction, CompositeKind kind);
  Status checkStructNew(const Instruction &instruction);
  Status checkArrayNew(const Instruction &instruction);
  Status checkConversion(const Instruction &instruction, HeapKind from, HeapKind to);
  Status checkHeapInstruction(const Instruction &instruction);

  Module &module;
  uint32_t visibleGlobals;
  std::vector<ValueType> stack;
};

Status ConstExprValidator::checkGlobalGet(const Instruction &instruction) {
  if (instruction.index >= visibleGlobals)
    return fail(ErrorKind::Invalid, "unknown global " + std::to_string(instruction.index),
                instruction.offset);
  if (instruction.index >= module.importedGlobals)
    W2N_CHECK(FeatureGate(module.features).allow(Feature::GarbageCollection, instruction.offset));
  const GlobalType &type = module.globals[instruction.index].type;
  if (type.isMutable)
    return fail(
        ErrorKind::Invalid,
        "constant expression required: " +
            describeItem("global", instruction.index, module.globals[instruction.index].name) +
            " is mutable",
        instruction.offset);
  stack.push_back(type.type);
  return {};
}

Status ConstExprValidator::checkBinary(const Instruction &instruction, ValueType type) {
  W2N_CHECK(FeatureGate(module.features).allow(Feature::ExtendedConst, instruction.offset));
  size_t height = stack.size();
  if (height < 2 || stack[height - 1] != type || stack[height - 2] != type)
    return fail(ErrorKind::Invalid,
                "type mismatch: " + std::string(infoOf(instruction.opcode).text) + " needs two " +
                    toString(type),
                instruction.offset);
  stack.pop_back();
  return {};
}

Status ConstExprValidator::pop(const Instruction &instruction, ValueType expected) {
  if (stack.empty() || !module.matches(stack.back(), expected))
    return fail(ErrorKind::Invalid,
                "type mismatch: " + std::string(infoOf(instruction.opcode).text) + " expects " +
                    toString(expected) + ", found " +
                    (stack.empty() ? "an empty stack" : toString(stack.back())),
                instruction.offset);
  stack.pop_back();
  return {};
}

Result<const TypeDefinition *> ConstExprValidator::aggregateType(const Instruction &instruction,
                                                                 CompositeKind kind) {
  if (instruction.index >= module.types.size())
    return fail(ErrorKind::Invalid, "unknown type " + std::to_string(instruction.index),
                instruction.offset);
  const TypeDefinition &type = module.types[instruction.index];
  const bool takesDefaults = instruction.opcode == Opcode::StructNewDefault ||
                             instruction.opcode == Opcode::ArrayNewDefault;
  if (type.kind != kind || (takesDefaults && !type.isDefaultable))
    return fail(ErrorKind::Invalid,
                "type mismatch: " + std::string(infoOf(instruction.opcode).text) + " of type " +
                    std::to_string(instruction.index),
                instruction.offset);
  return &type;
}

Status ConstExprValidator::checkStructNew(const Instruction &instruction) {
  W2N_TRY(type, aggregateType(instruction, CompositeKind::Struct));
  if (instruction.opcode == Opcode::StructNew)
    for (size_t i = type->fields.size(); i-- > 0;)
      W2N_CHECK(pop(instruction, type->fields[i].type));
  stack.push_back(ValueType::referenceTo(instruction.index, /*nullable=*/false));
  return {};
}

Status ConstExprValidator::checkArrayNew(const Instruction &instruction) {
  W2N_TRY(type, aggregateType(instruction, CompositeKind::Array));
  if (instruction.opcode == Opcode::ArrayNewFixed) {
    for (uint32_t i = 0; i < instruction.index2; ++i)
      W2N_CHECK(pop(instruction, type->fields[0].type));
  } else {
    W2N_CHECK(pop(instruction, ValueType::i32()));
    if (instruction.opcode == Opcode::ArrayNew)
      W2N_CHECK(pop(instruction, type->fields[0].type));
  }
  stack.push_back(ValueType::referenceTo(instruction.index, /*nullable=*/false));
  return {};
}

Status ConstExprValidator::checkConversion(const Instruction &instruction, HeapKind from,
                                           HeapKind to) {
  const bool isNullable = stack.empty() || stack.back().nullable;
  W2N_CHECK(pop(instruction, ValueType::reference(from)));
  stack.push_back(ValueType::reference(to, isNullable));
  return {};
}

// Objects are as constant as what they are made of (section 3.4.11).
Status ConstExprValidator::checkHeapInstruction(const Instruction &instruction) {
  W2N_CHECK(FeatureGate(module.features).allow(instruction));
  switch (instruction.opcode) {
  case Opcode::StructNew:
  case Opcode::StructNewDefault:
    return checkStructNew(instruction);
  case Opcode::ArrayNew:
  case Opcode::ArrayNewDefault:
  case Opcode::ArrayNewFixed:
    return checkArrayNew(instruction);
  case Opcode::AnyConvertExtern:
    return checkConversion(instruction, HeapKind::Extern, HeapKind::Any);
  case Opcode::ExternConvertAny:
    return checkConversion(instruction, HeapKind::Any, HeapKind::Extern);
  case Opcode::RefI31:
    W2N_CHECK(pop(instruction, ValueType::i32()));
    stack.push_back(ValueType::reference(HeapKind::I31, /*nullable=*/false));
    return {};
  default: // Everything else is not constant.
    return fail(ErrorKind::Invalid,
                "constant expression required: " + std::string(infoOf(instruction.opcode).text) +
                    " is not constant",
                instruction.offset);
  }
}

Status ConstExprValidator::check(const Instruction &instruction) {
  switch (instruction.opcode) {
  case Opcode::I32Const:
    stack.push_back(ValueType::i32());
    return {};
  case Opcode::I64Const:
    stack.push_back(ValueType::i64());
    return {};
  case Opcode::F32Const:
    stack.push_back(ValueType::f32());
    return {};
  case Opcode::F64Const:
    stack.push_back(ValueType::f64());
    return {};
  case Opcode::V128Const:
    stack.push_back(ValueType::v128());
    return {};
  case Opcode::I32Add:
  case Opcode::I32Sub:
  case Opcode::I32Mul:
    return checkBinary(instruction, ValueType::i32());
  case Opcode::I64Add:
  case Opcode::I64Sub:
  case Opcode::I64Mul:
    return checkBinary(instruction, ValueType::i64());
  case Opcode::GlobalGet:
    return checkGlobalGet(instruction);
  case Opcode::RefNull:
    W2N_CHECK(checkType(module, instruction.type, instruction.offset));
    stack.push_back(instruction.type);
    return {};
  case Opcode::RefFunc:
    if (instruction.index >= module.functions.size())
      return fail(ErrorKind::Invalid, "unknown function " + std::to_string(instruction.index),
                  instruction.offset);
    module.functions[instruction.index].declared = true;
    stack.push_back(ValueType::referenceTo(module.functions[instruction.index].typeIndex, false));
    return {};
  default: // Some of what is left makes objects.
    return checkHeapInstruction(instruction);
  }
}

Status ConstExprValidator::finish(ValueType expected, uint64_t offset) const {
  if (stack.size() == 1 && module.matches(stack[0], expected))
    return {};
  return fail(ErrorKind::Invalid,
              "type mismatch: constant expression gives " +
                  toString(FunctionType{{}, stack}).substr(6) + ", expected [" +
                  toString(expected) + "]",
              offset);
}

} // namespace

Status validateConstExpr(Module &module, const ConstExpr &expression, ValueType expected,
                         uint32_t visibleGlobals) {
  ConstExprValidator validator(module, visibleGlobals);
  ByteReader reader(expression.code, expression.offset);
  Instruction instruction;
  while (!reader.atEnd()) {
    W2N_CHECK(decodeInstruction(reader, instruction));
    W2N_CHECK(validator.check(instruction));
  }
  return validator.finish(expected, expression.offset);
}

} // namespace w2n::wasm
