// How a wasm function type becomes an LLVM one: the calling convention of lib/artifact/Abi.h.
#pragma once

#include "lib/wasm/Types.h"

#include <llvm/IR/DerivedTypes.h>
#include <vector>

namespace w2n::compiler {

/// The LLVM type that holds a value of `type`; references are pointers.
llvm::Type *llvmType(llvm::LLVMContext &context, wasm::ValueType type);

struct Signature {
  /// Where a parameter travels: in the LLVM argument `index` (the context is argument 0), or in the
  /// slot `index` of the callee's argument buffer.
  struct Place {
    bool inBuffer;
    unsigned index;
  };

  llvm::FunctionType *type = nullptr;
  std::vector<Place> params;
  /// LLVM types of the wasm parameters and results, in wasm order. Result 0 is returned, result N >
  /// 0 is in slot `resultSlots[N - 1]` of the callee's argument buffer.
  std::vector<llvm::Type *> paramTypes, resultTypes;
  std::vector<unsigned> resultSlots;

  /// `vectorRegisters`: whether the target passes vectors in registers.
  static Signature of(llvm::LLVMContext &context, const wasm::FunctionType &type,
                      bool vectorRegisters);
};

} // namespace w2n::compiler
