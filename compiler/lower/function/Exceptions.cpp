// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Exceptions (core specification, section 3.4.8): throw, throw_ref, try_table, and the older try
// with its clauses inside.
//
// Nothing is paid for while nothing is thrown: a call inside a try is an `invoke`, whose other edge
// is found in a table by the runtime's unwinder. All calls of a try unwind to one landing pad,
// which goes on to the block where the clauses are tried; a throw in the same try branches there.
// An exception that no clause catches goes to the clauses of the try around, and from the outermost
// back to the runtime.

#include "compiler/lower/function/ControlLowering.h"

namespace w2n::compiler {

namespace {

/// 64-bit slots of a value in an exception's payload.
unsigned payloadSlots(wasm::ValueType type) { return type.kind == wasm::ValueKind::V128 ? 2 : 1; }

} // namespace

llvm::Value *ControlLowering::tagAddress(uint32_t tag) {
  const artifact::ContextLayout &layout = module.plan.layout;
  if (tag < wasm.importedTags)
    return entryLoad(module.pointer, layout.tagPointers() + 8ull * tag);
  return module.at(builder, instanceContext,
                   layout.tagRecords() + sizeof(artifact::TagRecord) * (tag - wasm.importedTags));
}

llvm::BasicBlock *ControlLowering::dispatchOf(Frame &frame) {
  if (!frame.dispatch) {
    frame.dispatch = makeBlock("clauses");
    frame.exception = llvm::PHINode::Create(module.pointer, 2);
    frame.exception->insertInto(frame.dispatch, frame.dispatch->end());
  }
  return frame.dispatch;
}

llvm::BasicBlock *ControlLowering::landingPadOf(Frame &frame) {
  if (frame.landingPad)
    return frame.landingPad;
  function->setPersonalityFn(module.personality());
  frame.landingPad = makeBlock("unwound");
  ssa.markLandingPad(frame.landingPad);
  llvm::IRBuilder<> pad(frame.landingPad);
  llvm::LandingPadInst *landed =
      pad.CreateLandingPad(llvm::StructType::get(module.pointer, module.i32), 1);
  landed->addClause(llvm::ConstantPointerNull::get(module.pointer));
  llvm::Value *exception = pad.CreateExtractValue(landed, 0);
  llvm::BasicBlock *dispatch = dispatchOf(frame);
  frame.exception->addIncoming(exception, frame.landingPad);
  ssa.addPredecessor(dispatch, frame.landingPad);
  pad.CreateBr(dispatch);
  return frame.landingPad;
}

void ControlLowering::throwTo(uint32_t handler, llvm::Value *exception) {
  if (handler != noHandler) {
    llvm::BasicBlock *dispatch = dispatchOf(frames[handler]);
    frames[handler].exception->addIncoming(exception, builder.GetInsertBlock());
    branchTo(dispatch);
    return;
  }
  llvm::CallInst *call = module.callService(builder, instanceContext,
                                            offsetof(artifact::RuntimeServices, exceptionThrow),
                                            module.voidType, {exception});
  // It is no part of the call sites of a try that lies beside it in the code.
  call->removeFnAttr(llvm::Attribute::NoUnwind);
  call->setDoesNotReturn();
  call->addFnAttr(llvm::Attribute::Cold);
  builder.CreateUnreachable();
}

void ControlLowering::lowerThrow(const Instruction &instruction) {
  const std::vector<wasm::ValueType> &types = wasm.tagType(instruction.index).params;
  auto values = popMany(types.size());
  unsigned slots = 0;
  for (wasm::ValueType type : types)
    slots += payloadSlots(type);
  llvm::Value *exception = module.callService(
      builder, instanceContext, offsetof(artifact::RuntimeServices, exceptionMake), module.pointer,
      {tagAddress(instruction.index), builder.getInt32(slots)});
  uint64_t offset = sizeof(artifact::Exception);
  for (auto [value, type] : llvm::zip_equal(values, types)) {
    module.store(builder, value, module.at(builder, exception, offset), AliasClass::Buffer)
        ->setAlignment(llvm::Align(8));
    offset += 8 * payloadSlots(type);
  }
  throwTo(currentHandler(), exception);
  becomeUnreachable();
}

void ControlLowering::lowerThrowRef(const Instruction &) {
  llvm::Value *exception = pop();
  trapIf(builder.CreateIsNull(exception), artifact::TrapKind::NullExceptionReference);
  throwTo(currentHandler(), exception);
  becomeUnreachable();
}

void ControlLowering::beginTry(const Instruction &instruction, Frame::Kind kind) {
  wasm::FunctionType type = blockTypeOf(instruction.block);
  Frame frame;
  frame.kind = kind;
  frame.target = frame.after = makeBlock("try.end");
  frame.stackHeight = stack.size() - type.params.size();
  setLabelTypes(frame, type.results);
  if (kind == Frame::Kind::TryTable)
    frame.catches = instruction.catches;
  noteBefore(frame);
  pushFrame(std::move(frame));
}

void ControlLowering::lowerTryTable(const Instruction &instruction) {
  beginTry(instruction, Frame::Kind::TryTable);
}

void ControlLowering::lowerTry(const Instruction &instruction) {
  beginTry(instruction, Frame::Kind::Try);
}

llvm::BasicBlock *ControlLowering::testTag(llvm::Value *exception, uint32_t tag) {
  llvm::Value *found =
      module.loadInvariant(builder, module.pointer, exception, offsetof(artifact::Exception, tag));
  llvm::BasicBlock *caught = makeBlock("caught"), *next = makeBlock("next.clause");
  branchIf(builder.CreateICmpEQ(found, tagAddress(tag)), caught, next);
  builder.SetInsertPoint(caught);
  return next;
}

void ControlLowering::pushPayload(llvm::Value *exception, uint32_t tag) {
  uint64_t offset = sizeof(artifact::Exception);
  for (wasm::ValueType type : wasm.tagType(tag).params) {
    llvm::LoadInst *value = module.load(builder, module.typeOf(type),
                                        module.at(builder, exception, offset), AliasClass::Buffer);
    value->setAlignment(llvm::Align(8));
    push(value);
    offset += 8 * payloadSlots(type);
  }
}

// Every way to the clauses starts in the body of the try.
void ControlLowering::enterDispatch(Frame &frame) {
  if (frame.landingPad)
    ssa.setDominator(frame.landingPad, frame.before, frame.writesBefore);
  ssa.setDominator(frame.dispatch, frame.before, frame.writesBefore);
  stack.resize(frame.stackHeight);
}

void ControlLowering::finishClauses(Frame &frame, uint32_t outerHandler) {
  if (frame.kind == Frame::Kind::Catch) {
    if (!frame.nextClause)
      return;
    builder.SetInsertPoint(frame.nextClause);
    throwTo(outerHandler, frame.exception);
    return;
  }
  enterDispatch(frame);
  builder.SetInsertPoint(frame.dispatch);
  for (const wasm::CatchClause &clause : frame.catches) {
    llvm::BasicBlock *next = clause.hasTag() ? testTag(frame.exception, clause.tag) : nullptr;
    if (clause.hasTag())
      pushPayload(frame.exception, clause.tag);
    if (clause.hasReference())
      push(frame.exception);
    Frame &target = frameAt(clause.label);
    passOperands(target);
    branchTo(target.target);
    stack.resize(frame.stackHeight);
    if (!next)
      return;
    builder.SetInsertPoint(next);
  }
  throwTo(outerHandler, frame.exception);
}

void ControlLowering::beginClause() {
  Frame &frame = frames.back();
  if (!unreachable) {
    passOperands(frame);
    branchTo(frame.after);
  }
  unreachable = false;
  stack.resize(frame.stackHeight);
  if (frame.kind == Frame::Kind::Try) {
    frame.kind = Frame::Kind::Catch;
    frame.handler = frames.size() > 1 ? frames[frames.size() - 2].handler : noHandler;
    frame.nextClause = frame.dispatch;
    if (frame.dispatch)
      enterDispatch(frame);
  }
  // Nothing in the body can throw, or a catch_all came before.
  if (!frame.nextClause)
    becomeUnreachable();
  else
    builder.SetInsertPoint(frame.nextClause);
}

void ControlLowering::lowerCatch(const Instruction &instruction) {
  beginClause();
  if (unreachable)
    return;
  Frame &frame = frames.back();
  frame.nextClause = testTag(frame.exception, instruction.index);
  pushPayload(frame.exception, instruction.index);
}

void ControlLowering::lowerCatchAll(const Instruction &) {
  beginClause();
  frames.back().nextClause = nullptr;
}

void ControlLowering::lowerRethrow(const Instruction &instruction) {
  throwTo(currentHandler(), frameAt(instruction.index).exception);
  becomeUnreachable();
}

void ControlLowering::lowerDelegate(const Instruction &instruction) {
  if (!unreachable) {
    passOperands(frames.back());
    branchTo(frames.back().after);
  }
  Frame frame = std::move(frames.back());
  frames.pop_back();
  // The label's frame: its own clauses if it is a try, else those around it.
  if (frame.exception)
    finishClauses(frame, frameAt(instruction.index).handler);
  finishFrame(frame);
}

} // namespace w2n::compiler
