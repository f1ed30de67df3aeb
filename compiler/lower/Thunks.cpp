// The two thunks that a function type has, so that host code needs no assembly: arrays of
// 64-bit slots on one side, the calling convention of wasm on the other.

#include "compiler/lower/ModuleLowering.h"
#include "lib/artifact/Format.h"

namespace w2n::compiler {

namespace {

/// Host to wasm, in the C convention: void(InstanceContext *, code, slots).
void lowerEntryThunk(ModuleLowering &module, uint32_t typeIndex) {
  const Signature &signature = module.signature(typeIndex);
  auto *type = llvm::FunctionType::get(module.voidType,
                                       {module.pointer, module.pointer, module.pointer}, false);
  llvm::Function *thunk = module.makeFunction(type, entryThunkSymbol(typeIndex), false);
  llvm::IRBuilder<> builder(llvm::BasicBlock::Create(module.context, "entry", thunk));
  llvm::Value *slots = thunk->getArg(2);
  llvm::SmallVector<llvm::Value *, 8> arguments;
  for (llvm::Type *paramType : signature.paramTypes)
    arguments.push_back(
        builder.CreateLoad(paramType, module.at(builder, slots, 8ull * arguments.size())));
  auto results = module.call(builder, signature, thunk->getArg(1), thunk->getArg(0), arguments);
  for (unsigned i = 0; i < results.size(); ++i)
    builder.CreateStore(results[i], module.at(builder, slots, 8ull * i));
  builder.CreateRetVoid();
}

/// Wasm to host: a function of the wasm type whose context is a HostFunction.
void lowerImportThunk(ModuleLowering &module, uint32_t typeIndex) {
  const Signature &signature = module.signature(typeIndex);
  llvm::Function *thunk = module.makeFunction(signature.type, importThunkSymbol(typeIndex), true);
  llvm::IRBuilder<> builder(llvm::BasicBlock::Create(module.context, "entry", thunk));
  llvm::Value *host = thunk->getArg(0);
  size_t slotCount =
      std::max({signature.paramTypes.size(), signature.resultTypes.size(), size_t(1)});
  llvm::Value *slots =
      builder.CreateAlloca(llvm::ArrayType::get(module.i64, slotCount), nullptr, "slots");
  auto parameters = module.readParameters(builder, signature, thunk);
  // The unused high halves are zeroed, so that a host that reads 64 bits sees no stale stack.
  for (unsigned i = 0; i < parameters.size(); ++i) {
    llvm::Value *slot = module.at(builder, slots, 8ull * i);
    if (parameters[i]->getType()->getPrimitiveSizeInBits() == 32)
      builder.CreateStore(builder.getInt64(0), slot);
    builder.CreateStore(parameters[i], slot);
  }
  llvm::Value *invoke =
      module.loadInvariant(builder, module.pointer, host, offsetof(artifact::HostFunction, invoke));
  auto *type = llvm::FunctionType::get(module.voidType, {module.pointer, module.pointer}, false);
  builder.CreateCall(type, invoke, {host, slots})->setDoesNotThrow();
  llvm::SmallVector<llvm::Value *, 2> results;
  for (llvm::Type *resultType : signature.resultTypes)
    results.push_back(
        builder.CreateLoad(resultType, module.at(builder, slots, 8ull * results.size())));
  module.emitReturn(builder, signature, host, results);
}

} // namespace

// Only functions that have a reference, or are imported, can be called from outside; only imported
// ones can be the host's.
void lowerThunks(ModuleLowering &module) {
  const wasm::Module &wasm = module.plan.wasm;
  std::vector<bool> entered(wasm.types.size()), imported(wasm.types.size());
  for (uint32_t i = 0; i < wasm.functions.size(); ++i) {
    const uint32_t typeIndex = wasm.functions[i].typeIndex;
    if (i < wasm.importedFunctions)
      entered[typeIndex] = imported[typeIndex] = true;
    else if (module.plan.references[i] != artifact::noIndex)
      entered[typeIndex] = true;
  }
  for (uint32_t i = 0; i < wasm.types.size(); ++i) {
    if (entered[i])
      lowerEntryThunk(module, i);
    if (imported[i])
      lowerImportThunk(module, i);
  }
}

} // namespace w2n::compiler
