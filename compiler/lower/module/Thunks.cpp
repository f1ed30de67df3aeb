// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The two thunks that a function type has, so that host code needs no assembly: arrays of 64-bit
// slots on one side, the calling convention of wasm on the other. A vector takes two slots.

#include "compiler/lower/module/ModuleLowering.h"
#include "lib/artifact/Format.h"

namespace w2n::compiler {

namespace {

/// The addresses of values of `types` in `slots`, in order.
llvm::SmallVector<llvm::Value *, 8> addressesIn(ModuleLowering &module, llvm::IRBuilder<> &builder,
                                                llvm::Value *slots,
                                                llvm::ArrayRef<llvm::Type *> types) {
  llvm::SmallVector<llvm::Value *, 8> addresses;
  uint64_t offset = 0;
  for (llvm::Type *type : types) {
    addresses.push_back(module.at(builder, slots, offset));
    offset += type->isVectorTy() ? 16 : 8;
  }
  return addresses;
}

// Slots are aligned to 8 bytes, whatever they hold.
constexpr llvm::Align slotAlignment = llvm::Align::Constant<8>();

/// Host to wasm, in the C convention: void(InstanceContext *, code, slots).
void lowerEntryThunk(ModuleLowering &module, uint32_t typeIndex) {
  const Signature &signature = module.signature(typeIndex);
  auto *type = llvm::FunctionType::get(module.voidType,
                                       {module.pointer, module.pointer, module.pointer}, false);
  llvm::Function *thunk = module.makeFunction(type, entryThunkSymbol(typeIndex), false);
  llvm::IRBuilder<> builder(llvm::BasicBlock::Create(module.context, "entry", thunk));
  llvm::Value *slots = thunk->getArg(2);
  llvm::SmallVector<llvm::Value *, 8> arguments;
  for (auto [type, address] : llvm::zip_equal(
           signature.paramTypes, addressesIn(module, builder, slots, signature.paramTypes)))
    arguments.push_back(builder.CreateAlignedLoad(type, address, slotAlignment));
  auto results = module.call(builder, signature, thunk->getArg(1), thunk->getArg(0), arguments);
  const std::vector<wasm::ValueType> &types = module.plan.wasm.types[typeIndex].function.results;
  for (auto [result, address, type] : llvm::zip_equal(
           results, addressesIn(module, builder, slots, signature.resultTypes), types)) {
    // The host compares whole slots of references.
    llvm::Value *extended =
        module.plan.wasm.isHeapReference(type) ? builder.CreateZExt(result, module.i64) : result;
    builder.CreateAlignedStore(extended, address, slotAlignment);
  }
  builder.CreateRetVoid();
}

/// Wasm to host: a function of the wasm type whose context is a HostFunction.
void lowerImportThunk(ModuleLowering &module, uint32_t typeIndex) {
  const Signature &signature = module.signature(typeIndex);
  llvm::Function *thunk = module.makeFunction(signature.type, importThunkSymbol(typeIndex), true);
  llvm::IRBuilder<> builder(llvm::BasicBlock::Create(module.context, "entry", thunk));
  llvm::Value *host = thunk->getArg(0);
  const wasm::FunctionType &wasmType = module.plan.wasm.types[typeIndex].function;
  size_t slotCount =
      std::max({wasm::slotsOf(wasmType.params), wasm::slotsOf(wasmType.results), size_t(1)});
  llvm::Value *slots =
      builder.CreateAlloca(llvm::ArrayType::get(module.i64, slotCount), nullptr, "slots");
  auto parameters = module.readParameters(builder, signature, thunk);
  // The unused high halves are zeroed, so that a host that reads 64 bits sees no stale stack.
  for (auto [parameter, slot] :
       llvm::zip_equal(parameters, addressesIn(module, builder, slots, signature.paramTypes))) {
    if (parameter->getType()->getPrimitiveSizeInBits() == 32)
      builder.CreateStore(builder.getInt64(0), slot);
    builder.CreateAlignedStore(parameter, slot, slotAlignment);
  }
  llvm::Value *invoke =
      module.loadInvariant(builder, module.pointer, host, offsetof(artifact::HostFunction, invoke));
  auto *type = llvm::FunctionType::get(module.voidType, {module.pointer, module.pointer}, false);
  builder.CreateCall(type, invoke, {host, slots})->setDoesNotThrow();
  llvm::SmallVector<llvm::Value *, 2> results;
  for (auto [type, address] : llvm::zip_equal(
           signature.resultTypes, addressesIn(module, builder, slots, signature.resultTypes)))
    results.push_back(builder.CreateAlignedLoad(type, address, slotAlignment));
  module.emitReturn(builder, signature, host, results);
}

} // namespace

namespace {

bool hasReference(llvm::ArrayRef<wasm::ValueType> types) {
  return llvm::any_of(types, [](wasm::ValueType type) { return type.isRef(); });
}

/// Whether references that others made can come in where `index` of `kind` crosses the border:
/// written by others, or handed in by a call.
bool letsReferencesIn(const wasm::Module &wasm, wasm::ExternKind kind, uint32_t index) {
  switch (kind) {
  case wasm::ExternKind::Table:
    return true;
  case wasm::ExternKind::Global:
    return wasm.globals[index].type.type.isRef();
  case wasm::ExternKind::Function: {
    const wasm::FunctionType &type = wasm.functionType(index);
    return hasReference(type.params) || hasReference(type.results);
  }
  case wasm::ExternKind::Tag:
    return hasReference(wasm.tagType(index).params);
  case wasm::ExternKind::Memory:
    return false;
  }
  return false;
}

bool getsReferences(const wasm::Module &wasm) {
  auto letsIn = [&](const auto &entry) { return letsReferencesIn(wasm, entry.kind, entry.index); };
  return llvm::any_of(wasm.imports, letsIn) || llvm::any_of(wasm.exports, letsIn);
}

} // namespace

// Only functions that have a reference, or are imported, can be called from outside. The host's are
// those that are imported, and where references come in from outside, any that is called by one.
ThunkUses findThunkUses(const ModulePlan &plan) {
  const wasm::Module &wasm = plan.wasm;
  ThunkUses uses{std::vector<bool>(wasm.types.size()), std::vector<bool>(wasm.types.size())};
  // With more types than this only those that functions have get a thunk: a module may declare a
  // million.
  constexpr size_t manyTypes = 1000;
  const bool getsHostFunctions = getsReferences(wasm);
  if (getsHostFunctions && wasm.types.size() <= manyTypes)
    for (uint32_t i = 0; i < wasm.types.size(); ++i)
      uses.imported[i] = wasm.isFunctionType(i);
  for (uint32_t i = 0; i < wasm.functions.size(); ++i) {
    const uint32_t typeIndex = wasm.functions[i].typeIndex;
    if (i < wasm.importedFunctions)
      uses.entered[typeIndex] = uses.imported[typeIndex] = true;
    else if (plan.references[i] != artifact::noIndex)
      uses.entered[typeIndex] = true;
    if (getsHostFunctions)
      uses.imported[typeIndex] = true;
  }
  return uses;
}

void lowerThunks(ModuleLowering &module) {
  const ThunkUses uses = findThunkUses(module.plan);
  for (uint32_t i = 0; i < module.plan.wasm.types.size(); ++i) {
    if (uses.entered[i])
      lowerEntryThunk(module, i);
    if (uses.imported[i])
      lowerImportThunk(module, i);
  }
}

} // namespace w2n::compiler
