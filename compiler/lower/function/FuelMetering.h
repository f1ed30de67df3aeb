// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// --meter=fuel: Fuel.cpp.
#pragma once

#include "compiler/lower/function/BodyState.h"

namespace w2n::compiler {

class FuelMetering : protected virtual BodyState {
protected:
  // Around each instruction that is lowered, if fuel is metered.
  void beforeInstruction(const Instruction &instruction);
  void afterInstruction(const Instruction &instruction);

private:
  /// The cost of a run of instructions is known at its end, where the amounts get their value.
  struct Charge {
    llvm::ICmpInst *compare = nullptr;
    llvm::BinaryOperator *subtract = nullptr;
    uint64_t cost = 0;
  };
  /// Takes `amount`, or traps.
  Charge emitCharge(llvm::Value *amount);
  void endCharge();

  /// The charge of the run that is being lowered.
  Charge charge;
};

} // namespace w2n::compiler
