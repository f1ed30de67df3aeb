// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/lower/module/Signature.h"

#include "lib/artifact/Abi.h"

namespace w2n::compiler {

llvm::Type *llvmType(llvm::LLVMContext &context, const wasm::Module &module, wasm::ValueType type) {
  switch (type.kind) {
  case wasm::ValueKind::I32:
    return llvm::Type::getInt32Ty(context);
  case wasm::ValueKind::I64:
    return llvm::Type::getInt64Ty(context);
  case wasm::ValueKind::F32:
    return llvm::Type::getFloatTy(context);
  case wasm::ValueKind::F64:
    return llvm::Type::getDoubleTy(context);
  case wasm::ValueKind::V128:
    return llvm::FixedVectorType::get(llvm::Type::getInt64Ty(context), 2);
  case wasm::ValueKind::Ref:
    if (module.isHeapReference(type))
      return llvm::Type::getInt32Ty(context);
    return llvm::PointerType::get(context, 0);
  case wasm::ValueKind::Bottom:
    return llvm::PointerType::get(context, 0);
  }
  return nullptr;
}

void Signature::place(llvm::LLVMContext &context, const wasm::Module &module,
                      const wasm::FunctionType &wasmType, std::vector<llvm::Type *> arguments,
                      const RegisterCounts &registers, bool returnsFirst) {
  unsigned integers = 0, floats = 0, slots = 0;
  for (wasm::ValueType param : wasmType.params) {
    llvm::Type *llvmParam = llvmType(context, module, param);
    bool isFloat = llvmParam->isFloatingPointTy() || llvmParam->isVectorTy();
    unsigned &used = isFloat ? floats : integers;
    const bool isVector = llvmParam->isVectorTy();
    paramTypes.push_back(llvmParam);
    if (used < (isFloat ? registers.floats : registers.integers) &&
        (!isVector || registers.holdVectors)) {
      ++used;
      params.push_back({false, unsigned(arguments.size())});
      arguments.push_back(llvmParam);
    } else {
      params.push_back({true, slots});
      slots += param.slots();
    }
  }
  returned = returnsFirst && !wasmType.results.empty() ? 1 : 0;
  slots = 0;
  for (wasm::ValueType result : wasmType.results) {
    resultSlots.push_back(slots);
    if (resultTypes.size() >= returned)
      slots += result.slots();
    resultTypes.push_back(llvmType(context, module, result));
  }
  type = llvm::FunctionType::get(returned ? resultTypes[0] : llvm::Type::getVoidTy(context),
                                 arguments, false);
}

Signature Signature::of(llvm::LLVMContext &context, const wasm::Module &module,
                        const wasm::FunctionType &type, bool vectorRegisters) {
  Signature signature;
  signature.place(context, module, type, {llvm::PointerType::get(context, 0)},
                  {artifact::maxIntegerRegisters, artifact::maxFloatRegisters, vectorRegisters},
                  true);
  return signature;
}

Signature Signature::ofTailEntry(llvm::LLVMContext &context, const wasm::Module &module,
                                 const wasm::FunctionType &type, bool vectorRegisters,
                                 bool isUniform) {
  Signature signature;
  std::vector<llvm::Type *> arguments{llvm::PointerType::get(context, 0)};
  if (isUniform || type.results.size() > 1) {
    signature.homeArgument = 1;
    arguments.push_back(llvm::PointerType::get(context, 0));
  }
  if (isUniform) {
    signature.place(context, module, type, arguments, {}, false);
    return signature;
  }
  signature.convention = llvm::CallingConv::SwiftTail;
  signature.place(context, module, type, arguments,
                  {artifact::maxIntegerRegisters - (signature.homeArgument ? 1 : 0),
                   artifact::maxFloatRegisters, vectorRegisters},
                  true);
  return signature;
}

} // namespace w2n::compiler
