#include "compiler/lower/Signature.h"

#include "lib/artifact/Abi.h"

namespace w2n::compiler {

llvm::Type *llvmType(llvm::LLVMContext &context, wasm::ValueType type) {
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
  case wasm::ValueKind::Bottom:
    return llvm::PointerType::get(context, 0);
  }
  return nullptr;
}

Signature Signature::of(llvm::LLVMContext &context, const wasm::FunctionType &type,
                        bool vectorRegisters) {
  Signature signature;
  std::vector<llvm::Type *> arguments{llvm::PointerType::get(context, 0)};
  unsigned integers = 0, floats = 0, slots = 0;
  for (wasm::ValueType param : type.params) {
    llvm::Type *llvmParam = llvmType(context, param);
    bool isFloat = llvmParam->isFloatingPointTy() || llvmParam->isVectorTy();
    unsigned &used = isFloat ? floats : integers;
    bool hasRegisters = !llvmParam->isVectorTy() || vectorRegisters;
    signature.paramTypes.push_back(llvmParam);
    if (hasRegisters &&
        used < (isFloat ? artifact::maxFloatRegisters : artifact::maxIntegerRegisters)) {
      ++used;
      signature.params.push_back({false, unsigned(arguments.size())});
      arguments.push_back(llvmParam);
    } else {
      signature.params.push_back({true, slots});
      slots += param.slots();
    }
  }
  // The first result is returned in registers on every target.
  slots = 0;
  for (wasm::ValueType result : type.results) {
    if (!signature.resultTypes.empty()) {
      signature.resultSlots.push_back(slots);
      slots += result.slots();
    }
    signature.resultTypes.push_back(llvmType(context, result));
  }
  llvm::Type *returned =
      signature.resultTypes.empty() ? llvm::Type::getVoidTy(context) : signature.resultTypes[0];
  signature.type = llvm::FunctionType::get(returned, arguments, false);
  return signature;
}

} // namespace w2n::compiler
