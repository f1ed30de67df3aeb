// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The validation algorithm of the core specification's appendix: a stack of operand types, a stack
// of control frames. What is below an unreachable point is polymorphic: pops from it give Bottom,
// which matches every type.
//
// Without recursion, and linear: each instruction costs its own operands, a branch the arity of its
// label.

#include "lib/wasm/ValidateBody.h"

#include "lib/wasm/BodyValidator.h"
#include "lib/wasm/Limits.h"

namespace w2n::wasm {

/// Ends the build, by not being constant, if an opcode with the signature "*" has no row below, or
/// one with another signature has one.
static void anOpcodeHasNoRowOrNeedsNone() {}

constexpr BodyValidator::Row BodyValidator::rows[] = {
    {Opcode::Unreachable, &BodyValidator::unreachable},
    {Opcode::Block, &BodyValidator::block},
    {Opcode::Loop, &BodyValidator::block},
    {Opcode::If, &BodyValidator::ifBlock},
    {Opcode::Else, &BodyValidator::elseBlock},
    {Opcode::End, &BodyValidator::end},
    {Opcode::Br, &BodyValidator::branch},
    {Opcode::BrIf, &BodyValidator::branchIf},
    {Opcode::BrTable, &BodyValidator::branchTable},
    {Opcode::Return, &BodyValidator::returnFromFunction},
    {Opcode::Call, &BodyValidator::call},
    {Opcode::CallIndirect, &BodyValidator::callIndirect},
    {Opcode::Drop, &BodyValidator::drop},
    {Opcode::Select, &BodyValidator::select},
    {Opcode::SelectTyped, &BodyValidator::selectTyped},
    {Opcode::LocalGet, &BodyValidator::localGet},
    {Opcode::LocalSet, &BodyValidator::localSet},
    {Opcode::LocalTee, &BodyValidator::localTee},
    {Opcode::GlobalGet, &BodyValidator::globalGet},
    {Opcode::GlobalSet, &BodyValidator::globalSet},
    {Opcode::TableGet, &BodyValidator::tableGet},
    {Opcode::TableSet, &BodyValidator::tableSet},
    {Opcode::MemorySize, &BodyValidator::memorySize},
    {Opcode::MemoryGrow, &BodyValidator::memoryGrow},
    {Opcode::I32Const, &BodyValidator::constant},
    {Opcode::I64Const, &BodyValidator::constant},
    {Opcode::F32Const, &BodyValidator::constant},
    {Opcode::F64Const, &BodyValidator::constant},
    {Opcode::RefNull, &BodyValidator::refNull},
    {Opcode::RefIsNull, &BodyValidator::refIsNull},
    {Opcode::RefFunc, &BodyValidator::refFunc},
    {Opcode::MemoryInit, &BodyValidator::memoryInit},
    {Opcode::DataDrop, &BodyValidator::dataDrop},
    {Opcode::MemoryCopy, &BodyValidator::memoryCopy},
    {Opcode::MemoryFill, &BodyValidator::memoryFill},
    {Opcode::TableInit, &BodyValidator::tableInit},
    {Opcode::ElemDrop, &BodyValidator::elemDrop},
    {Opcode::TableCopy, &BodyValidator::tableCopy},
    {Opcode::TableGrow, &BodyValidator::tableGrow},
    {Opcode::TableSize, &BodyValidator::tableSize},
    {Opcode::TableFill, &BodyValidator::tableFill},
    {Opcode::ReturnCall, &BodyValidator::returnCall},
    {Opcode::ReturnCallIndirect, &BodyValidator::returnCallIndirect},
    {Opcode::CallRef, &BodyValidator::callRef},
    {Opcode::ReturnCallRef, &BodyValidator::returnCallRef},
    {Opcode::RefAsNonNull, &BodyValidator::refAsNonNull},
    {Opcode::BrOnNull, &BodyValidator::branchOnNull},
    {Opcode::BrOnNonNull, &BodyValidator::branchOnNonNull},
    {Opcode::StructNew, &BodyValidator::structNew},
    {Opcode::StructNewDefault, &BodyValidator::structNewDefault},
    {Opcode::StructGet, &BodyValidator::structGet},
    {Opcode::StructGetS, &BodyValidator::structGet},
    {Opcode::StructGetU, &BodyValidator::structGet},
    {Opcode::StructSet, &BodyValidator::structSet},
    {Opcode::ArrayNew, &BodyValidator::arrayNew},
    {Opcode::ArrayNewDefault, &BodyValidator::arrayNewDefault},
    {Opcode::ArrayNewFixed, &BodyValidator::arrayNewFixed},
    {Opcode::ArrayNewData, &BodyValidator::arrayNewData},
    {Opcode::ArrayNewElem, &BodyValidator::arrayNewElem},
    {Opcode::ArrayGet, &BodyValidator::arrayGet},
    {Opcode::ArrayGetS, &BodyValidator::arrayGet},
    {Opcode::ArrayGetU, &BodyValidator::arrayGet},
    {Opcode::ArraySet, &BodyValidator::arraySet},
    {Opcode::ArrayFill, &BodyValidator::arrayFill},
    {Opcode::ArrayCopy, &BodyValidator::arrayCopy},
    {Opcode::ArrayInitData, &BodyValidator::arrayInitData},
    {Opcode::ArrayInitElem, &BodyValidator::arrayInitElem},
    {Opcode::RefTest, &BodyValidator::refTest},
    {Opcode::RefTestNull, &BodyValidator::refTest},
    {Opcode::RefCast, &BodyValidator::refCast},
    {Opcode::RefCastNull, &BodyValidator::refCast},
    {Opcode::BrOnCast, &BodyValidator::branchOnCast},
    {Opcode::BrOnCastFail, &BodyValidator::branchOnCastFail},
    {Opcode::AnyConvertExtern, &BodyValidator::convertReference},
    {Opcode::ExternConvertAny, &BodyValidator::convertReference},
    {Opcode::RefI31, &BodyValidator::refI31},
    {Opcode::Throw, &BodyValidator::throwException},
    {Opcode::ThrowRef, &BodyValidator::throwReference},
    {Opcode::TryTable, &BodyValidator::tryTable},
    {Opcode::Try, &BodyValidator::block},
    {Opcode::Catch, &BodyValidator::catchBlock},
    {Opcode::CatchAll, &BodyValidator::catchAll},
    {Opcode::Rethrow, &BodyValidator::rethrow},
    {Opcode::Delegate, &BodyValidator::delegate},
};

consteval BodyValidator::Checks BodyValidator::makeChecks() {
  Checks all{};
  // Pointers to members are not compared: GCC 12 refuses it in constants when it builds with
  // -fsanitize=undefined (GCC bug 71962).
  std::array<bool, opcodeCount> hasRow = {};
  for (const Row &row : rows) {
    all[size_t(row.opcode)] = row.check;
    hasRow[size_t(row.opcode)] = true;
  }
  constexpr std::string_view signatures[] = {
#define WASM_OP(name, prefix, code, text, immediates, signature, ...) signature,
#include "lib/wasm/Opcodes.def"
  };
  for (size_t opcode = 0; opcode < opcodeCount; ++opcode)
    if ((signatures[opcode] == "*") != hasRow[opcode])
      anOpcodeHasNoRowOrNeedsNone();
  return all;
}

constexpr BodyValidator::Checks BodyValidator::checks = makeChecks();

std::unexpected<Error> BodyValidator::invalid(std::string text) const {
  return fail(ErrorKind::Invalid, text + " (" + describeFunction(module, functionIndex) + ")",
              instruction.offset);
}

std::unexpected<Error> BodyValidator::malformed(std::string text) const {
  return fail(ErrorKind::Malformed, text + " (" + describeFunction(module, functionIndex) + ")",
              instruction.offset);
}

std::unexpected<Error> BodyValidator::mismatch(const std::string &expected,
                                               const std::string &found) const {
  return invalid("type mismatch: " + std::string(infoOf(instruction.opcode).text) + " expects " +
                 expected + ", found " + found);
}

Result<ValueType> BodyValidator::popAny() {
  const Frame &frame = frames.back();
  if (operands.size() == frame.height) {
    if (frame.unreachable)
      return ValueType::bottom();
    return mismatch("an operand", "an empty stack");
  }
  ValueType type = operands.back();
  operands.pop_back();
  return type;
}

Status BodyValidator::pop(ValueType expected) {
  const Frame &frame = frames.back();
  if (operands.size() > frame.height) [[likely]] {
    ValueType found = operands.back();
    operands.pop_back();
    if (found == expected || expected.kind == ValueKind::Bottom) [[likely]]
      return {};
    if (module.matches(found, expected))
      return {};
    return mismatch(toString(expected), toString(found));
  }
  if (frame.unreachable)
    return {};
  return mismatch(toString(expected), "an empty stack");
}

Status BodyValidator::popAll(Types types) {
  for (size_t i = types.size(); i-- > 0 && !popsAnything();)
    W2N_CHECK(pop(types[i]));
  return {};
}

Result<ValueType> BodyValidator::popReference() {
  W2N_TRY(type, popAny());
  if (type.kind == ValueKind::Bottom)
    return ValueType::reference(HeapKind::Bottom, false);
  if (!type.isRef())
    return mismatch("a reference", toString(type));
  return type;
}

Status BodyValidator::pushAll(Types types) {
  if (operands.size() + types.size() > limits::operands)
    return fail(ErrorKind::Limit,
                "more than " + std::to_string(limits::operands) + " operands on the stack (" +
                    describeFunction(module, functionIndex) + ")",
                instruction.offset);
  operands.insert(operands.end(), types.begin(), types.end());
  return {};
}

Status BodyValidator::pushFrame(Opcode opcode, const BlockType &type) {
  frames.push_back({opcode, type, operands.size(), setLocals.size()});
  return pushAll(paramsOf(type));
}

Result<BodyValidator::Frame> BodyValidator::popFrame() {
  Frame frame = frames.back();
  Types results = resultsOf(frame.type);
  W2N_CHECK(popAll(results));
  if (operands.size() != frame.height)
    return mismatch(std::to_string(results.size()) + " results",
                    std::to_string(operands.size() - frame.height) + " more operands");
  frames.pop_back();
  // Locals that the block has set are set on some paths only.
  for (; setLocals.size() > frame.setLocals; setLocals.pop_back())
    isSet.erase(setLocals.back());
  return frame;
}

void BodyValidator::setUnreachable() {
  operands.resize(frames.back().height);
  frames.back().unreachable = true;
}

Result<BodyValidator::Frame *> BodyValidator::frameAt(uint32_t label) {
  if (label >= frames.size())
    return invalid("unknown label " + std::to_string(label));
  return &frames[frames.size() - 1 - label];
}

BodyValidator::Types BodyValidator::paramsOf(const BlockType &type) const {
  if (type.kind == BlockType::Kind::Index)
    return module.types[type.typeIndex].function.params;
  return {};
}

BodyValidator::Types BodyValidator::resultsOf(const BlockType &type) const {
  switch (type.kind) {
  case BlockType::Kind::Empty:
    return {};
  case BlockType::Kind::Value:
    return {&type.value, 1};
  case BlockType::Kind::Index:
    return module.types[type.typeIndex].function.results;
  }
  return {};
}

BodyValidator::Types BodyValidator::labelTypesOf(const Frame &frame) const {
  return frame.opcode == Opcode::Loop ? paramsOf(frame.type) : resultsOf(frame.type);
}

Status BodyValidator::checkLabelOperands(Types types) {
  const Frame &frame = frames.back();
  for (size_t i = 0; i < types.size(); ++i) {
    size_t depth = types.size() - i;
    if (operands.size() - frame.height < depth) {
      if (frame.unreachable)
        continue;
      return mismatch(toString(types[i]), "an empty stack");
    }
    ValueType found = operands[operands.size() - depth];
    if (!module.matches(found, types[i]))
      return mismatch(toString(types[i]), toString(found));
  }
  return {};
}

Status BodyValidator::checkFeatures() const {
  auto allowed = FeatureGate(module.features).allow(instruction);
  if (!allowed)
    allowed.error().text += " (" + describeFunction(module, functionIndex) + ")";
  return allowed;
}

Status BodyValidator::checkSignature(std::string_view signature) {
  auto typeOf = [this](char letter) {
    switch (letter) {
    case 'l':
      return ValueType::i64();
    case 'f':
      return ValueType::f32();
    case 'd':
      return ValueType::f64();
    case 'v':
      return ValueType::v128();
    case 'p': // checkMemarg has checked the index.
      return memoryAddress(instruction.index);
    case 'q':
      return ValueType::reference(HeapKind::Eq);
    case 's':
      return ValueType::reference(HeapKind::I31);
    case 'a':
      return ValueType::reference(HeapKind::Array);
    default: // 'i'
      return ValueType::i32();
    }
  };
  size_t colon = signature.find(':');
  for (size_t i = colon; i-- > 0;)
    W2N_CHECK(pop(typeOf(signature[i])));
  for (char letter : signature.substr(colon + 1))
    push(typeOf(letter));
  return {};
}

Status BodyValidator::checkMemarg(const OpcodeInfo &info) {
  W2N_CHECK(checkMemory(instruction.index));
  if (instruction.alignLog2 > info.alignLog2)
    return invalid("alignment must not be larger than natural");
  // A misaligned atomic access traps, so that no smaller alignment is a promise worth making.
  if (info.immediates == Immediates::AtomicMemarg && instruction.alignLog2 != info.alignLog2)
    return invalid("atomic alignment must be natural");
  if (instruction.memoryOffset > 0xffffffff && !module.memories[instruction.index].type.limits.is64)
    return invalid("offset out of range: " + std::to_string(instruction.memoryOffset));
  return {};
}

Status BodyValidator::checkLane(uint8_t lane, unsigned lanes) const {
  if (lane >= lanes)
    return invalid("invalid lane index " + std::to_string(lane) + ", must be less than " +
                   std::to_string(lanes));
  return {};
}

// Checks the immediates, whose rules hold whatever the operands are.
Status BodyValidator::checkImmediates(const OpcodeInfo &info) {
  constexpr unsigned vectorBytes = 16;
  switch (info.immediates) {
  case Immediates::Memarg:
  case Immediates::AtomicMemarg:
    return checkMemarg(info);
  case Immediates::MemargLane:
    W2N_CHECK(checkMemarg(info));
    [[fallthrough]];
  case Immediates::Lane:
    return checkLane(instruction.lane, vectorBytes >> info.alignLog2);
  case Immediates::Shuffle:
    // The lanes of two vectors.
    for (uint8_t lane : instruction.bytes)
      W2N_CHECK(checkLane(lane, 2 * vectorBytes));
    return {};
  default: // The others are the signature's or the instruction's own.
    return {};
  }
}

Status BodyValidator::checkTable(uint32_t table) {
  if (table >= module.tables.size())
    return invalid("unknown table " + std::to_string(table));
  return {};
}

Status BodyValidator::checkMemory(uint32_t memory) {
  if (memory >= module.memories.size())
    return invalid("unknown memory " + std::to_string(memory));
  return {};
}

Status BodyValidator::checkElement(uint32_t segment) {
  if (segment >= module.elements.size())
    return invalid("unknown elem segment " + std::to_string(segment));
  return {};
}

Status BodyValidator::checkData(uint32_t segment) {
  if (!module.dataCount)
    return malformed("data count section required");
  if (segment >= *module.dataCount)
    return invalid("unknown data segment " + std::to_string(segment));
  return {};
}

Status BodyValidator::checkBlockType() {
  const BlockType &type = instruction.block;
  if (type.kind == BlockType::Kind::Index && !module.isFunctionType(type.typeIndex))
    return invalid("unknown type " + std::to_string(type.typeIndex));
  return checkType(module, type.value, instruction.offset);
}

Status BodyValidator::run() {
  const Function &function = module.functions[functionIndex];
  const FunctionType &type = module.functionType(functionIndex);
  locals = LocalTypes(type.params, function.locals);
  for (const LocalGroup &group : function.locals)
    W2N_CHECK(checkType(module, group.type, function.codeOffset));
  // The parameters of the function's own frame are locals, so only its results matter.
  frames.push_back({Opcode::Block, {BlockType::Kind::Index, {}, function.typeIndex}, 0});

  ByteReader reader(function.code, function.codeOffset);
  while (!frames.empty()) {
    if (auto decoded = decodeInstruction(reader, instruction); !decoded) {
      Error error = std::move(decoded).error();
      // The end of the body inside an instruction, in the specification's words.
      if (error.text == "unexpected end")
        error.text = "unexpected end of section or function";
      error.text += " (" + describeFunction(module, functionIndex) + ")";
      return std::unexpected(std::move(error));
    }
    const OpcodeInfo &info = infoOf(instruction.opcode);
    W2N_CHECK(checkFeatures());
    W2N_CHECK(checkImmediates(info));
    if (Check check = checks[size_t(instruction.opcode)])
      W2N_CHECK((this->*check)());
    else
      W2N_CHECK(checkSignature(info.signature));
  }
  if (!reader.atEnd())
    return fail(ErrorKind::Malformed,
                "END opcode expected: bytes left after the body (" +
                    describeFunction(module, functionIndex) + ")",
                reader.offset());
  return {};
}

Status validateBody(const Module &module, uint32_t functionIndex) {
  return BodyValidator(module, functionIndex).run();
}

} // namespace w2n::wasm
