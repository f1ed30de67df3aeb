// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Atomic accesses, waiting and notifying: Atomic.cpp.
#pragma once

#include "compiler/lower/function/MemoryLowering.h"

namespace w2n::compiler {

class AtomicLowering : protected virtual MemoryLowering {
public:
  // Atomic.cpp
  void lowerAtomicLoad(const Instruction &, wasm::ValueKind kind, unsigned bits);
  void lowerAtomicStore(const Instruction &, unsigned bits);
  void lowerAtomicRmw(const Instruction &, llvm::AtomicRMWInst::BinOp operation, unsigned bits);
  void lowerAtomicCompareExchange(const Instruction &, unsigned bits);
  void lowerAtomicFence(const Instruction &);
  void lowerAtomicWait(const Instruction &, unsigned bits);
  void lowerAtomicNotify(const Instruction &);

private:
  /// Address of an atomic access of `bits` bits, which traps if it is not aligned.
  llvm::Value *atomicAddress(const Instruction &instruction, llvm::Value *index, unsigned bits);
  /// The top of the stack without what lies beyond the access.
  llvm::Value *popAtomicOperand(unsigned bits);
  llvm::Value *popServiceAddress(const Instruction &instruction);
};

} // namespace w2n::compiler
