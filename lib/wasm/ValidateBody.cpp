// The validation algorithm of the core specification's appendix: a stack of operand types, a stack
// of control frames. What is below an unreachable point is polymorphic: pops from it give Bottom,
// which matches every type.
//
// Without recursion, and linear: each instruction costs its own operands, a branch the arity of its
// label.

#include "lib/wasm/ValidateBody.h"

#include "lib/wasm/FeatureGate.h"
#include "lib/wasm/Limits.h"
#include "lib/wasm/LocalTypes.h"

#include <algorithm>
#include <array>
#include <unordered_set>

namespace w2n::wasm {

namespace {

class BodyValidator {
public:
  BodyValidator(const Module &module, uint32_t functionIndex)
      : module(module), functionIndex(functionIndex) {}
  Status run();

private:
  using Types = std::span<const ValueType>;
  using Check = Status (BodyValidator::*)();
  struct Frame {
    Opcode opcode;
    /// Refers to the module's types: a body can nest a million blocks of a thousand results each.
    BlockType type;
    size_t height;
    /// How many locals had been set when it began.
    size_t setLocals = 0;
    bool unreachable = false;
    /// The br_table, counted from 1, that checked this label last.
    uint32_t lastBranchTable = 0;
  };
  struct Row {
    Opcode opcode;
    Check check;
  };
  static const Row rows[];
  static std::array<Check, 256 * 4> makeChecks();

  std::unexpected<Error> invalid(std::string text) const;
  std::unexpected<Error> malformed(std::string text) const;
  std::unexpected<Error> mismatch(const std::string &expected, const std::string &found) const;

  Status pop(ValueType expected);
  Result<ValueType> popAny();
  Status popAll(Types types);
  /// Pops a reference, whatever its type.
  Result<ValueType> popReference();
  void push(ValueType type) { operands.push_back(type); }
  Status pushAll(Types types);
  Status pushFrame(Opcode opcode, const BlockType &type);
  Result<Frame> popFrame();
  void setUnreachable();
  Result<Frame *> frameAt(uint32_t label);
  Types paramsOf(const BlockType &type) const;
  /// Of a value type, this refers to `type` itself.
  Types resultsOf(const BlockType &type) const;
  Types labelTypesOf(const Frame &frame) const;
  /// Checks the operands of a branch without popping them for good.
  Status checkLabelOperands(Types types);

  Status allow(Feature feature) const;
  Result<const FunctionType *> functionTypeAt(uint32_t typeIndex);
  Result<const FunctionType *> calleeType();
  Result<const FunctionType *> indirectCalleeType();
  Result<const FunctionType *> referencedCalleeType();
  Status callWith(const Result<const FunctionType *> &type);
  Status tailCallWith(const Result<const FunctionType *> &type);
  Status checkSignature(std::string_view signature);
  Status checkMemarg(const OpcodeInfo &info);
  Status checkLane(uint8_t lane, unsigned lanes) const;
  Status checkImmediates(const OpcodeInfo &info);
  Status checkTable(uint32_t table);
  Status checkMemory(uint32_t memory);
  Status checkElement(uint32_t segment);
  Status checkData(uint32_t segment);
  ValueType memoryAddress(uint32_t memory) const {
    return module.memories[memory].type.limits.addressType();
  }
  ValueType tableAddress(uint32_t table) const {
    return module.tables[table].type.limits.addressType();
  }
  Status checkBlockType();

  Status unreachable();
  Status block();
  Status ifBlock();
  Status elseBlock();
  Status end();
  Status branch();
  Status branchIf();
  Status branchTable();
  Status returnFromFunction();
  Status call();
  Status callIndirect();
  Status drop();
  Status select();
  Status selectTyped();
  Status localGet();
  Status localSet();
  Status localTee();
  Status globalGet();
  Status globalSet();
  Status tableGet();
  Status tableSet();
  Status memorySize();
  Status memoryGrow();
  Status constant();
  Status refNull();
  Status refIsNull();
  Status refFunc();
  Status memoryInit();
  Status dataDrop();
  Status memoryCopy();
  Status memoryFill();
  Status tableInit();
  Status elemDrop();
  Status tableCopy();
  Status tableGrow();
  Status tableSize();
  Status tableFill();
  Status returnCall();
  Status returnCallIndirect();
  Status callRef();
  Status returnCallRef();
  Status refAsNonNull();
  Status branchOnNull();
  Status branchOnNonNull();
  Status throwException();
  Status throwReference();
  Status tryTable();
  Status catchBlock();
  Status catchAll();
  Status rethrow();
  Status delegate();
  Status checkTag(uint32_t tag);
  Status checkCatchClause(const CatchClause &clause);
  Status beginCatch();
  Result<ValueType> localType();
  /// The local that the instruction names has been set: until the end of the block it has a value.
  void noteSet(ValueType type);
  Result<GlobalType> globalType();

