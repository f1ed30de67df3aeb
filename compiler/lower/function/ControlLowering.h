// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Blocks, branches and exceptions: Control.cpp and Exceptions.cpp.
#pragma once

#include "compiler/lower/function/BodyState.h"

namespace w2n::compiler {

class ControlLowering : protected virtual BodyState {
public:
  // Control.cpp
  void lowerUnreachable(const Instruction &);
  void lowerNop(const Instruction &);
  void lowerBlock(const Instruction &);
  void lowerLoop(const Instruction &);
  void lowerIf(const Instruction &);
  void lowerElse(const Instruction &);
  void lowerEnd(const Instruction &);
  void lowerBr(const Instruction &);
  void lowerBrIf(const Instruction &);
  void lowerBrTable(const Instruction &);
  void lowerReturn(const Instruction &);

  // Exceptions.cpp
  void lowerThrow(const Instruction &);
  void lowerThrowRef(const Instruction &);
  void lowerTryTable(const Instruction &);
  void lowerTry(const Instruction &);
  void lowerCatch(const Instruction &);
  void lowerCatchAll(const Instruction &);
  void lowerRethrow(const Instruction &);
  void lowerDelegate(const Instruction &);

protected:
  struct Frame {
    enum class Kind { Function, Block, Loop, If, Else, TryTable, Try, Catch } kind = Kind::Block;
    /// The target of `br` to this label, with the phis of its values (for loops: parameters).
    llvm::BasicBlock *target = nullptr;
    llvm::SmallVector<llvm::PHINode *, 1> phis;
    /// Instead of phis, if the label takes many values: their types, and where they are in memory.
    std::vector<llvm::Type *> spilledTypes;
    unsigned spilledSlot = 0;
    /// The block after `end`; the same block and phis as `target` except for loops.
    llvm::BasicBlock *after = nullptr;
    llvm::BasicBlock *elseBlock = nullptr;
    /// For `else`: the parameters again.
    llvm::SmallVector<llvm::Value *, 1> params;
    size_t stackHeight = 0;
    /// The block where the construct began, and how many writes of locals had been lowered then.
    llvm::BasicBlock *before = nullptr;
    uint32_t writesBefore = 0;
    /// The innermost frame, this or one around it, whose clauses see what is thrown in this one.
    uint32_t handler = noHandler;
    /// For frames with clauses: where its calls unwind to, where its clauses are tried, and the
    /// exception there. Null while nothing in the frame can throw.
    llvm::BasicBlock *landingPad = nullptr;
    llvm::BasicBlock *dispatch = nullptr;
    llvm::PHINode *exception = nullptr;
    std::vector<wasm::CatchClause> catches;
    /// For `catch`: where the next clause is tried; null if nothing gets there.
    llvm::BasicBlock *nextClause = nullptr;
  };
  static constexpr uint32_t noHandler = ~uint32_t(0);

  Frame &frameAt(uint32_t label) { return frames[frames.size() - 1 - label]; }
  void pushFrame(Frame frame);
  /// Makes the phis, or the place in memory, for the values that the label of `frame` takes. Its
  /// `target` and `stackHeight` are there.
  void setLabelTypes(Frame &frame, const std::vector<wasm::ValueType> &types);
  static size_t labelArity(const Frame &frame) {
    return frame.phis.size() + frame.spilledTypes.size();
  }
  /// Passes the top operands to the label from the current block; the terminator, an unconditional
  /// branch, is the caller's.
  void passOperands(Frame &frame);
  /// The same for a conditional branch: returns where it goes.
  llvm::BasicBlock *passOperandsOnEdge(Frame &frame);
  /// The weights by the module's branch hints of `instruction`, a br_if or if; null if it has none.
  llvm::MDNode *hintedWeights(const Instruction &instruction);
  void becomeUnreachable();
  /// Whether the next instruction, which nothing reaches, has no code: all but those that end or
  /// continue the current frame.
  bool isSkipped(wasm::OpcodeClass opcodeClass);
  llvm::BasicBlock *landingPadOf(Frame &frame);
  uint32_t currentHandler() const { return frames.empty() ? noHandler : frames.back().handler; }

  std::vector<Frame> frames;

private:
  // Control.cpp
  const wasm::FunctionType blockTypeOf(const wasm::BlockType &type) const;
  llvm::SmallVector<llvm::PHINode *, 1> makePhis(llvm::BasicBlock *block,
                                                 const std::vector<wasm::ValueType> &types);
  /// Notes in `frame`, which is about to begin, what is before it.
  void noteBefore(Frame &frame);
  /// Pushes the values that the label of `frame` was given.
  void pushLabelValues(const Frame &frame);
  void finishFrame(Frame &frame);

  // Exceptions.cpp
  void beginTry(const Instruction &instruction, Frame::Kind kind);
  llvm::BasicBlock *dispatchOf(Frame &frame);
  /// Ends the block: goes to the clauses of the frame `handler`, or leaves the function.
  void throwTo(uint32_t handler, llvm::Value *exception);
  /// Continues in a block where `exception` has the tag; returns the one where it has not.
  llvm::BasicBlock *testTag(llvm::Value *exception, uint32_t tag);
  void pushPayload(llvm::Value *exception, uint32_t tag);
  llvm::Value *tagAddress(uint32_t tag);
  /// Ends the body of a try, or the clause before.
  void beginClause();
  void enterDispatch(Frame &frame);
  /// After the `end` of a frame with clauses, which is no longer on the stack: what happens to
  /// exceptions that no clause has caught so far.
  void finishClauses(Frame &frame, uint32_t outerHandler);

  /// Nested blocks opened in unreachable code; meaningful only if `unreachable`.
  uint32_t skippedDepth = 0;
};

} // namespace w2n::compiler
