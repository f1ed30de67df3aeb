// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The validator of one function body; its checks of single instructions are in a file for each
// family: ValidateControl, ValidateVariables, ValidateStorage, ValidateAggregates, ValidateCasts.
#pragma once

#include "lib/wasm/FeatureGate.h"
#include "lib/wasm/Instruction.h"
#include "lib/wasm/LocalTypes.h"

#include <array>
#include <unordered_set>

namespace w2n::wasm {

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
    /// The number of locals that had been set when it began.
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
  /// By opcode; null for those whose signature says it all.
  using Checks = std::array<Check, opcodeCount>;
  static consteval Checks makeChecks();
  static const Checks checks;

  std::unexpected<Error> invalid(std::string text) const;
  std::unexpected<Error> malformed(std::string text) const;
  std::unexpected<Error> mismatch(const std::string &expected, const std::string &found) const;

  Status pop(ValueType expected);
  Result<ValueType> popAny();
  Status popAll(Types types);
  /// Whether all pops from here on give Bottom: a thousand of them need not be tried, one by one.
  bool popsAnything() const {
    return frames.back().unreachable && operands.size() == frames.back().height;
  }
  /// Pops a reference, whatever its type.
  Result<ValueType> popReference();
  void push(ValueType type) { operands.push_back(type); }
  Status pushAll(Types types);
  Status pushFrame(Opcode opcode, const BlockType &type);
  Result<Frame> popFrame();
  void setUnreachable();
  Result<Frame *> frameAt(uint32_t label);
  Types paramsOf(const BlockType &type) const;
  /// For a value type, the result refers to `type` itself.
  Types resultsOf(const BlockType &type) const;
  Types labelTypesOf(const Frame &frame) const;
  /// Checks the operands of a branch without popping them for good.
  Status checkLabelOperands(Types types);

  Status checkFeatures() const;
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
  Status structNew();
  Status structNewDefault();
  Status structGet();
  Status structSet();
  Status arrayNew();
  Status arrayNewDefault();
  Status arrayNewFixed();
  Status arrayNewData();
  Status arrayNewElem();
  Status arrayGet();
  Status arraySet();
  Status arrayFill();
  Status arrayCopy();
  Status arrayInitData();
  Status arrayInitElem();
  Status refI31();
  Status refTest();
  Status refCast();
  Status branchOnCast();
  Status branchOnCastFail();
  Status convertReference();
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
  /// The structure or array type that the instruction names.
  Result<const TypeDefinition *> aggregateType(CompositeKind kind, uint32_t typeIndex);
  Result<const FieldType *> structField();
  Result<const FieldType *> arrayElement(uint32_t typeIndex);
  Result<const FieldType *> mutableElement();
  Status checkExtension(const FieldType &field) const;
  Status checkDataElement(const FieldType &element);
  Status checkElementsOf(const FieldType &element);
  void pushReference() { push(ValueType::referenceTo(instruction.index, /*nullable=*/false)); }
  /// The type that a cast is made to: it is known, and so is the top of its hierarchy.
  Result<ValueType> castTarget();
  Result<Frame *> castLabel();
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

} // namespace w2n::wasm