  const Module &module;
  uint32_t functionIndex;
  Instruction instruction;
  LocalTypes locals;
  /// Locals without a default that have been set, in order, and as a set.
  std::vector<uint32_t> setLocals;
  std::unordered_set<uint32_t> isSet;
  std::vector<ValueType> operands;
  std::vector<Frame> frames;
  uint32_t branchTables = 0;
};

const BodyValidator::Row BodyValidator::rows[] = {
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
    {Opcode::Throw, &BodyValidator::throwException},
    {Opcode::ThrowRef, &BodyValidator::throwReference},
    {Opcode::TryTable, &BodyValidator::tryTable},
    {Opcode::Try, &BodyValidator::block},
    {Opcode::Catch, &BodyValidator::catchBlock},
    {Opcode::CatchAll, &BodyValidator::catchAll},
    {Opcode::Rethrow, &BodyValidator::rethrow},
    {Opcode::Delegate, &BodyValidator::delegate},
};

// The checks by opcode; null for those whose signature says it all.
std::array<BodyValidator::Check, 256 * 4> BodyValidator::makeChecks() {
  std::array<Check, 256 * 4> checks{};
  for (const Row &row : rows)
    checks[size_t(row.opcode)] = row.check;
  return checks;
}

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
  for (size_t i = types.size(); i-- > 0;)
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
  // What the block has set is set on some paths only.
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

Status BodyValidator::allow(Feature feature) const {
  auto allowed = FeatureGate(module.features).allow(feature, instruction.offset);
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

// What an immediate must be whatever the operands are.
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

/// How much is copied between memories or tables: the smaller of their address types.
ValueType countType(ValueType destination, ValueType source) {
  return destination == source ? destination : ValueType::i32();
}

Status BodyValidator::checkBlockType() {
  const BlockType &type = instruction.block;
  if (type.kind == BlockType::Kind::Index && !module.isFunctionType(type.typeIndex))
    return invalid("unknown type " + std::to_string(type.typeIndex));
  if (!paramsOf(type).empty() || resultsOf(type).size() > 1)
    W2N_CHECK(allow(Feature::MultiValue));
  if (type.kind == BlockType::Kind::Value)
    W2N_CHECK(allow(featureOf(type.value)));
  return checkType(module, type.value, instruction.offset);
}

Status BodyValidator::unreachable() {
  setUnreachable();
  return {};
}

Status BodyValidator::block() {
  W2N_CHECK(checkBlockType());
  W2N_CHECK(popAll(paramsOf(instruction.block)));
  return pushFrame(instruction.opcode, instruction.block);
}

Status BodyValidator::ifBlock() {
  W2N_CHECK(pop(ValueType::i32()));
  return block();
}

Status BodyValidator::elseBlock() {
  if (frames.back().opcode != Opcode::If)
    return malformed("END opcode expected: else without if");
  W2N_TRY(frame, popFrame());
  return pushFrame(Opcode::Else, frame.type);
}

Status BodyValidator::end() {
  W2N_TRY(frame, popFrame());
  // Without `else` the parameters are the results.
  Types params = paramsOf(frame.type), results = resultsOf(frame.type);
  auto matches = [this](ValueType param, ValueType result) {
    return module.matches(param, result);
  };
  if (frame.opcode == Opcode::If && !std::ranges::equal(params, results, matches))
    return invalid(
        "type mismatch: if without else has type " +
        toString(FunctionType{{params.begin(), params.end()}, {results.begin(), results.end()}}));
  return pushAll(results);
}

Status BodyValidator::branch() {
  W2N_TRY(frame, frameAt(instruction.index));
  W2N_CHECK(popAll(labelTypesOf(*frame)));
  setUnreachable();
  return {};
}

Status BodyValidator::branchIf() {
  W2N_CHECK(pop(ValueType::i32()));
  W2N_TRY(frame, frameAt(instruction.index));
  Types types = labelTypesOf(*frame);
  W2N_CHECK(popAll(types));
  return pushAll(types);
}

Status BodyValidator::branchTable() {
  W2N_CHECK(pop(ValueType::i32()));
  W2N_TRY(byDefault, frameAt(instruction.labels.back()));
  size_t arity = labelTypesOf(*byDefault).size();
  ++branchTables;
  for (uint32_t label : instruction.labels) {
    W2N_TRY(frame, frameAt(label));
    // A label is checked once, however often it occurs.
    if (frame->lastBranchTable == branchTables)
      continue;
    frame->lastBranchTable = branchTables;
    Types types = labelTypesOf(*frame);
    if (types.size() != arity)
      return invalid("type mismatch: br_table's labels have " + std::to_string(arity) + " and " +
                     std::to_string(types.size()) + " operands");
    W2N_CHECK(checkLabelOperands(types));
  }
  W2N_CHECK(popAll(labelTypesOf(*byDefault)));
  setUnreachable();
  return {};
}

Status BodyValidator::returnFromFunction() {
  W2N_CHECK(popAll(resultsOf(frames.front().type)));
  setUnreachable();
  return {};
}

Result<const FunctionType *> BodyValidator::functionTypeAt(uint32_t typeIndex) {
  if (typeIndex >= module.types.size())
    return invalid("unknown type " + std::to_string(typeIndex));
  if (!module.isFunctionType(typeIndex))
    return invalid("type mismatch: type " + std::to_string(typeIndex) + " is not a function type");
  return &module.types[typeIndex].function;
}

Result<const FunctionType *> BodyValidator::calleeType() {
  if (instruction.index >= module.functions.size())
    return invalid("unknown function " + std::to_string(instruction.index));
  return &module.functionType(instruction.index);
}

Result<const FunctionType *> BodyValidator::indirectCalleeType() {
  W2N_CHECK(checkTable(instruction.index2));
  ValueType element = module.tables[instruction.index2].type.element;
  if (!module.matches(element, ValueType::funcref()))
    return mismatch("a table of funcref", toString(element));
  W2N_TRY(type, functionTypeAt(instruction.index));
  W2N_CHECK(pop(tableAddress(instruction.index2)));
  return type;
}

Result<const FunctionType *> BodyValidator::referencedCalleeType() {
  W2N_TRY(type, functionTypeAt(instruction.index));
  W2N_CHECK(pop(ValueType::referenceTo(instruction.index, true)));
  return type;
}

Status BodyValidator::callWith(const Result<const FunctionType *> &type) {
  if (!type)
    return std::unexpected(type.error());
  W2N_CHECK(popAll((*type)->params));
  return pushAll((*type)->results);
}

// Section 3.4.8: the callee's results must do as the caller's.
Status BodyValidator::tailCallWith(const Result<const FunctionType *> &type) {
  if (!type)
    return std::unexpected(type.error());
  W2N_CHECK(popAll((*type)->params));
  Types results = resultsOf(frames.front().type);
  auto matches = [this](ValueType found, ValueType wanted) {
    return module.matches(found, wanted);
  };
  if (!std::ranges::equal((*type)->results, results, matches))
    return mismatch("a callee that returns " +
                        toString(FunctionType{{}, {results.begin(), results.end()}}).substr(6),
                    toString(**type));
  setUnreachable();
  return {};
}

Status BodyValidator::call() { return callWith(calleeType()); }
Status BodyValidator::callIndirect() { return callWith(indirectCalleeType()); }
Status BodyValidator::callRef() { return callWith(referencedCalleeType()); }
Status BodyValidator::returnCall() { return tailCallWith(calleeType()); }
Status BodyValidator::returnCallIndirect() { return tailCallWith(indirectCalleeType()); }
Status BodyValidator::returnCallRef() { return tailCallWith(referencedCalleeType()); }

Status BodyValidator::refAsNonNull() {
  W2N_TRY(type, popReference());
  push(type.withNull(false));
  return {};
}

Status BodyValidator::branchOnNull() {
  W2N_TRY(type, popReference());
  W2N_TRY(frame, frameAt(instruction.index));
  Types types = labelTypesOf(*frame);
  W2N_CHECK(popAll(types));
  W2N_CHECK(pushAll(types));
  push(type.withNull(false));
  return {};
}

Status BodyValidator::branchOnNonNull() {
  W2N_TRY(frame, frameAt(instruction.index));
  Types types = labelTypesOf(*frame);
  if (types.empty() || !types.back().isRef())
    return invalid("type mismatch: br_on_non_null's label takes no reference");
  W2N_CHECK(pop(types.back().withNull(true)));
  Types others = types.first(types.size() - 1);
  W2N_CHECK(popAll(others));
  return pushAll(others);
}

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

Status BodyValidator::tableGet() {
  W2N_CHECK(checkTable(instruction.index));
  W2N_CHECK(pop(tableAddress(instruction.index)));
  push(module.tables[instruction.index].type.element);
  return {};
}

Status BodyValidator::tableSet() {
  W2N_CHECK(checkTable(instruction.index));
  W2N_CHECK(pop(module.tables[instruction.index].type.element));
  return pop(tableAddress(instruction.index));
}

Status BodyValidator::memorySize() {
  W2N_CHECK(checkMemory(instruction.index));
  push(memoryAddress(instruction.index));
  return {};
}

Status BodyValidator::memoryGrow() {
  W2N_CHECK(checkMemory(instruction.index));
  const ValueType address = memoryAddress(instruction.index);
  W2N_CHECK(pop(address));
  push(address);
  return {};
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

Status BodyValidator::memoryInit() {
  W2N_CHECK(checkMemory(instruction.index2));
  W2N_CHECK(checkData(instruction.index));
  W2N_CHECK(pop(ValueType::i32()));
  W2N_CHECK(pop(ValueType::i32()));
  return pop(memoryAddress(instruction.index2));
}

Status BodyValidator::dataDrop() { return checkData(instruction.index); }

Status BodyValidator::memoryCopy() {
  W2N_CHECK(checkMemory(instruction.index));
  W2N_CHECK(checkMemory(instruction.index2));
  const ValueType destination = memoryAddress(instruction.index);
  const ValueType source = memoryAddress(instruction.index2);
  W2N_CHECK(pop(countType(destination, source)));
  W2N_CHECK(pop(source));
  return pop(destination);
}

Status BodyValidator::memoryFill() {
  W2N_CHECK(checkMemory(instruction.index));
  const ValueType address = memoryAddress(instruction.index);
  W2N_CHECK(pop(address));
  W2N_CHECK(pop(ValueType::i32()));
  return pop(address);
}

Status BodyValidator::tableInit() {
  W2N_CHECK(checkTable(instruction.index2));
  W2N_CHECK(checkElement(instruction.index));
  ValueType segment = module.elements[instruction.index].type;
  ValueType table = module.tables[instruction.index2].type.element;
  if (!module.matches(segment, table))
    return mismatch("a segment of " + toString(table), toString(segment));
  W2N_CHECK(pop(ValueType::i32()));
  W2N_CHECK(pop(ValueType::i32()));
  return pop(tableAddress(instruction.index2));
}

Status BodyValidator::elemDrop() { return checkElement(instruction.index); }

Status BodyValidator::tableCopy() {
  W2N_CHECK(checkTable(instruction.index));
  W2N_CHECK(checkTable(instruction.index2));
  ValueType destination = module.tables[instruction.index].type.element;
  ValueType source = module.tables[instruction.index2].type.element;
  if (!module.matches(source, destination))
    return mismatch("a table of " + toString(destination), toString(source));
  const ValueType to = tableAddress(instruction.index), from = tableAddress(instruction.index2);
  W2N_CHECK(pop(countType(to, from)));
  W2N_CHECK(pop(from));
  return pop(to);
}

Status BodyValidator::tableGrow() {
  W2N_CHECK(checkTable(instruction.index));
  const ValueType address = tableAddress(instruction.index);
  W2N_CHECK(pop(address));
  W2N_CHECK(pop(module.tables[instruction.index].type.element));
  push(address);
  return {};
}

Status BodyValidator::tableSize() {
  W2N_CHECK(checkTable(instruction.index));
  push(tableAddress(instruction.index));
  return {};
}

Status BodyValidator::tableFill() {
  W2N_CHECK(checkTable(instruction.index));
  const ValueType address = tableAddress(instruction.index);
  W2N_CHECK(pop(address));
  W2N_CHECK(pop(module.tables[instruction.index].type.element));
  return pop(address);
}

Status BodyValidator::checkTag(uint32_t tag) {
  if (tag >= module.tags.size())
    return invalid("unknown tag " + std::to_string(tag));
  return {};
}

Status BodyValidator::throwException() {
  W2N_CHECK(checkTag(instruction.index));
  W2N_CHECK(popAll(module.tagType(instruction.index).params));
  setUnreachable();
  return {};
}

Status BodyValidator::throwReference() {
  W2N_CHECK(pop(ValueType::exnref()));
  setUnreachable();
  return {};
}

// The label is one of those around the try_table, which is no frame yet.
Status BodyValidator::checkCatchClause(const CatchClause &clause) {
  constexpr ValueType reference = {ValueKind::Ref, /*nullable=*/false, HeapKind::Exn};
  Types payload;
  if (clause.hasTag()) {
    W2N_CHECK(checkTag(clause.tag));
    payload = module.tagType(clause.tag).params;
  }
  W2N_TRY(frame, frameAt(clause.label));
  Types wanted = labelTypesOf(*frame);
  auto matches = [this](ValueType found, ValueType expected) {
    return module.matches(found, expected);
  };
  if (wanted.size() == payload.size() + clause.hasReference() &&
      std::ranges::equal(payload, wanted.first(payload.size()), matches) &&
      (!clause.hasReference() || module.matches(reference, wanted.back())))
    return {};
  std::vector<ValueType> found(payload.begin(), payload.end());
  if (clause.hasReference())
    found.push_back(reference);
  return invalid("type mismatch: a catch clause gives " +
                 toString(FunctionType{{}, found}).substr(6) + ", its label expects " +
                 toString(FunctionType{{}, {wanted.begin(), wanted.end()}}).substr(6));
}

Status BodyValidator::tryTable() {
  W2N_CHECK(checkBlockType());
  W2N_CHECK(popAll(paramsOf(instruction.block)));
  for (const CatchClause &clause : instruction.catches)
    W2N_CHECK(checkCatchClause(clause));
  return pushFrame(Opcode::TryTable, instruction.block);
}

/// Ends the body of a try, or the clause before.
Status BodyValidator::beginCatch() {
  const Opcode opcode = frames.back().opcode;
  if (opcode != Opcode::Try && opcode != Opcode::Catch)
    return malformed("END opcode expected: " + std::string(infoOf(instruction.opcode).text) +
                     " without try");
  W2N_TRY(frame, popFrame());
  frames.push_back({instruction.opcode, frame.type, operands.size()});
  return {};
}

Status BodyValidator::catchBlock() {
  W2N_CHECK(checkTag(instruction.index));
  W2N_CHECK(beginCatch());
  return pushAll(module.tagType(instruction.index).params);
}

Status BodyValidator::catchAll() { return beginCatch(); }

Status BodyValidator::rethrow() {
  W2N_TRY(frame, frameAt(instruction.index));
  if (frame->opcode != Opcode::Catch && frame->opcode != Opcode::CatchAll)
    return invalid("invalid rethrow label " + std::to_string(instruction.index));
  setUnreachable();
  return {};
}

Status BodyValidator::delegate() {
  if (frames.back().opcode != Opcode::Try)
    return malformed("END opcode expected: delegate without try");
  W2N_TRY(frame, popFrame());
  // Counted from the frame around the try.
  W2N_CHECK(frameAt(instruction.index));
  return pushAll(resultsOf(frame.type));
}

Status BodyValidator::run() {
  static const auto checks = makeChecks();
  const Function &function = module.functions[functionIndex];
  const FunctionType &type = module.functionType(functionIndex);
  locals = LocalTypes(type.params, function.locals);
  for (const LocalGroup &group : function.locals)
    W2N_CHECK(checkType(module, group.type, function.codeOffset));
  // Of the function's own frame only the results matter; its parameters are locals.
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
    W2N_CHECK(allow(info.feature));
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

} // namespace

Status validateBody(const Module &module, uint32_t functionIndex) {
  return BodyValidator(module, functionIndex).run();
}

} // namespace w2n::wasm
