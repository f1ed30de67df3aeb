// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The common part of the lowering of one LLVM module (a partition of the wasm module):
// declarations, metadata nodes, offsets in the instance context, and how to reach through it.
#pragma once

#include "compiler/ir/Contract.h"
#include "compiler/lower/module/DebugMetadata.h"
#include "compiler/lower/module/Objects.h"
#include "compiler/lower/module/Signature.h"
#include "compiler/lower/module/TableCalls.h"
#include "compiler/plan/ModulePlan.h"

#include <llvm/ADT/BitVector.h>
#include <llvm/IR/DIBuilder.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/MDBuilder.h>
#include <llvm/IR/Module.h>
#include <map>

namespace w2n::compiler {

/// Symbols of what is not a wasm function. The dots keep them apart from wasm names, which are made
/// free of this prefix.
std::string entryThunkSymbol(uint32_t typeIndex);
std::string importThunkSymbol(uint32_t typeIndex);
inline constexpr char initializeSymbol[] = "w2n.initialize";

/// The blocks where a call inside a try continues; both null outside of one, where what is thrown
/// leaves the function.
struct CallEdges {
  llvm::BasicBlock *returned = nullptr, *unwound = nullptr;
};

struct Slice;

class ModuleLowering {
public:
  ModuleLowering(const ModulePlan &plan, const Slice &slice, llvm::Module &module);

  const ModulePlan &plan;
  const Slice &slice;
  llvm::Module &module;
  llvm::LLVMContext &context;
  llvm::Type *const voidType, *const i8, *const i32, *const i64, *const f32, *const f64;
  llvm::PointerType *const pointer;
  Objects objects{*this};

  /// Tells who asked (CompileOptions::remark) what is done differently for a function.
  void remark(uint32_t functionIndex, const char *text) const;

  /// The LLVM type that holds values of `type`.
  llvm::Type *typeOf(wasm::ValueType type) const { return llvmType(context, plan.wasm, type); }
  const Signature &signature(uint32_t typeIndex);
  const Signature &tailSignature(uint32_t typeIndex);
  /// The function with wasm index `functionIndex`, declared on first use; it must not be imported.
  llvm::Function *function(uint32_t functionIndex);
  /// The index of a candidate for inlining that is `declared` but not defined; noIndex if it is
  /// something else.
  uint32_t inlineCandidateCalled(const llvm::Function &declared) const;
  /// A location for the code of function `functionIndex`, so that it is known where it is inlined.
  llvm::DILocation *location(uint32_t functionIndex);
  /// The functions of the module whose subprograms were made by `location`.
  using Subprograms = llvm::DenseMap<const llvm::DISubprogram *, uint32_t>;
  const Subprograms &subprograms() const { return subprogramFunctions; }
  /// Null if the module's DWARF is not translated.
  DebugMetadata *debug() { return debugMetadata.get(); }
  /// The tail entry of a function that has one.
  llvm::Function *tailFunction(uint32_t functionIndex);
  /// The LLVM function that the wasm body goes to: the function itself, or its tail entry.
  llvm::Function *bodyFunction(uint32_t functionIndex) {
    return plan.hasTailEntry[functionIndex] ? tailFunction(functionIndex) : function(functionIndex);
  }
  const Signature &bodySignature(uint32_t functionIndex) {
    const uint32_t typeIndex = plan.wasm.functions[functionIndex].typeIndex;
    return plan.hasTailEntry[functionIndex] ? tailSignature(typeIndex) : signature(typeIndex);
  }
  /// A hidden function with our attributes; the first argument is the context in `swiftself`.
  llvm::Function *makeFunction(llvm::FunctionType *type, const llvm::Twine &name,
                               bool takesContext);

  /// Whether functions sign their return addresses: an option, for AArch64 alone.
  bool signsReturnAddresses() const {
    return plan.options.signsReturnAddresses && module.getTargetTriple().isAArch64();
  }

  /// `base` + `offset` bytes.
  llvm::Value *at(llvm::IRBuilder<> &builder, llvm::Value *base, uint64_t offset);
  /// A load of something that never changes while the instance lives.
  llvm::LoadInst *loadInvariant(llvm::IRBuilder<> &builder, llvm::Type *type, llvm::Value *base,
                                uint64_t offset);
  llvm::LoadInst *load(llvm::IRBuilder<> &builder, llvm::Type *type, llvm::Value *address,
                       AliasClass aliasClass);
  llvm::StoreInst *store(llvm::IRBuilder<> &builder, llvm::Value *value, llvm::Value *address,
                         AliasClass aliasClass);
  /// The size of `memory`, whose MemoryRecord is at `record`. Other threads may grow a shared
  /// memory: any size that it had since the last synchronization will do for a bounds check.
  llvm::LoadInst *loadMemoryBytes(llvm::IRBuilder<> &builder, uint32_t memory, llvm::Value *record);
  /// Marks an access to guest memory.
  void setAliasClass(llvm::Instruction *access, AliasClass aliasClass);

  /// Calls the service at `offset` of RuntimeServices with the context and `arguments`.
  llvm::CallInst *callService(llvm::IRBuilder<> &builder, llvm::Value *instanceContext,
                              uint64_t offset, llvm::Type *result,
                              llvm::ArrayRef<llvm::Value *> arguments);
  /// Calls services->trap and ends the block.
  void emitTrap(llvm::IRBuilder<> &builder, llvm::Value *instanceContext, artifact::TrapKind kind);

