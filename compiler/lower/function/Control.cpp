// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Structured control (core specification, section 3.4.8, "control instructions").
//
// After an unconditional transfer the rest of the frame is skipped, not lowered: nothing in it can
// run, and its operand stack is polymorphic.

#include "compiler/lower/function/ControlLowering.h"

#include <algorithm>

namespace w2n::compiler {

llvm::SmallVector<llvm::PHINode *, 1>
ControlLowering::makePhis(llvm::BasicBlock *block, const std::vector<wasm::ValueType> &types) {
  llvm::SmallVector<llvm::PHINode *, 1> phis;
  for (wasm::ValueType type : types) {
    auto *phi = llvm::PHINode::Create(module.typeOf(type), 2);
    phi->insertInto(block, block->end());
    phis.push_back(phi);
  }
  return phis;
}

const wasm::FunctionType ControlLowering::blockTypeOf(const wasm::BlockType &type) const {
  switch (type.kind) {
  case wasm::BlockType::Kind::Empty:
    return {};
  case wasm::BlockType::Kind::Value:
    return {{}, {type.value}};
  case wasm::BlockType::Kind::Index:
    return wasm.types[type.typeIndex].function;
  }
  return {};
}

void ControlLowering::pushFrame(Frame frame) {
  const bool hasClauses = frame.kind == Frame::Kind::TryTable || frame.kind == Frame::Kind::Try;
  frame.handler = hasClauses ? uint32_t(frames.size()) : currentHandler();
  frames.push_back(std::move(frame));
}

void ControlLowering::noteBefore(Frame &frame) {
  frame.before = builder.GetInsertBlock();
  frame.writesBefore = ssa.writes();
}

void ControlLowering::setLabelTypes(Frame &frame, const std::vector<wasm::ValueType> &types) {
  if (types.size() < fewestSpilled) {
    frame.phis = makePhis(frame.target, types);
    return;
  }
  for (wasm::ValueType type : types)
    frame.spilledTypes.push_back(module.typeOf(type));
  frame.spilledSlot = slotAt(frame.stackHeight);
}

void ControlLowering::pushLabelValues(const Frame &frame) {
  stack.insert(stack.end(), frame.phis.begin(), frame.phis.end());
  pushSpilled(frame.spilledTypes);
}

void ControlLowering::passOperands(Frame &frame) {
  size_t count = frame.phis.size();
  for (size_t i = 0; i < count; ++i)
    frame.phis[i]->addIncoming(valueOf(stack[stack.size() - count + i]), builder.GetInsertBlock());
  if (frame.spilledTypes.empty())
    return;
  spillTop(frame.spilledTypes.size());
  const unsigned from = slotAt(stack.size() - frame.spilledTypes.size());
  if (from != frame.spilledSlot)
    moveSlots(frame.spilledSlot, from, frame.spilledTypes);
}

// Operands that are moved take the place of others that are still there if the branch is not taken.
llvm::BasicBlock *ControlLowering::passOperandsOnEdge(Frame &frame) {
  const size_t count = frame.spilledTypes.size();
  spillTop(count);
  if (count == 0 || slotAt(stack.size() - count) == frame.spilledSlot) {
    passOperands(frame);
    return frame.target;
  }
  llvm::BasicBlock *from = builder.GetInsertBlock(), *edge = makeBlock("edge");
  builder.SetInsertPoint(edge);
  passOperands(frame);
  branchTo(frame.target);
  builder.SetInsertPoint(from);
  return edge;
}

llvm::MDNode *ControlLowering::hintedWeights(const Instruction &instruction) {
  auto hint =
      std::ranges::lower_bound(wasm.branchHints, instruction.offset, {}, &wasm::BranchHint::offset);
  if (hint == wasm.branchHints.end() || hint->offset != instruction.offset)
    return nullptr;
  // LLVM's weights for __builtin_expect.
  constexpr uint32_t expected = 2000, other = 1;
  llvm::MDBuilder metadata(module.context);
  return hint->likely ? metadata.createBranchWeights(expected, other)
                      : metadata.createBranchWeights(other, expected);
}

void ControlLowering::becomeUnreachable() {
  stack.resize(frames.back().stackHeight);
  unreachable = true;
  skippedDepth = 0;
}

bool ControlLowering::isSkipped(wasm::OpcodeClass opcodeClass) {
  if (wasm::beginsBlock(opcodeClass)) {
    ++skippedDepth;
    return true;
  }
  if (opcodeClass != wasm::OpcodeClass::Clause && opcodeClass != wasm::OpcodeClass::End)
    return true;
  if (skippedDepth == 0)
    return false;
  skippedDepth -= opcodeClass == wasm::OpcodeClass::End;
  return true;
}

void ControlLowering::lowerUnreachable(const Instruction &) {
  branchTo(trapBlock(artifact::TrapKind::Unreachable));
  becomeUnreachable();
}

void ControlLowering::lowerNop(const Instruction &) {}

void ControlLowering::lowerBlock(const Instruction &instruction) {
  wasm::FunctionType type = blockTypeOf(instruction.block);
  Frame frame;
  frame.target = frame.after = makeBlock("block.end");
  frame.stackHeight = stack.size() - type.params.size();
  setLabelTypes(frame, type.results);
  noteBefore(frame);
  pushFrame(std::move(frame));
}

void ControlLowering::lowerLoop(const Instruction &instruction) {
  wasm::FunctionType type = blockTypeOf(instruction.block);
  Frame frame;
  frame.kind = Frame::Kind::Loop;
  frame.target = makeBlock("loop");
  frame.stackHeight = stack.size() - type.params.size();
  setLabelTypes(frame, type.params);
  ssa.markUnsealed(frame.target);
  passOperands(frame);
  branchTo(frame.target);
  builder.SetInsertPoint(frame.target);
  stack.resize(frame.stackHeight);
  pushLabelValues(frame);
  pushFrame(std::move(frame));
}

void ControlLowering::lowerIf(const Instruction &instruction) {
  wasm::FunctionType type = blockTypeOf(instruction.block);
  llvm::Value *condition = builder.CreateICmpNE(pop(), builder.getInt32(0));
  Frame frame;
  frame.kind = Frame::Kind::If;
  frame.target = frame.after = makeBlock("if.end");
  frame.stackHeight = stack.size() - type.params.size();
  setLabelTypes(frame, type.results);
  frame.params.assign(stack.end() - ptrdiff_t(type.params.size()), stack.end());
  noteBefore(frame);
  llvm::BasicBlock *thenBlock = makeBlock("then");
  frame.elseBlock = makeBlock("else");
  branchIf(condition, thenBlock, frame.elseBlock, hintedWeights(instruction));
  builder.SetInsertPoint(thenBlock);
  pushFrame(std::move(frame));
}

void ControlLowering::lowerElse(const Instruction &) {
  Frame &frame = frames.back();
  if (!unreachable) {
    passOperands(frame);
    branchTo(frame.after);
  }
  unreachable = false;
  frame.kind = Frame::Kind::Else;
  stack.resize(frame.stackHeight);
  stack.insert(stack.end(), frame.params.begin(), frame.params.end());
  builder.SetInsertPoint(frame.elseBlock);
}

void ControlLowering::lowerEnd(const Instruction &instruction) {
  // An `if` without `else` passes its parameters on: they are its results.
  if (frames.back().kind == Frame::Kind::If)
    lowerElse(instruction);
  Frame frame = std::move(frames.back());
  if (frame.kind == Frame::Kind::Loop) {
    // Falling out of a loop's end needs no block: only branches to the header do.
    ssa.seal(frame.target);
    frames.pop_back();
    if (unreachable && !frames.empty())
      becomeUnreachable();
    return;
  }
  if (!unreachable) {
    passOperands(frame);
    branchTo(frame.after);
  }
  frames.pop_back();
  if (frame.exception)
    finishClauses(frame, currentHandler());
  finishFrame(frame);
}

// Continues after the `end` of a frame other than a loop.
void ControlLowering::finishFrame(Frame &frame) {
  stack.resize(frame.stackHeight);
  if (ssa.predecessors(frame.after).empty()) {
    frame.after->eraseFromParent();
    if (!frames.empty())
      becomeUnreachable();
    return;
  }
  unreachable = false;
  if (frame.before)
    ssa.setDominator(frame.after, frame.before, frame.writesBefore);
  builder.SetInsertPoint(frame.after);
  pushLabelValues(frame);
  if (frame.kind == Frame::Kind::Function)
    returnOperands(labelArity(frame));
}

void ControlLowering::lowerBr(const Instruction &instruction) {
  Frame &frame = frameAt(instruction.index);
  passOperands(frame);
  branchTo(frame.target);
  becomeUnreachable();
}

void ControlLowering::lowerBrIf(const Instruction &instruction) {
  llvm::Value *condition = builder.CreateICmpNE(pop(), builder.getInt32(0));
  Frame &frame = frameAt(instruction.index);
  llvm::BasicBlock *target = passOperandsOnEdge(frame);
  llvm::BasicBlock *next = makeBlock("next");
  branchIf(condition, target, next, hintedWeights(instruction));
  builder.SetInsertPoint(next);
}

void ControlLowering::lowerBrTable(const Instruction &instruction) {
  llvm::Value *index = pop();
  // Here, and not on one of the edges. All labels take the same values.
  spillTop(frameAt(instruction.labels.back()).spilledTypes.size());
  llvm::BasicBlock *from = builder.GetInsertBlock();
  // One block for each label that occurs, however often: phis have an operand for each edge, and
  // tables may have 65,520 entries.
  llvm::DenseMap<uint32_t, llvm::BasicBlock *> edges;
  auto edgeTo = [&](uint32_t label) {
    llvm::BasicBlock *&edge = edges[label];
    if (!edge) {
      edge = makeBlock("edge");
      ssa.addPredecessor(edge, from);
      builder.SetInsertPoint(edge);
      passOperands(frameAt(label));
      branchTo(frameAt(label).target);
    }
    return edge;
  };
  auto *switchInst = llvm::SwitchInst::Create(index, edgeTo(instruction.labels.back()),
                                              unsigned(instruction.labels.size() - 1), from);
  for (uint32_t i = 0; i + 1 < instruction.labels.size(); ++i)
    switchInst->addCase(builder.getInt32(i), edgeTo(instruction.labels[i]));
  becomeUnreachable();
}

void ControlLowering::lowerReturn(const Instruction &) {
  passOperands(frames.front());
  branchTo(frames.front().target);
  becomeUnreachable();
}

} // namespace w2n::compiler
