// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Validation of blocks, branches, calls and exceptions (core specification, section 3.4.8, "control
// instructions").

#include "lib/wasm/BodyValidator.h"
#include "lib/wasm/ValidateBody.h"

#include <algorithm>

namespace w2n::wasm {

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

} // namespace w2n::wasm
