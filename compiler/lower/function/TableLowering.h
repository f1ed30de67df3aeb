// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Tables and references: Table.cpp and Reference.cpp.
#pragma once

#include "compiler/lower/function/ControlLowering.h"

namespace w2n::compiler {

class TableLowering : protected virtual ControlLowering {
public:
  // Table.cpp
  void lowerTableGet(const Instruction &);
  void lowerTableSet(const Instruction &);
  void lowerTableSize(const Instruction &);
  void lowerTableGrow(const Instruction &);
  void lowerTableFill(const Instruction &);
  void lowerTableCopy(const Instruction &);
  void lowerTableInit(const Instruction &);
  void lowerElementDrop(const Instruction &);
  void lowerRefNull(const Instruction &);
  void lowerRefIsNull(const Instruction &);
  void lowerRefFunc(const Instruction &);

  // Reference.cpp
  void lowerRefAsNonNull(const Instruction &);
  void lowerBrOnNull(const Instruction &);
  void lowerBrOnNonNull(const Instruction &);

protected:
  llvm::Value *tableRecord(uint32_t table);
  /// `index`, which was found to be less than `count`, also where the processor only guesses so.
  llvm::Value *maskTableIndex(llvm::Value *index, llvm::Value *count);
  llvm::Value *tableElementAddress(uint32_t table, llvm::Value *index, artifact::TrapKind kind);
  llvm::Value *functionReference(uint32_t functionIndex);

private:
  llvm::Type *tableAddressType(uint32_t table);
  /// The 64 bits of a reference in a table.
  llvm::Value *elementBits(llvm::Value *reference);
};

} // namespace w2n::compiler