  /// Calls `code` with `calleeContext` under `signature`; gives one value for each result.
  llvm::SmallVector<llvm::Value *, 2> call(llvm::IRBuilder<> &builder, const Signature &signature,
                                           llvm::Value *code, llvm::Value *calleeContext,
                                           llvm::ArrayRef<llvm::Value *> arguments,
                                           CallEdges edges = {});
  /// The call alone. Arguments that are null are in the buffer already. `home` is passed if the
  /// signature has a place for it.
  llvm::CallBase *emitCall(llvm::IRBuilder<> &builder, const Signature &signature,
                           llvm::Value *code, llvm::Value *calleeContext,
                           llvm::ArrayRef<llvm::Value *> arguments, llvm::Value *home,
                           CallEdges edges = {});
  /// The results of `call`; those that are not returned are in the buffer of `home`.
  llvm::SmallVector<llvm::Value *, 2> readResults(llvm::IRBuilder<> &builder,
                                                  const Signature &signature, llvm::CallBase *call,
                                                  llvm::Value *home);
  /// The personality of functions with landing pads: a symbol without a definition.
  llvm::Function *personality();
  /// For the object that is linked first, if anything is caught at all: the pointer through which
  /// LLVM refers to the personality.
  void emitPersonalityPointer();
  /// Ends the lowering of a module where there are several slices: makes its symbols those of its
  /// slice. Intrinsics, builtins and the personality are nobody's.
  void addSymbolSuffix();
  /// Reads the wasm parameters of `function`, wherever they travel; null for those that are not in
  /// `used`.
  llvm::SmallVector<llvm::Value *, 8> readParameters(llvm::IRBuilder<> &builder,
                                                     const Signature &signature,
                                                     llvm::Function *function,
                                                     const llvm::BitVector &used);
  llvm::SmallVector<llvm::Value *, 8>
  readParameters(llvm::IRBuilder<> &builder, const Signature &signature, llvm::Function *function) {
    return readParameters(builder, signature, function,
                          llvm::BitVector(unsigned(signature.params.size()), true));
  }
  /// Returns `results`, through the buffer of `home` where they are many; null for those that are
  /// in the buffer already.
  void emitReturn(llvm::IRBuilder<> &builder, const Signature &signature, llvm::Value *home,
                  llvm::ArrayRef<llvm::Value *> results);

  /// Slot `index` of the argument buffer of `calleeContext`.
  llvm::Value *bufferSlot(llvm::IRBuilder<> &builder, llvm::Value *calleeContext, unsigned index);

  /// The closed table `table`: an array of {distance from the array to the code, canonical type},
  /// declared on first use. If it is used for tail calls, the distance to the code of the body
  /// follows, 0 only for types that no tail call names, and four bytes that are unused.
  llvm::GlobalVariable *closedTable(uint32_t table);
  uint64_t closedTableEntryBytes(uint32_t table) const {
    return plan.tailCalledTables[table] ? 16 : 8;
  }

  /// The typed table of `table` and `typeNumber`: an array of distances from it to code, declared
  /// on first use.
  llvm::GlobalVariable *typedTable(uint32_t table, uint32_t typeNumber);

  /// Notes a call for callDirectly, and declares what it may reach, so that it can be inlined.
  void addTableCall(TableCall call);
  std::span<const TableCall> tableCalls() const { return noted; }

  llvm::MDNode *unlikely() const { return unlikelyWeights; }

private:
  llvm::DISubprogram *makeSubprogram(uint32_t functionIndex);
  /// A hidden constant called `name`, declared on first use.
  llvm::GlobalVariable *constant(const std::string &name, llvm::Type *type, uint64_t alignment);
  /// Says of the i32 parameters and result of `callable`, a function or a call, how they travel.
  template <typename Callable> void extendIntegers(Callable &callable);

  llvm::MDNode *aliasTags[aliasClassCount];
  llvm::MDNode *emptyNode;
  llvm::MDNode *unlikelyWeights;
  std::map<uint32_t, Signature> signatures, tailSignatures;
  /// Candidates for inlining that were declared.
  llvm::DenseMap<const llvm::Function *, uint32_t> candidates;
  llvm::DenseMap<uint32_t, llvm::DILocation *> locations;
  Subprograms subprogramFunctions;
  std::unique_ptr<DebugMetadata> debugMetadata;
  llvm::DIBuilder debugInfo;
  llvm::DIFile *debugFile = nullptr;
  std::vector<TableCall> noted;
};

/// Lowers the body of one defined function.
void lowerFunction(ModuleLowering &module, uint32_t functionIndex);
/// Copies of the small functions that the functions of this module call and do not define, and of
/// those that they call: to be inlined, not to be emitted.
void lowerInlineCopies(ModuleLowering &module);
/// The wrapper of a function that has a tail entry (TailCall.cpp).
void lowerTailWrapper(ModuleLowering &module, uint32_t functionIndex);
/// The function types that need thunks, by index.
struct ThunkUses {
  std::vector<bool> entered, imported;
};
ThunkUses findThunkUses(const ModulePlan &plan);
/// The thunks of all types that need them.
void lowerThunks(ModuleLowering &module);
/// The contents of the closed tables.
void lowerClosedTables(ModuleLowering &module);
/// The contents of the typed tables, and the code for elements that trap.
void lowerTypedTables(ModuleLowering &module);
/// The `initialize` function; false if there is nothing to do, and then nothing is made.
bool lowerInitialize(ModuleLowering &module);

} // namespace w2n::compiler
