// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The LLVM type of a wasm function type: the calling convention of lib/artifact/Abi.h.
#pragma once

#include "lib/wasm/Module.h"

#include <llvm/IR/CallingConv.h>
#include <llvm/IR/DerivedTypes.h>
#include <vector>

namespace w2n::compiler {

/// The LLVM type that holds a value of `type`, a type of `module`: references to objects of the
/// heap are i32, all others are pointers.
llvm::Type *llvmType(llvm::LLVMContext &context, const wasm::Module &module, wasm::ValueType type);

struct Signature {
  /// The place of a parameter: in the LLVM argument `index` (the context is argument 0), or in the
  /// slot `index` of the callee's argument buffer.
  struct Place {
    bool inBuffer;
    unsigned index;
  };

  llvm::FunctionType *type = nullptr;
  std::vector<Place> params;
  /// LLVM types of the wasm parameters and results, in wasm order. The first `returned` results,
  /// one or none, are returned; the others are in an argument buffer, result N from slot
  /// `resultSlots[N]`.
  std::vector<llvm::Type *> paramTypes, resultTypes;
  std::vector<unsigned> resultSlots;
  unsigned returned = 0;
  /// The argument that is the context whose buffer takes the results; 0 if it is the callee's own.
  unsigned homeArgument = 0;
  llvm::CallingConv::ID convention = llvm::CallingConv::C;

  /// The signature of ordinary functions. `vectorRegisters`: whether the target passes vectors in
  /// registers.
  static Signature of(llvm::LLVMContext &context, const wasm::Module &module,
                      const wasm::FunctionType &type, bool vectorRegisters);
  /// The signature of tail entries (TailCall.cpp). `isUniform`: for a target where only
  /// functions of one prototype can call each other so.
  static Signature ofTailEntry(llvm::LLVMContext &context, const wasm::Module &module,
                               const wasm::FunctionType &type, bool vectorRegisters,
                               bool isUniform);

private:
  /// The registers for arguments; vectors use those of floats.
  struct RegisterCounts {
    unsigned integers = 0, floats = 0;
    bool holdVectors = false;
  };
  void place(llvm::LLVMContext &context, const wasm::Module &module,
             const wasm::FunctionType &wasmType, std::vector<llvm::Type *> arguments,
             const RegisterCounts &registers, bool returnsFirst);
};

} // namespace w2n::compiler
