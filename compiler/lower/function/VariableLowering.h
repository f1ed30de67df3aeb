// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Locals and globals: Variable.cpp.
#pragma once

#include "compiler/lower/function/BodyState.h"

namespace w2n::compiler {

class VariableLowering : protected virtual BodyState {
public:
  // Variable.cpp
  void lowerDrop(const Instruction &);
  void lowerSelect(const Instruction &);
  void lowerLocalGet(const Instruction &);
  void lowerLocalSet(const Instruction &);
  void lowerLocalTee(const Instruction &);
  void lowerGlobalGet(const Instruction &);
  void lowerGlobalSet(const Instruction &);

protected:
  void makeLocals(llvm::ArrayRef<llvm::Value *> parameters);
  llvm::Value *readLocal(uint32_t local);

private:
  void writeLocal(uint32_t local, llvm::Value *value);
  llvm::Value *globalAddress(uint32_t global);
};

} // namespace w2n::compiler
