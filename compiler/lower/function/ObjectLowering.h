// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Structures, arrays, and casts of references: Struct.cpp, Array.cpp and Cast.cpp.
#pragma once

#include "compiler/lower/function/ControlLowering.h"

namespace w2n::artifact {
enum class ObjectKind : uint8_t;
}

namespace w2n::compiler {

class ObjectLowering : protected virtual ControlLowering {
public:
  // Struct.cpp
  void lowerStructNew(const Instruction &);
  void lowerStructNewDefault(const Instruction &);
  void lowerStructGet(const Instruction &, bool isSigned);
  void lowerStructSet(const Instruction &);

  // Array.cpp
  void lowerArrayNew(const Instruction &);
  void lowerArrayNewDefault(const Instruction &);
  void lowerArrayNewFixed(const Instruction &);
  void lowerArrayNewSegment(const Instruction &, uint64_t service);
  void lowerArrayGet(const Instruction &, bool isSigned);
  void lowerArraySet(const Instruction &);
  void lowerArrayLen(const Instruction &);
  void lowerArrayFill(const Instruction &);
  void lowerArrayCopy(const Instruction &);
  void lowerArrayInitSegment(const Instruction &, uint64_t service);

  // Cast.cpp
  void lowerRefTest(const Instruction &, bool takesNull);
  void lowerRefCast(const Instruction &, bool takesNull);
  void lowerBrOnCast(const Instruction &, bool branchesIfNot);
  void lowerRefEq(const Instruction &);
  void lowerRefI31(const Instruction &);
  void lowerI31Get(const Instruction &, bool isSigned);
  void lowerAnyConvertExtern(const Instruction &);
  void lowerExternConvertAny(const Instruction &);

private:
  // Struct.cpp
  llvm::Value *objectAddress(llvm::Value *reference);
  /// The canonical number of a type.
  llvm::Value *typeId(uint32_t typeIndex);
  /// A new object of `bytes` (i64) bytes with its header, all else zero.
  llvm::Value *allocate(uint32_t typeIndex, llvm::Value *bytes, llvm::Value *length);
  llvm::Value *allocateStruct(uint32_t typeIndex);
  /// Pushes a new object of the type that the instruction names.
  void pushNew(llvm::Value *reference, const Instruction &instruction);
  /// Pops a structure: the address of the field that the instruction names.
  llvm::Value *popField(const Instruction &instruction);

  // Array.cpp
  llvm::Value *allocateArray(uint32_t typeIndex, llvm::Value *length);
  void fillElements(uint32_t typeIndex, llvm::Value *reference, llvm::Value *index,
                    llvm::Value *count, llvm::Value *value);
  llvm::Value *segmentOperand(const Instruction &instruction);
  llvm::Value *popElement(const Instruction &instruction);

  // Cast.cpp: each ends the block, with a branch to either edge.
  struct CastEdges {
    llvm::BasicBlock *yes, *no;
  };
  /// `reference`, of type `source`, is of `type`?
  void branchOnType(llvm::Value *reference, const wasm::ValueType &source,
                    const wasm::ValueType &type, const CastEdges &edges);
  // The same for references that are not null.
  void branchOnAny(llvm::Value *reference, const wasm::ValueType &type, bool mayBeI31,
                   const CastEdges &edges);
  void branchOnObject(llvm::Value *reference, uint32_t typeIndex, const CastEdges &edges);
  void branchOnFunction(llvm::Value *reference, const wasm::ValueType &type,
                        const CastEdges &edges);
  /// Two new blocks, to which branchOnType branches.
  CastEdges testType(llvm::Value *reference, const wasm::ValueType &source,
                     const wasm::ValueType &type);
  llvm::Value *isI31(llvm::Value *reference);
  llvm::Value *objectTypeId(llvm::Value *reference);
  llvm::Value *hasKind(llvm::Value *reference, artifact::ObjectKind kind);
  /// A field of the HeapRecord that never changes.
  llvm::Value *heapConstant(uint64_t offset);
  llvm::Value *displayEntry(llvm::Value *actual, uint32_t depth);
};

} // namespace w2n::compiler
