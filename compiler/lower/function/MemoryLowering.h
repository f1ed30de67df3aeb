// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Memories: Memory.cpp, BoundsCheck.cpp and BulkMemory.cpp.
#pragma once

#include "compiler/lower/function/BodyState.h"

namespace w2n::compiler {

class MemoryLowering : protected virtual BodyState {
public:
  // Memory.cpp
  void lowerLoad(const Instruction &, wasm::ValueKind kind, unsigned bits, bool isSigned);
  void lowerStore(const Instruction &, unsigned bits);
  void lowerMemorySize(const Instruction &);
  void lowerMemoryGrow(const Instruction &);
  void lowerMemoryInit(const Instruction &);
  void lowerDataDrop(const Instruction &);

  // BulkMemory.cpp
  void lowerMemoryCopy(const Instruction &);
  void lowerMemoryFill(const Instruction &);

protected:
  llvm::Value *memoryBase(uint32_t memory);
  llvm::LoadInst *memoryBytes(uint32_t memory);
  llvm::Value *memoryRecord(uint32_t memory);
  /// Address of an access of `bytes` bytes: checked here in explicit mode, by the guard pages else.
  llvm::Value *effectiveAddress(const Instruction &instruction, llvm::Value *index, unsigned bytes);
  void keepTrapping(llvm::LoadInst *load);
  llvm::Type *memoryAddressType(uint32_t memory);
  llvm::LoadInst *loadGuest(const Instruction &instruction, llvm::Value *index, llvm::Type *type);

private:
  // BoundsCheck.cpp
  /// Emits the check that the `bytes` bytes at `index` + `offset` are inside `memory`, or trap.
  /// Returns whether they are inside, hidden from LLVM, if the address is to be masked; else
  /// null.
  llvm::Value *checkBounds(uint32_t memory, llvm::Value *index, uint64_t offset, unsigned bytes);
  llvm::Value *boundedMemoryBytes(uint32_t memory);
  bool hasGuards(uint32_t memory) const;
  llvm::Value *isOutside(uint32_t memory, llvm::Value *index, uint64_t offset, unsigned bytes);
};

} // namespace w2n::compiler
