// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Calls and tail calls: Call.cpp and TailCall.cpp.
#pragma once

#include "compiler/lower/function/TableLowering.h"

namespace w2n::compiler {

class CallLowering : protected virtual ControlLowering, protected virtual TableLowering {
public:
  // Call.cpp
  void lowerCall(const Instruction &);
  void lowerCallIndirect(const Instruction &);
  void lowerCallRef(const Instruction &);

  // TailCall.cpp
  void lowerReturnCall(const Instruction &);
  void lowerReturnCallIndirect(const Instruction &);
  void lowerReturnCallRef(const Instruction &);

private:
  // Call.cpp
  struct Callee {
    uint32_t typeIndex;
    llvm::Value *code = nullptr;
    llvm::Value *context = nullptr;
    /// The code that a tail call jumps to; null, here or when it runs, if there is no such thing.
    llvm::Value *tailCode = nullptr;
    bool tailCodeMayBeNull = true;
  };
  // Each pops what selects the callee, and leaves the arguments.
  Callee directCallee(const Instruction &instruction);
  /// The callee for an index that is popped already.
  Callee closedCallee(const Instruction &instruction, llvm::Value *index);
  /// The code whose distance from `table` is at `element` + `offset` bytes.
  llvm::Value *codeAtDistance(llvm::GlobalVariable *table, llvm::Value *element, uint64_t offset);
  Callee indirectCallee(const Instruction &instruction);
  Callee referencedCallee(const Instruction &instruction);
  void checkCalleeType(llvm::Value *reference, uint32_t typeIndex);
  /// The blocks where the next call goes on: known to `ssa` from here on.
  CallEdges makeEdges();
  void callAndPush(const Callee &callee);
  /// Gives what follows the function's location, if it has none: LLVM wants one on every direct
  /// call from a function that has any to another that has.
  void locateCall();
  void callThroughClosedTable(const Instruction &instruction);

  // TailCall.cpp
  static bool isTailCall(const Instruction &instruction);
  void tailCall(const Callee &callee);
  void callAndReturn(const Callee &callee, llvm::ArrayRef<llvm::Value *> operands);
  void jumpToTailEntry(const Callee &callee, llvm::ArrayRef<llvm::Value *> operands);
};

} // namespace w2n::compiler
